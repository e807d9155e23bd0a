#ifndef CTESTRUN_TESTRUN_H
#define CTESTRUN_TESTRUN_H

#include <sys/types.h>

#pragma clang assume_nonnull begin

/// Starts the program `arguments[0]` in a folder, or in this process's, as the leader of a group, with these descriptors as
/// its first three, no others, and no signal ignored or held back. Both lists end with a null pointer.
///
/// Returns its number, or an error number below zero.
pid_t ctestrun_spawn(char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nonnull environment, const char *_Nullable folder,
                     int input, int output, int errors);

#pragma clang assume_nonnull end

#endif
