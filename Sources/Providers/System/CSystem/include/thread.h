#ifndef CSYSTEM_THREAD_H
#define CSYSTEM_THREAD_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// Starts a detached thread with that stack, in bytes, and all signals blocked; false when the system has none to give.
bool csystem_thread_start(const char *name, size_t stack, void (*body)(void *context), void *context);

#pragma clang assume_nonnull end

#endif
