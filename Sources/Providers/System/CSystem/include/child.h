#ifndef CSYSTEM_CHILD_H
#define CSYSTEM_CHILD_H

// A program and everything it starts, in the care of a process of their own.
//
// Between this program and the other stands a supervisor: a forked copy that takes in orphans (PR_SET_CHILD_SUBREAPER,
// Linux 3.4), so that whatever the program started is below it, daemons in sessions of their own included. It ends them
// all when it is told to, and when this program is gone, however that came: its end of the control pipe is then closed.

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// What to start.
typedef struct {
  /// The program's file.
  const char *path;
  /// Its arguments, its name first, ended by NULL.
  char *_Nullable const *_Nonnull arguments;
  /// Its environment, ended by NULL; NULL for that of this process.
  char *_Nullable const *_Nullable environment;
  /// The folder to start in; negative for that of this process.
  int folder;
  /// The rules that hold for it, see `sandbox.h`; negative for none.
  int sandbox;
  /// Whether its standard input is a pipe that stays open; /dev/null otherwise.
  bool has_input;
  /// Whether its standard error is a pipe of its own; otherwise it goes where its output goes, in the order it comes.
  bool separates_errors;
} csystem_child_order;

/// What was started. The descriptors are the caller's to close, and none of them blocks; negative where there is none.
typedef struct {
  /// The supervisor, to be waited for once `reports` has ended.
  int supervisor;
  /// What the program reads.
  int input;
  /// What the program writes.
  int output, errors;
  /// Where the supervisor reports, as csystem_child_report; ends when no process is left.
  int reports;
  /// Takes one byte per order, of csystem_child_signal; closing it ends everything at once.
  int control;
} csystem_child_started;

/// What the supervisor is told.
typedef enum {
  /// Ask the program's processes to end (SIGTERM).
  CSYSTEM_CHILD_ASK = 'T',
  /// End all processes (SIGKILL), again and again until none is left.
  CSYSTEM_CHILD_END = 'K',
  /// Leave to themselves the processes that the program, which has ended, has left running.
  CSYSTEM_CHILD_LEAVE = 'L',
} csystem_child_signal;

/// What a report is about.
typedef enum {
  CSYSTEM_CHILD_NOT_STARTED = 1,
  CSYSTEM_CHILD_RUNNING,
  CSYSTEM_CHILD_EXITED,
  CSYSTEM_CHILD_SIGNALLED,
  CSYSTEM_CHILD_DONE,
} csystem_child_news;

/// What the supervisor tells, and the program of itself before anything of it runs.
typedef struct {
  csystem_child_news kind;
  /// The error number, the program's process id, its exit status, its signal, or how many processes had to be ended after
  /// it.
  int value;
} csystem_child_report;

/// Starts a program in a session of its own, with no descriptor but the standard three and no signal blocked or ignored.
/// Returns 0, or an error number below zero.
///
/// From the first one on, no other process of the same user, a command's among them, can read this one's environment or
/// memory, where its secrets are (PR_SET_DUMPABLE, Linux).
int csystem_child_start(csystem_child_order order, csystem_child_started *started);

/// Waits for a supervisor whose reports have ended.
void csystem_child_reap(int supervisor);

/// Ends a process group whose supervisor is gone.
void csystem_child_end_group(int group);

#pragma clang assume_nonnull end
#endif
