#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "child.h"
#include "current.h"

#include "limit.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

extern char **environ;

// All below `supervise` runs in a forked copy of a process with threads: another thread may have held any lock, malloc's
// among them, so that only async-signal-safe functions are called (POSIX, fork()).

/// Where the supervisor has its descriptors.
enum { FD_CONTROL = 3, FD_REPORTS, FD_OUTPUT, FD_ERRORS, FD_INPUT, FD_FOLDER, FD_SANDBOX, FD_FIRST_FREE };
enum { FD_COUNT = FD_FIRST_FREE - FD_CONTROL };

static void report(csystem_child_news kind, int value) {
  csystem_child_report made = {kind, value};
  while (write(FD_REPORTS, &made, sizeof made) < 0 && errno == EINTR) {}
}

/// Closes all descriptors from the first to the last, which may be negative for all there are.
static void close_from(int first, int last) {
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, first, last < 0 ? ~0U : (unsigned)last, 0) == 0) return;
#endif
  long most = sysconf(_SC_OPEN_MAX);
  if (most < 0 || most > 65536) most = 65536;
  if (last >= 0 && last < most) most = last + 1;
  for (int descriptor = first; descriptor < most; descriptor++) close(descriptor);
}

/// Closes all but these and the standard three: the parent process may have left no number free.
static void close_others(const int wanted[FD_COUNT]) {
  for (int next = 3;;) {
    int kept = -1;
    for (int i = 0; i < FD_COUNT; i++) {
      if (wanted[i] >= next && (kept < 0 || wanted[i] < kept)) kept = wanted[i];
    }
    if (kept != next) close_from(next, kept - 1);
    if (kept < 0) return;
    next = kept + 1;
  }
}

/// Puts the descriptors where they are expected; each is first moved out of the others' way.
static void arrange(const int wanted[FD_COUNT]) {
  int moved[FD_COUNT];
  close_others(wanted);
  for (int i = 0; i < FD_COUNT; i++) moved[i] = wanted[i] < 0 ? -1 : fcntl(wanted[i], F_DUPFD, FD_FIRST_FREE);
  for (int i = 0; i < FD_COUNT; i++) {
    close(FD_CONTROL + i);
    if (moved[i] < 0) continue;
    dup2(moved[i], FD_CONTROL + i);
    fcntl(FD_CONTROL + i, F_SETFD, FD_CLOEXEC);
  }
  close_from(FD_FIRST_FREE, -1);
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) {
    // Nothing must be left of what this program reads and answers.
    report(CSYSTEM_CHILD_NOT_STARTED, errno);
    _exit(1);
  }
  for (int i = 0; i < 3; i++) dup2(nothing, i);
  if (nothing > 2) close(nothing);
}

static void reset_signals(void) {
  struct sigaction usual = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
}

static void become_program(const csystem_child_order *order) {
  setsid();
  // Told before the program could end whoever else would tell it.
  report(CSYSTEM_CHILD_RUNNING, getpid());
#if defined(__linux__)
  // Should the program end its supervisor, it ends itself.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  reset_signals();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (order->has_input) dup2(FD_INPUT, 0);
  dup2(FD_OUTPUT, 1);
  dup2(order->separates_errors ? FD_ERRORS : FD_OUTPUT, 2);
  csystem_limit_restore();
  char *const *environment = order->environment ? order->environment : environ;
  int refused = order->folder < 0 || fchdir(FD_FOLDER) == 0 ? 0 : errno;
  // The last thing before the program, and nothing runs where it fails.
  if (refused == 0 && order->sandbox >= 0) refused = -csystem_sandbox_enter(FD_SANDBOX);
  if (refused == 0) {
    execve(order->path, order->arguments, environment);
    refused = errno;
  }
  report(CSYSTEM_CHILD_NOT_STARTED, refused);
  _exit(127);
}

#if defined(__linux__)

