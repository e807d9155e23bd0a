#if defined(__linux__)
#define _GNU_SOURCE  // memmem
#endif

#include "bytes.h"

#include <string.h>

typedef uint8_t lanes __attribute__((vector_size(16)));
typedef uint64_t words __attribute__((vector_size(16)));

static inline lanes load(const uint8_t *bytes) {
  lanes taken;
  memcpy(&taken, bytes, sizeof taken);
  return taken;
}

static inline lanes all(uint8_t byte) { return (lanes){} + byte; }

static inline bool any(lanes hits) {
  words both = (words)hits;
  return (both[0] | both[1]) != 0;
}

ptrdiff_t csystem_bytes_find(const void *bytes, size_t count, const void *part, size_t part_count) {
  const char *found = memmem(bytes, count, part, part_count);
  return found ? found - (const char *)bytes : -1;
}

static bool stands_at(const uint8_t *bytes, const csystem_literal *part) {
  for (size_t i = 0; i < part->count; i++) {
    if ((bytes[i] | part->mask[i]) != part->bytes[i]) return false;
  }
  return true;
}

ptrdiff_t csystem_bytes_find_literal(const void *bytes, size_t count, const csystem_literal *part) {
  if (part->count == 0 || count < part->count) return -1;
  const uint8_t *text = bytes;
  size_t places = count - part->count + 1;
  size_t one = part->rare, other = part->rarer;
  uint8_t one_byte = part->bytes[one], other_byte = part->bytes[other];
  uint8_t one_bits = part->mask[one], other_bits = part->mask[other];
  lanes one_mask = all(one_bits), other_mask = all(other_bits);
  lanes one_wanted = all(one_byte), other_wanted = all(other_byte);
  size_t place = 0;
  // The two rarest bytes are looked for at sixteen places at a time, and for the most part are not there.
  for (; place + 64 <= places; place += 64) {
    lanes hits[4], seen = {};
    for (int i = 0; i < 4; i++) {
      const uint8_t *at = text + place + 16 * i;
      hits[i] = (lanes)(((load(at + other) | other_mask) == other_wanted) & ((load(at + one) | one_mask) == one_wanted));
      seen |= hits[i];
    }
    if (!any(seen)) continue;
    for (int i = 0; i < 4; i++) {
      if (!any(hits[i])) continue;
      for (int lane = 0; lane < 16; lane++) {
        size_t at = place + 16 * (size_t)i + (size_t)lane;
        if (hits[i][lane] && stands_at(text + at, part)) return (ptrdiff_t)at;
      }
    }
  }
  for (; place < places; place++) {
    if ((text[place + other] | other_bits) != other_byte) continue;
    if (stands_at(text + place, part)) return (ptrdiff_t)place;
  }
  return -1;
}

size_t csystem_bytes_count(const void *bytes, size_t count, uint8_t byte) {
  const uint8_t *text = bytes;
  size_t place = 0, found = 0;
  lanes wanted = all(byte);
  while (place + 16 <= count) {
    lanes sums = {};
    // A lane holds 255 at most.
    for (int i = 0; i < 255 && place + 16 <= count; i++, place += 16) sums -= (lanes)(load(text + place) == wanted);
    for (int lane = 0; lane < 16; lane++) found += sums[lane];
  }
  for (; place < count; place++) found += text[place] == byte;
  return found;
}

ptrdiff_t csystem_bytes_last(const void *bytes, size_t count, uint8_t byte) {
  const uint8_t *text = bytes;
  while (count > 0) {
    if (count >= 16 && !any((lanes)(load(text + count - 16) == all(byte)))) {
      count -= 16;
      continue;
    }
    if (text[--count] == byte) return (ptrdiff_t)count;
  }
  return -1;
}
