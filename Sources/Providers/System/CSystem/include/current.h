#ifndef CSYSTEM_CURRENT_H
#define CSYSTEM_CURRENT_H

// This process: its variables, clocks, signals and memory.

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The variable of that number that this process was started with, as `NAME=value`; NULL after the last.
const char *_Nullable csystem_variable(int number);

/// The folder that the password database has for the user, to be freed; NULL where it has none.
char *_Nullable csystem_home(void);

/// From now on no other process of the same user can read this one's environment or memory (PR_SET_DUMPABLE, Linux).
void csystem_hide(void);

/// Milliseconds from an arbitrary moment that never go back.
int64_t csystem_monotonic_ms(void);

/// The same, and it goes on while the machine sleeps.
int64_t csystem_awake_or_asleep_ms(void);

/// From now on SIGTERM, SIGINT and SIGHUP write their number as one byte to the descriptor, and SIGPIPE is ignored.
/// Called by the first thread before there are others: it unblocks the three, whatever the parent process had blocked.
/// The descriptor is made non-blocking: a signal that finds it full is dropped, as the reader has some to read already.
/// Returns 0, or the errno of what failed.
int csystem_signals_to_fd(int fd);

/// A descriptor that polls readable once that process has ended (Linux 5.3), not inherited by children; -1 where there
/// is no such thing, or no such process.
int csystem_process_watch(int pid);

/// Whether there is no such process.
bool csystem_process_is_gone(int pid);

/// The memory of this process that is in RAM, in bytes; 0 when the system does not say.
int64_t csystem_resident_bytes(void);

#pragma clang assume_nonnull end

#endif
