#ifndef CPLATFORM_DESCRIPTORS_H
#define CPLATFORM_DESCRIPTORS_H

// Descriptors: what POSIX has and Swift cannot say, as it is variadic or a macro. The headers are for Swift's sake.

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/// The last failed call's reason.
int cplatform_errno(void);

/// Makes a pipe whose ends do not block and end with the process; -1 when there are no descriptors left.
int cplatform_pipe(int *ends);

/// Duplicates a descriptor to one above the standard three that children do not get; -1 when there is none left.
int cplatform_duplicate(int descriptor);

/// Whether a descriptor is a pipe, a file or a socket: something that a shell may have put there.
bool cplatform_is_piped(int descriptor);

/// The variable of that number that this process was started with, as `NAME=value`; NULL after the last.
const char *cplatform_variable(int number);

#endif
