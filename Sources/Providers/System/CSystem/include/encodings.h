#ifndef CSYSTEM_ENCODINGS_H
#define CSYSTEM_ENCODINGS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Converts a whole text from one encoding to another, both named as for iconv(3). How many bytes were written; an error
/// number below zero where the system does not know an encoding (-EINVAL), where bytes are no text in the one or cannot be
/// written in the other (-EILSEQ), or where there is no room for all (-E2BIG).
int64_t csystem_convert(const char *from, const char *to, const void *bytes, size_t count, void *out, size_t size);

#pragma clang assume_nonnull end
#endif
