#define _GNU_SOURCE
#include "cfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

int cfiles_open_at_once(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
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

int64_t cfiles_read_on(int descriptor, void *bytes, size_t count) {
  ssize_t taken;
  do taken = read(descriptor, bytes, count);
  while (taken < 0 && errno == EINTR);
  return taken < 0 ? -(int64_t)errno : (int64_t)taken;
}

int cfiles_replace(const char *path, const void *bytes, size_t count) {
  static const char ending[] = ".XXXXXX";
  char *temporary = malloc(strlen(path) + sizeof ending);
  if (!temporary) return ENOMEM;
  strcpy(temporary, path);
  strcat(temporary, ending);
  int number = 0;
  // The file is made with mode 0600, mkostemp(3).
  int descriptor = mkostemp(temporary, O_CLOEXEC);
  if (descriptor < 0) {
    number = errno;
    free(temporary);
    return number;
  }
  if (count > 0) number = cfiles_write(descriptor, bytes, count);
  // Without it, a crash of the system may leave the new name with nothing in it.
  if (number == 0 && fsync(descriptor) != 0) number = errno;
  if (close(descriptor) != 0 && number == 0) number = errno;
  if (number == 0 && rename(temporary, path) != 0) number = errno;
  if (number != 0) unlink(temporary);
  free(temporary);
  return number;
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
