#include "encodings.h"

#include <errno.h>
#include <iconv.h>

int64_t csystem_convert(const char *from, const char *to, const void *bytes, size_t count, void *out, size_t size) {
  iconv_t converter = iconv_open(to, from);
  if (converter == (iconv_t)-1) return -EINVAL;
  char *in = (char *)bytes, *next = (char *)out;
  size_t left = count, room = size;
  // What is not written back as it was counts as no conversion; encodings with states are brought to their first one.
  size_t inexact = iconv(converter, &in, &left, &next, &room);
  if (inexact == 0) inexact = iconv(converter, NULL, NULL, &next, &room);
  int number = inexact == (size_t)-1 ? (errno == E2BIG ? E2BIG : EILSEQ) : inexact > 0 || left > 0 ? EILSEQ : 0;
  iconv_close(converter);
  return number ? -number : (int64_t)(size - room);
}
