#ifndef CSYSTEM_POLLER_H
#define CSYSTEM_POLLER_H

// What a loop over many sockets waits with (epoll and an eventfd on Linux, poll() and a pipe elsewhere), and the sockets.
// It is there for curl's loop, in C; Swift has csystem_poll.

#include <stdbool.h>
#include <stdint.h>

enum { POLLER_READ = 1, POLLER_WRITE = 2, POLLER_FAILED = 4 };

typedef struct poller poller;

typedef struct {
  int fd;
  unsigned ready;
} poller_event;

poller *poller_create(void);
void poller_free(poller *poller);

/// The descriptor to hand to csystem_wake.
int poller_wake_descriptor(const poller *poller);

/// Watches a descriptor for what is named; nothing named forgets it.
void poller_watch(poller *poller, int fd, unsigned interest);

/// Waits that long (negative: without end) and says how many events it has stored; a wake ends the wait but is none.
int poller_wait(poller *poller, int64_t timeout_ms, poller_event *events, int events_max);

/// A socket that no child process inherits: it would keep a connection open that was closed here. -1 for none, with the reason in errno.
int poller_socket(int family, int type, int protocol);

#endif
