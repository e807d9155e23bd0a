#if defined(__linux__)
#define _GNU_SOURCE  // memmem
#endif

#include "cbytes.h"

#include <string.h>

ptrdiff_t cbytes_find(const void *bytes, size_t count, const void *part, size_t part_count) {
  const char *found = memmem(bytes, count, part, part_count);
  return found ? found - (const char *)bytes : -1;
}
