#ifndef CSYSTEM_BUILD_H
#define CSYSTEM_BUILD_H

// What this program was built from, and for what; whoever builds it says so by WYN360_COMMIT, see Package.swift.

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// The commit, and whether there was more; NULL where nobody said.
const char *_Nullable csystem_build_commit(void);

/// The system and the processor, such as `Linux x86_64`.
const char *csystem_build_target(void);

/// Whether it was built to be fast.
bool csystem_build_is_optimized(void);

#pragma clang assume_nonnull end

#endif
