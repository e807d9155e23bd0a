#include "allocator.h"

#if defined(__linux__)
#include <malloc.h>
#endif

void csystem_memory_prepare(void) {
#if defined(__GLIBC__)
  // Buffers of a stream are smaller and come and go with every read: pages of their own would double what a delta costs.
  mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
#endif
}

void csystem_memory_release(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
