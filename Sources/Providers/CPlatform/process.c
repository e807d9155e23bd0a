#define _GNU_SOURCE
#include "cprocess.h"

#include "cplatform.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#if defined(__APPLE__) || (defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 29))
#define CAN_CHANGE_FOLDER 1
#else
#define CAN_CHANGE_FOLDER 0
#endif

// The other side --------------------------------------------------------------------------------------------------

/// The beginnings of the texts of a block, and a NULL after the last.
static char **texts_of(const char *block, size_t count) {
  char **texts = calloc(count + 1, sizeof *texts);
  for (size_t i = 0; texts && i < count; i++) {
    texts[i] = (char *)block;
    block += strlen(block) + 1;
  }
  return texts;
}

/// Makes a pipe above the standard three, so that no end is in the way of what is put there for the child.
static int pipe_above(int ends[2]) {
  int made[2];
  ends[0] = ends[1] = -1;
  if (pipe(made) != 0) return errno;
  int number = 0;
  for (int end = 0; end < 2; end++) {
    ends[end] = fcntl(made[end], F_DUPFD_CLOEXEC, 3);
    if (ends[end] < 0) number = errno;
    close(made[end]);
  }
  return number;
}

static void close_end(int *descriptor) {
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
}

/// Starts the program with the given ends as its standard three (the first negative for /dev/null).
static int start(const cprocess_request *request, int input, int output, int errors, pid_t *pid) {
  char **arguments = texts_of(request->arguments, request->arguments_count);
  char **variables = request->environment ? texts_of(request->environment, request->environment_count) : environ;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  int number = arguments && variables && request->arguments_count > 0 ? 0 : ENOMEM;

  if (input < 0) {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  } else {
    posix_spawn_file_actions_adddup2(&actions, input, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, errors, 2);
  short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#if defined(__APPLE__)
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#elif defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
  if (request->folder) {
#if CAN_CHANGE_FOLDER
    posix_spawn_file_actions_addchdir_np(&actions, request->folder);
#else
    number = ENOSYS;
#endif
  }
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, flags);
  if (number == 0) number = posix_spawnp(pid, arguments[0], &actions, &attributes, arguments, variables);

  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  free(arguments);
  if (variables != environ) free(variables);
  return number;
}

// This side -------------------------------------------------------------------------------------------------------

typedef struct {
  uint8_t *bytes;
  size_t length, capacity, max;
} buffer;

/// Makes room for more, up to the limit and one; false when memory is short.
static bool room(buffer *buffer, size_t wanted) {
  if (buffer->length + wanted <= buffer->capacity) return true;
  size_t capacity = buffer->capacity ? buffer->capacity * 2 : 4096;
  uint8_t *grown = malloc(capacity);
  if (!grown) return false;
  if (buffer->length > 0) memcpy(grown, buffer->bytes, buffer->length);
  // Not realloc, which would leave what was read, perhaps a key, in memory that is free.
  if (buffer->bytes) memset(buffer->bytes, 0, buffer->capacity);
  free(buffer->bytes);
  buffer->bytes = grown;
  buffer->capacity = capacity;
  return room(buffer, wanted);
}

/// Reads what is there: closes the descriptor at the end of the pipe; false once there is more than the limit.
static bool take(int *descriptor, buffer *buffer) {
  uint8_t piece[4096];
  ssize_t count = read(*descriptor, piece, sizeof piece);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) {
    close_end(descriptor);
    return true;
  }
  size_t kept = (size_t)count <= buffer->max - buffer->length ? (size_t)count : buffer->max - buffer->length;
  if (kept > 0 && room(buffer, kept)) {
    memcpy(buffer->bytes + buffer->length, piece, kept);
    buffer->length += kept;
  }
  memset(piece, 0, sizeof piece);
  return kept == (size_t)count;
}

/// Writes what the pipe takes; closes it when all is written, or nobody reads.
static void give(int *descriptor, const cprocess_request *request, size_t *given) {
  ssize_t count = write(*descriptor, request->input + *given, request->input_length - *given);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count > 0) *given += (size_t)count;
  if (count < 0 || *given == request->input_length) close_end(descriptor);
}