/// The parent of a process, from the fourth field of its `stat` (proc(5)); 0 when it is gone.
static int parent_of(const char *id) {
  char path[64] = "/proc/", text[512];
  size_t length = strlen(id);
  if (length > 20) return 0;
  memcpy(path + 6, id, length);
  memcpy(path + 6 + length, "/stat", 6);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count <= 0) return 0;
  text[count] = 0;
  // The second field is a name in parentheses that may hold anything, parentheses too: the last one ends it.
  const char *end = strrchr(text, ')');
  if (!end || strlen(end) < 5) return 0;
  int parent = 0;
  for (const char *digit = end + 4; *digit >= '0' && *digit <= '9'; digit++) parent = parent * 10 + (*digit - '0');
  return parent;
}

typedef struct {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
} folder_entry;  // struct linux_dirent64, getdents64(2)

/// Sends a signal to every child; a child's own children become ours when it ends.
static void signal_children(int number) {
  int self = getpid();
  int folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  _Alignas(folder_entry) char bytes[8192];
  for (;;) {
    long count = syscall(SYS_getdents64, folder, bytes, sizeof bytes);
    if (count <= 0) break;
    for (long at = 0; at < count;) {
      folder_entry *entry = (folder_entry *)(bytes + at);
      at += entry->length;
      if (entry->name[0] < '1' || entry->name[0] > '9' || parent_of(entry->name) != self) continue;
      int id = 0;
      for (const char *digit = entry->name; *digit; digit++) id = id * 10 + (*digit - '0');
      kill(id, number);
    }
  }
  close(folder);
}

#else
static void signal_children(int number) { (void)number; }
#endif

typedef struct {
  int program;
  bool program_is_gone;
  bool is_ending;
  int ended_after;
} care;

static void child_ended(int number) { (void)number; }

/// The signals to block while waiting: all but the end of a child. A command cannot talk its supervisor into ending.
static void only_ends(sigset_t *blocked) {
  sigfillset(blocked);
  sigdelset(blocked, SIGCHLD);
}

/// Takes the ends of children. Returns whether there are children left.
static bool take_ends(care *care) {
  for (;;) {
    int status, id = waitpid(-1, &status, WNOHANG);
    if (id < 0 && errno == EINTR) continue;
    if (id <= 0) return id == 0;
    if (id != care->program) {
      if (care->program_is_gone && care->is_ending) care->ended_after++;
      continue;
    }
    care->program_is_gone = true;
    if (WIFSIGNALED(status)) report(CSYSTEM_CHILD_SIGNALLED, WTERMSIG(status));
    if (WIFEXITED(status)) report(CSYSTEM_CHILD_EXITED, WEXITSTATUS(status));
  }
}

/// Signals all that is below. The group's number is the program's own until the program has been waited for; a group that
/// others are still in keeps it from being used again, and what is left of it are children here.
static void signal_all(const care *care, int number) {
  if (!care->program_is_gone) kill(-care->program, number);
  signal_children(number);
}

static void take_orders(care *care, const fd_set *ready) {
  if (!FD_ISSET(FD_CONTROL, ready)) return;
  char order = CSYSTEM_CHILD_END;
  ssize_t count = read(FD_CONTROL, &order, 1);
  if (count < 0) return;
  care->is_ending = true;
  if (count == 1 && order == CSYSTEM_CHILD_ASK) {
    signal_all(care, SIGTERM);
    // A stopped process, such as one that wanted to read from a terminal, takes no signal but this before.
    signal_all(care, SIGCONT);
    return;
  }
  if (count == 1 && order == CSYSTEM_CHILD_LEAVE) {
    report(CSYSTEM_CHILD_DONE, 0);
    _exit(0);
  }
  // Processes that fork while they are looked for are found the next time: a group that runs away grows thinner each
  // time. One that cannot be ended, as it is another user's, is waited for ever more patiently.
  sigset_t during;
  only_ends(&during);
  for (long wait_ns = 1000000; take_ends(care);) {
    signal_all(care, SIGKILL);
    struct timespec wait = {wait_ns / 1000000000, wait_ns % 1000000000};
    // A child's end wakes this earlier.
    pselect(0, NULL, NULL, NULL, &wait, &during);
    if (wait_ns < 500000000) wait_ns += wait_ns / 4;
  }
}

