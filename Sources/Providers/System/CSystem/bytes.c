#if defined(__linux__)
#define _GNU_SOURCE  // memmem
#endif

#include "bytes.h"

#include <string.h>

ptrdiff_t csystem_bytes_find(const void *bytes, size_t count, const void *part, size_t part_count) {
  const char *found = memmem(bytes, count, part, part_count);
  return found ? found - (const char *)bytes : -1;
}
