#ifndef CSYSTEM_SANDBOX_H
#define CSYSTEM_SANDBOX_H

// What keeps a program, and all that it starts, from the rest of the machine: the kernel's own means, which need no right and
// no other program (Linux: Landlock, landlock(7), and a seccomp filter for sockets, seccomp(2)).

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// The version of the kernel's Landlock; an error number below zero where there is none, or the kernel filters no calls.
int csystem_sandbox_version(void);

/// Whether no connection at all can be made from within, but over Unix sockets; otherwise only TCP is kept from it.
bool csystem_sandbox_keeps_sockets(void);

/// Rules by which nothing may be written and nothing be reached: a descriptor that no program inherits, or an error number
/// below zero.
int csystem_sandbox_create(void);

/// Lets all be changed that is in that folder, or what stands at that path if it is none. Returns 0, or an error number
/// below zero.
int csystem_sandbox_permit(int rules, const char *path);

/// From now on the rules hold for this process and all that it starts, for good; async-signal-safe. Returns 0, or an error
/// number below zero.
int csystem_sandbox_enter(int rules);

#pragma clang assume_nonnull end

#endif
