#ifndef CSYSTEM_LIMIT_H
#define CSYSTEM_LIMIT_H

// How many descriptors this process may have, and how many of them are kept for libraries below it, which end the process
// when they get none (libdispatch looks after its threads in /proc), or fail in ways that say nothing (name look-ups).

#pragma clang assume_nonnull begin

/// Takes as many descriptors as the system allows, and keeps some back from now on; programs that are started later have
/// the limit that was there before. For the first thread, before there are others.
void csystem_limit_prepare(void);

/// How many descriptors this process may have, those kept back included; INT_MAX when nothing was prepared.
int csystem_limit_most(void);

/// How many are kept back; INT_MAX when nothing was prepared.
int csystem_limit_kept(void);

/// A descriptor just made, or, when that is one of those kept back, -1 with EMFILE in errno; negative stays as it is.
int csystem_limit_own(int descriptor);

/// The same for a connection: some are kept back for files and programs, too.
int csystem_limit_connection(int descriptor);

/// Gives a program that is to be started the limit that this one was started with; async-signal-safe.
void csystem_limit_restore(void);

#pragma clang assume_nonnull end

#endif
