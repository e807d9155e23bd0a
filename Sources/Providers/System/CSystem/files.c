#define _GNU_SOURCE
#include "files.h"

#include "descriptors.h"
#include "limit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int csystem_file_open_append(const char *path) {
  int descriptor = csystem_limit_own(open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
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

int csystem_file_open_read(const char *path) {
  int descriptor = csystem_limit_own(open(path, O_RDONLY | O_CLOEXEC));
  return descriptor < 0 ? -errno : descriptor;
}

int csystem_file_open_at_once(const char *path) {
  int descriptor = csystem_limit_own(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return descriptor < 0 ? -errno : descriptor;
}

int csystem_file_open_stream(const char *path) {
  int descriptor = csystem_limit_own(open(path, O_WRONLY | O_APPEND | O_CLOEXEC));
  return descriptor < 0 ? -errno : descriptor;
}

int64_t csystem_file_size(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return -(int64_t)errno;
  return S_ISREG(status.st_mode) ? (int64_t)status.st_size : 0;
}

int64_t csystem_file_read(int descriptor, int64_t offset, void *bytes, size_t count) {
  ssize_t taken;
  do taken = pread(descriptor, bytes, count, (off_t)offset);
  while (taken < 0 && errno == EINTR);
  return taken < 0 ? -(int64_t)errno : (int64_t)taken;
}

int csystem_file_replace(const char *path, const void *bytes, size_t count) {
  static const char ending[] = ".XXXXXX";
  char *temporary = malloc(strlen(path) + sizeof ending);
  if (!temporary) return ENOMEM;
  strcpy(temporary, path);
  strcat(temporary, ending);
  int number = 0;
  // The file is made with mode 0600, mkostemp(3).
  int made = mkostemp(temporary, O_CLOEXEC), descriptor = csystem_limit_own(made);
  if (descriptor < 0) {
    number = errno;
    if (made >= 0) unlink(temporary);
    free(temporary);
    return number;
  }
  if (count > 0) number = csystem_write_all(descriptor, bytes, count);
  // Without it, a crash of the system may leave the new name with nothing in it.
  if (number == 0 && fsync(descriptor) != 0) number = errno;
  if (close(descriptor) != 0 && number == 0) number = errno;
  if (number == 0 && rename(temporary, path) != 0) number = errno;
  if (number != 0) unlink(temporary);
  free(temporary);
  return number;
}

bool csystem_is_executable(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}