static void supervise(const csystem_child_order *order, const int descriptors[FD_COUNT]) {
  setsid();  // a terminal's Ctrl-C is not for us: the program says what is to be done
#if defined(__linux__)
  prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
  arrange(descriptors);
  reset_signals();
  sigset_t all, during;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  only_ends(&during);
  struct sigaction action = {.sa_handler = child_ended};
  sigaction(SIGCHLD, &action, NULL);
  care care = {.program = fork()};
  if (care.program < 0) {
    report(CSYSTEM_CHILD_NOT_STARTED, errno);
    _exit(1);
  }
  if (care.program == 0) become_program(order);
  // Whoever is at a pipe's other end is to see that the program has closed its own.
  for (int descriptor = FD_OUTPUT; descriptor < FD_FIRST_FREE; descriptor++) close(descriptor);
  while (take_ends(&care)) {
    fd_set ready;
    FD_ZERO(&ready);
    FD_SET(FD_CONTROL, &ready);
    // Blocked signals come through during the wait only, so that an end is never missed.
    if (pselect(FD_CONTROL + 1, &ready, NULL, NULL, NULL, &during) > 0) take_orders(&care, &ready);
  }
  report(CSYSTEM_CHILD_DONE, care.ended_after);
  _exit(0);
}

/// Makes a pipe that no other program gets; false, with the reason in errno, when there is none.
static bool open_pipe(int ends[2]) {
  ends[0] = ends[1] = -1;
#if defined(__linux__)
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
#else
  if (pipe(ends) != 0) return false;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
  ends[0] = csystem_limit_own(ends[0]);
  ends[1] = csystem_limit_own(ends[1]);
  return ends[0] >= 0 && ends[1] >= 0;
}

static void close_ends(int pipes[][2], int count, int end) {
  for (int i = 0; i < count; i++) {
    if (pipes[i][end] >= 0) close(pipes[i][end]);
  }
}

int csystem_child_start(csystem_child_order order, csystem_child_started *started) {
  // Of each pipe the first end is this program's.
  enum { CONTROL, REPORTS, OUTPUT, ERRORS, INPUT, PIPES };
  int pipes[PIPES][2];
  const bool is_wanted[PIPES] = {true, true, true, order.separates_errors, order.has_input};
  int supervisor = -1, number = 0;
  for (int i = 0; i < PIPES; i++) {
    pipes[i][0] = pipes[i][1] = -1;
    if (!is_wanted[i] || number != 0) continue;
    if (!open_pipe(pipes[i])) number = errno;
    if (i != CONTROL && i != INPUT) continue;
    int read_end = pipes[i][0];
    pipes[i][0] = pipes[i][1];
    pipes[i][1] = read_end;
  }
  if (number == 0) {
    csystem_hide();
    // No handler of this program may run in the copy.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    supervisor = fork();
    if (supervisor == 0) {
      const int descriptors[FD_COUNT] = {
          pipes[CONTROL][1], pipes[REPORTS][1], pipes[OUTPUT][1], pipes[ERRORS][1], pipes[INPUT][1], order.folder,
          order.sandbox};
      supervise(&order, descriptors);
    }
    number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  close_ends(pipes, PIPES, 1);
  if (supervisor < 0) {
    close_ends(pipes, PIPES, 0);
    return -number;
  }
  for (int i = 0; i < PIPES; i++) {
    // The control pipe takes a byte at a time, and is never full.
    if (pipes[i][0] >= 0) fcntl(pipes[i][0], F_SETFL, O_NONBLOCK);
  }
  *started = (csystem_child_started){
      .supervisor = supervisor,
      .input = pipes[INPUT][0],
      .output = pipes[OUTPUT][0],
      .errors = pipes[ERRORS][0],
      .reports = pipes[REPORTS][0],
      .control = pipes[CONTROL][0],
  };
  return 0;
}

void csystem_child_reap(int supervisor) {
  while (waitpid(supervisor, NULL, 0) < 0 && errno == EINTR) {}
}

void csystem_child_end_group(int group) {
  if (group > 1) kill(-group, SIGKILL);
}
