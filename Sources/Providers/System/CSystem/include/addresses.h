#ifndef CSYSTEM_ADDRESSES_H
#define CSYSTEM_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Looks a host's name up, and writes the addresses it stands for: each one byte 4 or 6, then 16 bytes, of which a version 4
/// address takes the first four. The result is how many there are, at most `max`; negative when the name stands for none.
int csystem_addresses(const char *host, uint8_t *addresses, size_t max);

#pragma clang assume_nonnull end

#endif
