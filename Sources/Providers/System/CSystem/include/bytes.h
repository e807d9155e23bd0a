#ifndef CSYSTEM_BYTES_H
#define CSYSTEM_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Where some bytes first stand in others; -1 for nowhere. The time grows with the sum of their lengths, not the product.
ptrdiff_t csystem_bytes_find(const void *bytes, size_t count, const void *part, size_t part_count);

/// Some bytes to look for. A byte of a text is compared after the bits of `mask` were set in it, so that capital letters of
/// ASCII can pass for small ones. `rare` and `rarer` are the places of those two that are hardly ever in a text.
typedef struct {
  const uint8_t *bytes;
  const uint8_t *mask;
  size_t count, rare, rarer;
} csystem_literal;

/// Where a literal first stands; -1 for nowhere. The time grows with the text's length times the literal's, at the worst.
ptrdiff_t csystem_bytes_find_literal(const void *bytes, size_t count, const csystem_literal *part);

/// How often a byte is there.
size_t csystem_bytes_count(const void *bytes, size_t count, uint8_t byte);

/// Where a byte last stands; -1 for nowhere.
ptrdiff_t csystem_bytes_last(const void *bytes, size_t count, uint8_t byte);

#pragma clang assume_nonnull end
#endif
