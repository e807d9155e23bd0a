#include "build.h"

#include <stddef.h>

const char *csystem_build_commit(void) {
#if defined(WYN360_COMMIT)
  return WYN360_COMMIT;
#else
  return NULL;
#endif
}

#if defined(__linux__)
#define SYSTEM "Linux"
#elif defined(__APPLE__)
#define SYSTEM "macOS"
#else
#define SYSTEM "another system"
#endif

#if defined(__x86_64__)
#define PROCESSOR "x86_64"
#elif defined(__aarch64__)
#define PROCESSOR "aarch64"
#else
#define PROCESSOR "another processor"
#endif

const char *csystem_build_target(void) { return SYSTEM " " PROCESSOR; }

bool csystem_build_is_optimized(void) {
#if defined(__OPTIMIZE__)
  return true;
#else
  return false;
#endif
}