static bool has_ended(pid_t pid) {
  siginfo_t info = {0};
  // The zombie stays: as long as it is there, its number belongs to no other process and no other group.
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

static int64_t sooner(int64_t wait, int64_t until, int64_t now) {
  int64_t left = until > now ? until - now : 0;
  return wait < 0 || left < wait ? left : wait;
}

/// The ends of a run's pipes, and what came through them.
typedef struct {
  int input, output, errors, watch;
  size_t given;
  buffer out, err;
} streams;

/// Follows the run until it and its output have ended, or it had to be ended; says which.
static cprocess_ending follow(const cprocess_request *request, pid_t pid, streams *streams) {
  enum { WATCHED = 5, SLICE_MS = 20 };
  cprocess_ending ending = CPROCESS_EXITED;
  int64_t stop_at = cplatform_monotonic_ms() + request->timeout_ms, kill_at = 0, leave_at = 0;
  bool ended = false, killed = false;
  for (;;) {
    if (!ended && has_ended(pid)) {
      ended = true;
      leave_at = cplatform_monotonic_ms() + request->linger_ms;
      if (ending != CPROCESS_EXITED) kill(-pid, SIGKILL);
    }
    int64_t now = cplatform_monotonic_ms();
    if (ended && (ending != CPROCESS_EXITED || (streams->output < 0 && streams->errors < 0) || now >= leave_at)) break;
    if (ending == CPROCESS_EXITED && !ended && now >= stop_at) ending = CPROCESS_TIMED_OUT;
    if (ending != CPROCESS_EXITED && kill_at == 0) {
      kill(-pid, SIGTERM);
      // A stopped process, such as one that wanted to read from the terminal, takes no signal but this before.
      kill(-pid, SIGCONT);
      kill_at = now + request->grace_ms;
    }
    if (kill_at != 0 && !killed && now >= kill_at) {
      kill(-pid, SIGKILL);
      killed = true;
      kill_at = now + request->grace_ms;
    }
    // What even SIGKILL does not end is stuck in the system, on a dead disk for one.
    if (killed && now >= kill_at) break;
    int64_t wait = sooner(-1, ended ? leave_at : kill_at != 0 ? kill_at : stop_at, now);
    if (!ended && streams->watch < 0 && wait > SLICE_MS) wait = SLICE_MS;

    struct pollfd watched[WATCHED] = {
        {.fd = streams->output, .events = POLLIN},
        {.fd = streams->errors, .events = POLLIN},
        {.fd = streams->input, .events = POLLOUT},
        {.fd = ended ? -1 : streams->watch, .events = POLLIN},
        {.fd = kill_at == 0 ? request->stop_descriptor : -1, .events = POLLIN},
    };
    if (poll(watched, WATCHED, wait > INT32_MAX ? INT32_MAX : (int)wait) <= 0) continue;
    if (watched[0].revents && !take(&streams->output, &streams->out) && ending == CPROCESS_EXITED) {
      ending = CPROCESS_TOO_MUCH_OUTPUT;
    }
    if (watched[1].revents) take(&streams->errors, &streams->err);
    if (watched[2].revents) give(&streams->input, request, &streams->given);
    if (watched[4].revents && ending == CPROCESS_EXITED) ending = CPROCESS_STOPPED;
  }
  // Output that was too much may have come after the end.
  if (ending != CPROCESS_EXITED) kill(-pid, SIGKILL);
  return ending;
}

static int prepare(const cprocess_request *request, streams *streams, pid_t *pid) {
  int input[2] = {-1, -1}, output[2] = {-1, -1}, errors[2] = {-1, -1};
  int number = pipe_above(output);
  if (number == 0) number = pipe_above(errors);
  if (number == 0 && request->input_length > 0) number = pipe_above(input);
  if (number == 0) number = start(request, input[0], output[1], errors[1], pid);
  close_end(&input[0]);
  close_end(&output[1]);
  close_end(&errors[1]);
  if (number != 0) {
    close_end(&input[1]);
    close_end(&output[0]);
    close_end(&errors[0]);
    return number;
  }
  streams->input = input[1];
  streams->output = output[0];
  streams->errors = errors[0];
  if (input[1] >= 0) fcntl(input[1], F_SETFL, O_NONBLOCK);
  fcntl(output[0], F_SETFL, O_NONBLOCK);
  fcntl(errors[0], F_SETFL, O_NONBLOCK);
  streams->watch = cplatform_parent_watch(*pid);
  return 0;
}

/// Lets SIGPIPE through again if it was not blocked before, but not the one that a pipe of ours has caused.
static void restore(const sigset_t *pipe_signal, const sigset_t *before) {
  sigset_t pending;
  int number;
  if (!sigismember(before, SIGPIPE) && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE)) {
    sigwait(pipe_signal, &number);
  }
  pthread_sigmask(SIG_SETMASK, before, NULL);
}

void cprocess_run(const cprocess_request *request, cprocess_result *result) {
  memset(result, 0, sizeof *result);
  streams streams = {.input = -1, .output = -1, .errors = -1, .watch = -1};
  streams.out.max = request->output_max;
  streams.err.max = request->errors_max;
  pid_t pid;
  // A program that does not read its input must not end this one.
  sigset_t pipe_signal, before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  int number = prepare(request, &streams, &pid);
  if (number != 0) {
    result->ending = CPROCESS_NOT_STARTED;
    result->code = number;
  } else {
    result->ending = follow(request, pid, &streams);
    int status = 0;
    while (waitpid(pid, &status, has_ended(pid) ? 0 : WNOHANG) < 0 && errno == EINTR) {}
    if (result->ending == CPROCESS_EXITED && WIFSIGNALED(status)) result->ending = CPROCESS_SIGNALLED;
    result->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  }
  close_end(&streams.input);
  close_end(&streams.output);
  close_end(&streams.errors);
  close_end(&streams.watch);
  restore(&pipe_signal, &before);
  result->output = streams.out.bytes;
  result->output_length = streams.out.length;
  result->errors = streams.err.bytes;
  result->errors_length = streams.err.length;
}

void cprocess_free(cprocess_result *result) {
  if (result->output) memset(result->output, 0, result->output_length);
  if (result->errors) memset(result->errors, 0, result->errors_length);
  free(result->output);
  free(result->errors);
  memset(result, 0, sizeof *result);
}
