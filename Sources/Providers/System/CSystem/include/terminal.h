#ifndef CSYSTEM_TERMINAL_H
#define CSYSTEM_TERMINAL_H

// The terminal that a person sits at: termios(3) and ioctl(2), which are variadic or macros.

#include <stdbool.h>

/// Opens the terminal that this process belongs to, for both directions; children do not get it. Returns the descriptor,
/// or an error number below zero when it belongs to none.
int csystem_terminal_open(void);

/// How many columns a terminal has; 0 when it does not say, or is none.
int csystem_terminal_columns(int descriptor);

/// Throws away what was typed and has not been read yet.
void csystem_terminal_discard(int descriptor);

/// Whether a read is this process's to make: a job in the background would be stopped by it.
bool csystem_terminal_is_ours(int descriptor);

#endif
