#include "cfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int cfiles_open_append(const char *path) {
  int descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return -errno;
  struct stat status;
  // A file that was there may be readable by others; a device must stay as it is.
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077) != 0 &&
      fchmod(descriptor, 0600) != 0) {
    int number = errno;
    close(descriptor);
    return -number;
  }
  return descriptor;
}

int cfiles_open_read(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int64_t cfiles_size(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return -(int64_t)errno;
  return S_ISREG(status.st_mode) ? (int64_t)status.st_size : 0;
}

int64_t cfiles_read(int descriptor, int64_t offset, void *bytes, size_t count) {
  ssize_t taken;
  do taken = pread(descriptor, bytes, count, (off_t)offset);
  while (taken < 0 && errno == EINTR);
  return taken < 0 ? -(int64_t)errno : (int64_t)taken;
}

int cfiles_write(int descriptor, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t taken = write(descriptor, next, count);
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) return errno;
    next += taken;
    count -= (size_t)taken;
  }
  return 0;
}

void cfiles_close(int descriptor) { close(descriptor); }

// strerror_r has two shapes; where it is GNU's, the text may be elsewhere than in the buffer.
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
void cfiles_error_text(int number, char *text, size_t size) {
  strncpy(text, strerror_r(number, text, size), size - 1);
  text[size - 1] = 0;
}
#else
void cfiles_error_text(int number, char *text, size_t size) {
  if (strerror_r(number, text, size) != 0) strncpy(text, "unknown error", size);
  text[size - 1] = 0;
}
#endif
