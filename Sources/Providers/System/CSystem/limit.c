#include "limit.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
  // More than a thousand runs and as many commands take; beyond it the numbers only make tables larger.
  MOST = 65536,
  // What Darwin takes where it says that there is no limit (OPEN_MAX, setrlimit(2)).
  MOST_EVERYWHERE = 10240,
  // Sixteen look-ups of names at once, each with a pair of sockets and a file or socket of its own, and as much again.
  KEPT_MAX = 128,
  // What some files that are read and some commands have beside connections.
  KEPT_FROM_CONNECTIONS_MAX = 64,
};

static struct rlimit before;
static bool is_raised;
// Descriptors get the lowest number that is free: one of a number below this leaves enough of them.
static int most = INT_MAX, kept = INT_MAX, own_end = INT_MAX, connections_end = INT_MAX;

static int lesser(int one, int other) { return one < other ? one : other; }

void csystem_limit_prepare(void) {
  if (getrlimit(RLIMIT_NOFILE, &before) != 0) return;
  struct rlimit wanted = before;
  const rlim_t tries[] = {MOST, MOST_EVERYWHERE};
  for (int i = 0; i < 2 && !is_raised; i++) {
    wanted.rlim_cur = before.rlim_max < tries[i] ? before.rlim_max : tries[i];
    is_raised = wanted.rlim_cur > before.rlim_cur && setrlimit(RLIMIT_NOFILE, &wanted) == 0;
  }
  rlim_t current = is_raised ? wanted.rlim_cur : before.rlim_cur;
  most = current > INT_MAX ? INT_MAX : (int)current;
  kept = lesser(KEPT_MAX, most / 4);
  own_end = most - kept;
  connections_end = own_end - lesser(KEPT_FROM_CONNECTIONS_MAX, most / 8);
}

int csystem_limit_most(void) { return most; }

int csystem_limit_kept(void) { return kept; }

static int below(int end, int descriptor) {
  if (descriptor < end) return descriptor;
  close(descriptor);
  errno = EMFILE;
  return -1;
}

int csystem_limit_own(int descriptor) { return below(own_end, descriptor); }

int csystem_limit_connection(int descriptor) { return below(connections_end, descriptor); }

void csystem_limit_restore(void) {
  if (is_raised) setrlimit(RLIMIT_NOFILE, &before);
}
