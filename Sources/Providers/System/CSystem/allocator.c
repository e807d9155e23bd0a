#include "allocator.h"

#if defined(__linux__)
#include <malloc.h>
#endif

void csystem_memory_prepare(void) {
#if defined(__GLIBC__)
  // The size from which a block's own pages cost less than what they hold back: glibc's own first choice.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

void csystem_memory_release(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
