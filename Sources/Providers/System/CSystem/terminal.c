#define _GNU_SOURCE
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int csystem_terminal_open(void) {
  int opened;
  do opened = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  while (opened < 0 && errno == EINTR);
  return opened < 0 ? -errno : opened;
}

int csystem_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void csystem_terminal_discard(int descriptor) { tcflush(descriptor, TCIFLUSH); }

bool csystem_terminal_is_ours(int descriptor) {
  // A terminal that is not the controlling one stops nobody.
  pid_t group = tcgetpgrp(descriptor);
  return group < 0 || group == getpgrp();
}
