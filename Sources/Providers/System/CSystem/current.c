#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "current.h"

#include "limit.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#if defined(__APPLE__)
#include <mach/mach.h>
#endif

extern char **environ;

void csystem_hide(void) {
#if defined(__linux__)
  // A copy made by fork() inherits it; a program does not, as execve() gives it memory of its own.
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

const char *csystem_variable(int number) { return environ == NULL ? NULL : environ[number]; }

char *csystem_home(void) {
  struct passwd entry, *found = NULL;
  char names[4096];
  if (getpwuid_r(getuid(), &entry, names, sizeof names, &found) != 0 || found == NULL || found->pw_dir == NULL) return NULL;
  return strdup(found->pw_dir);
}

int64_t csystem_monotonic_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t csystem_awake_or_asleep_ms(void) {
#if defined(__linux__)
  // CLOCK_MONOTONIC stands still while a machine sleeps (clock_gettime(2)); Darwin's does not.
  struct timespec now;
  if (clock_gettime(CLOCK_BOOTTIME, &now) == 0) return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
#endif
  return csystem_monotonic_ms();
}

static volatile sig_atomic_t signals_fd = -1;

static void signal_arrived(int number) {
  int before = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t written = write(signals_fd, &byte, 1);
  (void)written;
  errno = before;
}

int csystem_signals_to_fd(int fd) {
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

int csystem_process_watch(int pid) {
#if defined(__linux__) && defined(SYS_pidfd_open)
  return csystem_limit_own((int)syscall(SYS_pidfd_open, pid, 0));  // close-on-exec by itself, pidfd_open(2)
#else
  (void)pid;
  return -1;
#endif
}

bool csystem_process_is_gone(int pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

int64_t csystem_resident_bytes(void) {
#if defined(__linux__)
  // The second number of /proc/self/statm is the resident pages, proc(5).
  char text[128];
  int fd = csystem_limit_own(open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
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
