#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "poller.h"

#include "descriptors.h"
#include "limit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

// Linux waits with epoll, so that a thousand idle streams cost nothing; CSYSTEM_POLL tries the other way there too.
#if defined(__linux__) && !defined(CSYSTEM_POLL)
#define WAITS_WITH_EPOLL 1
#include <sys/epoll.h>
#include <sys/eventfd.h>
#else
#define WAITS_WITH_EPOLL 0
#include <poll.h>
#endif

static int wait_of(int64_t timeout_ms) {
  if (timeout_ms < 0) return -1;
  return timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
}

static void drain(int fd) {
  char bytes[512];
  for (;;) {
    ssize_t count = read(fd, bytes, sizeof bytes);
    if (count == (ssize_t)sizeof bytes || (count < 0 && errno == EINTR)) continue;
    return;
  }
}

#if WAITS_WITH_EPOLL

struct poller {
  int epoll, wake;
};

poller *poller_create(void) {
  poller *made = malloc(sizeof *made);
  if (!made) return NULL;
  made->epoll = epoll_create1(EPOLL_CLOEXEC);
  made->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = made->wake};
  bool is_made = made->epoll >= 0 && made->wake >= 0;
  if (is_made && epoll_ctl(made->epoll, EPOLL_CTL_ADD, made->wake, &event) == 0) return made;
  poller_free(made);
  return NULL;
}

void poller_free(poller *poller) {
  if (poller->epoll >= 0) close(poller->epoll);
  if (poller->wake >= 0) close(poller->wake);
  free(poller);
}

int poller_wake_descriptor(const poller *poller) { return poller->wake; }

void poller_watch(poller *poller, int fd, unsigned interest) {
  struct epoll_event event = {.data.fd = fd};
  if (interest & POLLER_READ) event.events |= EPOLLIN;
  if (interest & POLLER_WRITE) event.events |= EPOLLOUT;
  if (!interest) {
    epoll_ctl(poller->epoll, EPOLL_CTL_DEL, fd, &event);
  } else if (epoll_ctl(poller->epoll, EPOLL_CTL_MOD, fd, &event) != 0 && errno == ENOENT) {
    epoll_ctl(poller->epoll, EPOLL_CTL_ADD, fd, &event);
  }
}

int poller_wait(poller *poller, int64_t timeout_ms, poller_event *events, int events_max) {
  enum { TAKEN_AT_ONCE = 64 };
  struct epoll_event ready[TAKEN_AT_ONCE];
  if (events_max > TAKEN_AT_ONCE) events_max = TAKEN_AT_ONCE;
  int count = epoll_wait(poller->epoll, ready, events_max, wait_of(timeout_ms)), stored = 0;
  for (int i = 0; i < count; i++) {
    if (ready[i].data.fd == poller->wake) {
      drain(poller->wake);
      continue;
    }
    unsigned what = 0;
    if (ready[i].events & EPOLLIN) what |= POLLER_READ;
    if (ready[i].events & EPOLLOUT) what |= POLLER_WRITE;
    if (ready[i].events & (EPOLLERR | EPOLLHUP)) what |= POLLER_FAILED;
    events[stored++] = (poller_event){ready[i].data.fd, what};
  }
  return stored;
}

#else

struct poller {
  int wake_read, wake_write;
  struct pollfd *watched;  // the first is wake_read
  size_t count, capacity;
};

static void settle(int fd) {
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, O_NONBLOCK);
}

poller *poller_create(void) {
  poller *made = calloc(1, sizeof *made);
  int ends[2];
  if (!made || pipe(ends) != 0) {
    free(made);
    return NULL;
  }
  settle(ends[0]);
  settle(ends[1]);
  made->wake_read = ends[0];
  made->wake_write = ends[1];
  poller_watch(made, made->wake_read, POLLER_READ);
  if (made->count == 1) return made;
  poller_free(made);
  return NULL;
}

void poller_free(poller *poller) {
  close(poller->wake_read);
  close(poller->wake_write);
  free(poller->watched);
  free(poller);
}

int poller_wake_descriptor(const poller *poller) { return poller->wake_write; }

void poller_watch(poller *poller, int fd, unsigned interest) {
  size_t at = 0;
  while (at < poller->count && poller->watched[at].fd != fd) at++;
  if (!interest) {
    if (at < poller->count) poller->watched[at] = poller->watched[--poller->count];
    return;
  }
  if (at == poller->capacity) {
    size_t capacity = poller->capacity ? poller->capacity * 2 : 16;
    struct pollfd *grown = realloc(poller->watched, capacity * sizeof *grown);
    if (!grown) return;
    poller->watched = grown;
    poller->capacity = capacity;
  }
  if (at == poller->count) poller->count++;
  short events = (short)((interest & POLLER_READ ? POLLIN : 0) | (interest & POLLER_WRITE ? POLLOUT : 0));
  poller->watched[at] = (struct pollfd){.fd = fd, .events = events};
}

int poller_wait(poller *poller, int64_t timeout_ms, poller_event *events, int events_max) {
  int stored = 0;
  if (poll(poller->watched, (nfds_t)poller->count, wait_of(timeout_ms)) <= 0) return 0;
  for (size_t i = 0; i < poller->count && stored < events_max; i++) {
    short ready = poller->watched[i].revents;
    if (!ready) continue;
    if (poller->watched[i].fd == poller->wake_read) {
      drain(poller->wake_read);
      continue;
    }
    unsigned what = 0;
    if (ready & POLLIN) what |= POLLER_READ;
    if (ready & POLLOUT) what |= POLLER_WRITE;
    if (ready & (POLLERR | POLLHUP | POLLNVAL)) what |= POLLER_FAILED;
    events[stored++] = (poller_event){poller->watched[i].fd, what};
  }
  return stored;
}

#endif

int poller_socket(int family, int type, int protocol) {
#if defined(SOCK_CLOEXEC)
  return csystem_limit_connection(socket(family, type | SOCK_CLOEXEC, protocol));
#else
  int made = csystem_limit_connection(socket(family, type, protocol));
  if (made >= 0) fcntl(made, F_SETFD, FD_CLOEXEC);
  return made;
#endif
}
