#ifndef CPROCESS_H
#define CPROCESS_H

// Running a program to its end: its input, its output up to a limit, and nothing of it left when time is up.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// What is to be run, and within which bounds. Lists of texts are one block: each text ends with a zero byte.
typedef struct {
  /// The program, looked up in this process's PATH unless it has a slash, and its arguments.
  const char *arguments;
  size_t arguments_count;
  /// `NAME=value` each; NULL for the variables of this process.
  const char *_Nullable environment;
  size_t environment_count;
  /// The folder to run in; NULL for this process's.
  const char *_Nullable folder;
  /// What it reads from its standard input, which is /dev/null when there is none.
  const uint8_t *_Nullable input;
  size_t input_length;
  /// Bytes of standard output: more end the run. Bytes of standard error: more are read and dropped.
  size_t output_max, errors_max;
  /// Milliseconds until the run is ended, and from the request to end until it is no request any more.
  int64_t timeout_ms, grace_ms;
  /// Milliseconds that output may still come when the program has ended but something it started has its output open.
  int64_t linger_ms;
  /// A descriptor that polls readable once nobody wants the run any more; negative for none.
  int stop_descriptor;
} cprocess_request;

/// How a run ended.
typedef enum {
  /// By itself; the code is its exit status.
  CPROCESS_EXITED = 0,
  /// By a signal that is not ours; the code is its number.
  CPROCESS_SIGNALLED = 1,
  CPROCESS_TIMED_OUT = 2,
  CPROCESS_STOPPED = 3,
  CPROCESS_TOO_MUCH_OUTPUT = 4,
  /// It never ran; the code is the system's error number.
  CPROCESS_NOT_STARTED = 5,
} cprocess_ending;

/// What became of a run. The bytes are to be freed with cprocess_free.
typedef struct {
  cprocess_ending ending;
  int code;
  uint8_t *_Nullable output;
  size_t output_length;
  uint8_t *_Nullable errors;
  size_t errors_length;
} cprocess_result;

/// Runs a program and waits for its end, which is at the latest the timeout and two graces away.
///
/// It runs in a process group of its own, with no descriptor but the standard three and no signal blocked or ignored. A
/// run that is ended from here gets SIGTERM, then SIGKILL, and with it everything in its group.
void cprocess_run(const cprocess_request *request, cprocess_result *result);

/// Frees what a run has left, after overwriting it: it may hold keys.
void cprocess_free(cprocess_result *result);

#pragma clang assume_nonnull end
#endif
