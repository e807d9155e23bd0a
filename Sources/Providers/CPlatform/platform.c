#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "cplatform.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#endif
#if defined(__APPLE__)
#include <mach/mach.h>
#endif

// Linux waits with epoll, so that a thousand idle streams cost nothing; CPLATFORM_POLL tries the other way there too.
#if defined(__linux__) && !defined(CPLATFORM_POLL)
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

void cplatform_wake(int descriptor) {
  // Eight bytes are what an eventfd wants; a pipe takes them too. A full one wakes already.
  uint64_t one = 1;
  while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {}
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

int system_socket(int family, int type, int protocol) {
#if defined(SOCK_CLOEXEC)
  return socket(family, type | SOCK_CLOEXEC, protocol);
#else
  int made = socket(family, type, protocol);
  if (made >= 0) fcntl(made, F_SETFD, FD_CLOEXEC);
  return made;
#endif
}

// Threads and time --------------------------------------------------------------------------------------------------

typedef struct {
  void (*body)(void *);
  void *context;
  char name[16];  // Linux allows 15 characters
} thread_start;

static void *thread_main(void *argument) {
  thread_start start = *(thread_start *)argument;
  free(argument);
#if defined(__APPLE__)
  pthread_setname_np(start.name);
#elif defined(__linux__)
  pthread_setname_np(pthread_self(), start.name);
#endif
  start.body(start.context);
  return NULL;
}

bool cplatform_thread_start(const char *name, size_t stack, void (*body)(void *), void *context) {
  thread_start *start = malloc(sizeof *start);
  if (!start) return false;
  *start = (thread_start){.body = body, .context = context};
  strncpy(start->name, name, sizeof start->name - 1);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Signals are for the threads that were there before: the new one inherits a mask that blocks them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, thread_main, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (failed) free(start);
  return !failed;
}

int64_t cplatform_monotonic_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Signals and processes ---------------------------------------------------------------------------------------------

static volatile sig_atomic_t signals_fd = -1;

static void signal_arrived(int number) {
  int before = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t written = write(signals_fd, &byte, 1);
  (void)written;
  errno = before;
}

int cplatform_signals_to_fd(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return errno;
  signals_fd = fd;
  struct sigaction action = {.sa_handler = signal_arrived, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  static const int caught[] = {SIGTERM, SIGINT, SIGHUP};
  sigset_t wanted;
  sigemptyset(&wanted);
  for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
    if (sigaction(caught[i], &action, NULL) != 0) return errno;
    sigaddset(&wanted, caught[i]);
  }
  // A process inherits its parent's mask, and a parent with many threads often starts it with everything blocked.
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  return sigaction(SIGPIPE, &ignore, NULL) == 0 ? 0 : errno;
}

int cplatform_parent_watch(int pid) {
#if defined(__linux__) && defined(SYS_pidfd_open)
  return (int)syscall(SYS_pidfd_open, pid, 0);  // close-on-exec by itself, pidfd_open(2)
#else
  (void)pid;
  return -1;
#endif
}

int64_t cplatform_resident_bytes(void) {
#if defined(__linux__)
  // The second number of /proc/self/statm is the resident pages, proc(5).
  char text[128];
  int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return 0;
  text[count] = 0;
  const char *second = strchr(text, ' ');
  return second ? strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
#elif defined(__APPLE__)
  mach_task_basic_info_data_t info;
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, (task_info_t)&info, &count) != KERN_SUCCESS) return 0;
  return (int64_t)info.resident_size;
#else
  return 0;
#endif
}
