#ifndef CCOMMAND_H
#define CCOMMAND_H

// A shell command and everything it starts, in the care of a process of their own.
//
// Between this program and the shell stands a supervisor: a forked copy that takes in orphans (PR_SET_CHILD_SUBREAPER,
// Linux 3.4), so that whatever the command started is below it, daemons in sessions of their own included. It ends them
// all when it is told to, and when this program is gone, however that came: its end of the control pipe is then closed.

#include <stdint.h>

#pragma clang assume_nonnull begin

/// What to start.
typedef struct {
  /// The shell's arguments, the program's path first, ended by NULL.
  char *_Nullable const *_Nonnull arguments;
  /// The environment, ended by NULL.
  char *_Nullable const *_Nonnull environment;
  /// The folder to start in.
  int folder;
} ccommand_order;

/// What was started. The descriptors are the caller's to close.
typedef struct {
  /// The supervisor, to be waited for once `reports` has ended.
  int supervisor;
  /// What the command writes to stdout and stderr, in the order it writes it; does not block.
  int output;
  /// Where the supervisor reports, as ccommand_report; ends when no process is left. Does not block.
  int reports;
  /// Takes one byte per order, of ccommand_signal; closing it ends everything at once.
  int control;
} ccommand_started;

/// What the supervisor is told.
typedef enum {
  /// Ask the command's processes to end (SIGTERM).
  CCOMMAND_ASK = 'T',
  /// End all processes (SIGKILL), again and again until none is left.
  CCOMMAND_END = 'K',
} ccommand_signal;

/// What a report is about.
typedef enum {
  CCOMMAND_NOT_STARTED = 1,
  CCOMMAND_RUNNING,
  CCOMMAND_EXITED,
  CCOMMAND_SIGNALLED,
  CCOMMAND_DONE,
} ccommand_news;

/// What the supervisor tells.
typedef struct {
  ccommand_news kind;
  /// The error number, the shell's process id, the exit status, the signal, or how many processes had to be ended after
  /// the shell.
  int value;
} ccommand_report;

/// Starts a command. Returns 0, or an error number below zero.
///
/// From the first one on, no other process of the same user, a command's among them, can read this one's environment or
/// memory, where its secrets are (PR_SET_DUMPABLE, Linux).
int ccommand_start(ccommand_order order, ccommand_started *started);

/// Waits for a supervisor whose reports have ended.
void ccommand_reap(int supervisor);

/// Ends a process group whose supervisor is gone.
void ccommand_end_group(int group);

#pragma clang assume_nonnull end
#endif
