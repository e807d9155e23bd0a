#define _GNU_SOURCE
#include "descriptors.h"

#include "current.h"
#include "limit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int csystem_pipe(int *ends) {
  if (pipe(ends) != 0) return errno;
  ends[0] = csystem_limit_own(ends[0]);
  ends[1] = csystem_limit_own(ends[1]);
  if (ends[0] < 0 || ends[1] < 0) {
    if (ends[0] >= 0) close(ends[0]);
    if (ends[1] >= 0) close(ends[1]);
    return EMFILE;
  }
  for (int end = 0; end < 2; end++) {
    fcntl(ends[end], F_SETFD, FD_CLOEXEC);
    fcntl(ends[end], F_SETFL, O_NONBLOCK);
  }
  return 0;
}

int csystem_duplicate(int descriptor) { return csystem_limit_own(fcntl(descriptor, F_DUPFD_CLOEXEC, 3)); }

bool csystem_is_piped(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISREG(status.st_mode) || S_ISSOCK(status.st_mode));
}

int64_t csystem_read(int descriptor, void *bytes, size_t count) {
  ssize_t taken;
  do taken = read(descriptor, bytes, count);
  while (taken < 0 && errno == EINTR);
  return taken < 0 ? -(int64_t)errno : (int64_t)taken;
}

int64_t csystem_write_some(int descriptor, const void *bytes, size_t count) {
  ssize_t taken;
  do taken = write(descriptor, bytes, count);
  while (taken < 0 && errno == EINTR);
  return taken < 0 ? -(int64_t)errno : (int64_t)taken;
}

int csystem_write_all(int descriptor, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    int64_t taken = csystem_write_some(descriptor, next, count);
    if (taken == -EAGAIN) {
      struct pollfd watched = {.fd = descriptor, .events = POLLOUT};
      csystem_poll(&watched, 1, -1);
      continue;
    }
    if (taken < 0) return (int)-taken;
    next += taken;
    count -= (size_t)taken;
  }
  return 0;
}

void csystem_close(int descriptor) { close(descriptor); }

void csystem_wake(int descriptor) {
  // Eight bytes are what an eventfd wants; a pipe takes them too. A full one wakes already.
  uint64_t one = 1;
  csystem_write_some(descriptor, &one, sizeof one);
}

int csystem_poll(struct pollfd *watched, int count, int64_t timeout_ms) {
  bool has_end = timeout_ms > 0;
  int64_t until = has_end ? csystem_monotonic_ms() + timeout_ms : 0;
  for (;;) {
    int ready = poll(watched, (nfds_t)count, timeout_ms < 0 ? -1 : timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms);
    if (ready >= 0) return ready;
    if (errno != EINTR) return -errno;
    if (!has_end) continue;
    int64_t now = csystem_monotonic_ms();
    timeout_ms = now < until ? until - now : 0;
  }
}

// strerror_r has two shapes; where it is GNU's, the text may be elsewhere than in the buffer.
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
void csystem_error_text(int number, char *text, size_t size) {
  strncpy(text, strerror_r(number, text, size), size - 1);
  text[size - 1] = 0;
}
#else
void csystem_error_text(int number, char *text, size_t size) {
  if (strerror_r(number, text, size) != 0) strncpy(text, "unknown error", size);
  text[size - 1] = 0;
}
#endif
