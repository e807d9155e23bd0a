#ifndef CSYSTEM_DESCRIPTORS_H
#define CSYSTEM_DESCRIPTORS_H

// Descriptors: what POSIX has and Swift cannot say, as it is variadic or a macro, or would have to look at errno for.
// The headers are for Swift's sake.

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma clang assume_nonnull begin

/// Makes a pipe whose ends do not block and are not inherited by children. Returns 0 or an error number.
int csystem_pipe(int *ends);

/// Duplicates a descriptor to one above the standard three that children do not get; -1 when there is none left.
int csystem_duplicate(int descriptor);

/// Opens the null device in the place of each of the standard three that is not open, so that nothing else is taken for
/// it. Returns a bit for each that was missing, 1 for stdin.
int csystem_fill_standard(void);

/// Whether a descriptor is a pipe, a file or a socket: something that a shell may have put there.
bool csystem_is_piped(int descriptor);

/// Reads the next bytes. Returns how many, 0 at the end, or an error number below zero.
int64_t csystem_read(int descriptor, void *_Nullable bytes, size_t count);

/// Writes what the system takes at once. Returns how many bytes, or an error number below zero.
int64_t csystem_write_some(int descriptor, const void *_Nullable bytes, size_t count);

/// Writes all bytes, in one write(2) if the system takes them so, and waits where it would block. Returns 0 or an error
/// number.
int csystem_write_all(int descriptor, const void *_Nullable bytes, size_t count);

/// Closes a descriptor.
void csystem_close(int descriptor);

/// Has whoever waits on this descriptor, or will, go on; from any thread, any number of times, and from signal handlers.
void csystem_wake(int descriptor);

/// poll(2) that goes on after a signal, for as long as is left; negative waits without end. Returns how many are ready,
/// or an error number below zero.
int csystem_poll(struct pollfd *watched, int count, int64_t timeout_ms);

/// Writes what an error number means to a buffer of that size.
void csystem_error_text(int number, char *text, size_t size);

#pragma clang assume_nonnull end

#endif
