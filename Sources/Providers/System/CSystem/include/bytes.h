#ifndef CSYSTEM_BYTES_H
#define CSYSTEM_BYTES_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// Where some bytes first stand in others; -1 for nowhere. The time grows with the sum of their lengths, not the product.
ptrdiff_t csystem_bytes_find(const void *bytes, size_t count, const void *part, size_t part_count);

#pragma clang assume_nonnull end
#endif
