#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "sandbox.h"

#include "limit.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__linux__)

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Names and numbers are those of linux/landlock.h, which systems have that are younger than the first kernel with it.
// The numbers of the calls are the same on all architectures that came after the calls' common table.

enum { CALL_CREATE = 444, CALL_ADD = 445, CALL_RESTRICT = 446, ASK_VERSION = 1, BENEATH = 1, CALL_IO_URING_SETUP = 425 };

enum {
  WRITE_FILE = 1 << 1,
  REMOVE = 1 << 4 | 1 << 5,   // folders, files
  MAKE = 0x7F << 6,           // devices, folders, files, sockets, pipes, links
  REFER = 1 << 13,            // another folder for a name; since version 2, and never permitted before
  TRUNCATE = 1 << 14,         // since version 3
  CONTROL_DEVICE = 1 << 15,   // ioctl; since version 5
  BIND_AND_CONNECT = 1 | 2,   // of TCP; since version 4
  OUTSIDE = 1 | 2,            // abstract Unix sockets, signals; since version 6
};

typedef struct {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
} ruleset;  // struct landlock_ruleset_attr; older kernels take what they do not know as long as it is zero

typedef struct {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed)) beneath;  // struct landlock_path_beneath_attr

static int result(long returned) { return returned < 0 ? -errno : (int)returned; }

int csystem_sandbox_version(void) {
  int version = result(syscall(CALL_CREATE, NULL, 0, ASK_VERSION));
  // Where no filter can be made, asking for the state of one is an error.
  if (version > 0 && csystem_sandbox_keeps_sockets() && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) return -errno;
  return version;
}

static uint64_t file_rights(int version) {
  uint64_t rights = WRITE_FILE | REMOVE | MAKE;
  if (version >= 2) rights |= REFER;
  if (version >= 3) rights |= TRUNCATE;
  if (version >= 5) rights |= CONTROL_DEVICE;
  return rights;
}

int csystem_sandbox_create(void) {
  int version = csystem_sandbox_version();
  if (version < 0) return version;
  ruleset rules = {
      .files = file_rights(version),
      .network = version >= 4 ? BIND_AND_CONNECT : 0,
      .scoped = version >= 6 ? OUTSIDE : 0,
  };
  // The descriptor is closed in programs by itself.
  return result(csystem_limit_own((int)syscall(CALL_CREATE, &rules, sizeof rules, 0)));
}

int csystem_sandbox_permit(int rules, const char *path) {
  int version = csystem_sandbox_version();
  if (version < 0) return version;
  int place = result(csystem_limit_own(open(path, O_PATH | O_CLOEXEC)));
  if (place < 0) return place;
  struct stat status;
  int done = result(fstat(place, &status));
  if (done == 0) {
    uint64_t rights = file_rights(version);
    if (!S_ISDIR(status.st_mode)) rights &= WRITE_FILE | TRUNCATE | CONTROL_DEVICE;
    beneath rule = {rights, place};
    done = result(syscall(CALL_ADD, rules, BENEATH, &rule, 0));
  }
  close(place);
  return done;
}

// What Landlock leaves open: datagrams, the kinds of connection that are not plain TCP (MPTCP reaches any TCP server), and
// data sent with the opening of one. A program gets no socket at all but Unix's and the kernel's own; io_uring, which makes
// sockets without a call of that name, is as if it were not there.

#if defined(__x86_64__)
enum { NATIVE = AUDIT_ARCH_X86_64, OTHER = AUDIT_ARCH_I386, OTHER_SOCKET = 359, OTHER_SOCKETCALL = 102 };
#define FILTERS 1
#elif defined(__aarch64__)
enum { NATIVE = AUDIT_ARCH_AARCH64, OTHER = AUDIT_ARCH_ARM, OTHER_SOCKET = 281, OTHER_SOCKETCALL = 102 };
#define FILTERS 1
#endif

#if defined(FILTERS)

enum { X32 = 0x40000000 };  // on x86-64 the calls of another ABI have the native's architecture, and this bit

// The filter's lines; a jump tells how many lines are passed over.
enum {
  AT_ARCHITECTURE, AT_IS_NATIVE, AT_IS_OTHER, AT_OTHER_CALL, AT_SOCKETCALL, AT_OTHER_SOCKET, AT_OTHER_RING,
  AT_OTHER_DONE, AT_CALL, AT_X32, AT_RING, AT_SOCKET, AT_FAMILY, AT_UNIX, AT_NETLINK, AT_REFUSED, AT_MISSING, AT_FINE,
};
#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define IF(here, test, value, then) BPF_JUMP(BPF_JMP | test | BPF_K, value, AT_##then - AT_##here - 1, 0)
#define UNLESS(here, test, value, then) BPF_JUMP(BPF_JMP | test | BPF_K, value, 0, AT_##then - AT_##here - 1)
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)

static struct sock_filter lines[] = {
    [AT_ARCHITECTURE] = LOAD(arch),
    [AT_IS_NATIVE] = IF(IS_NATIVE, BPF_JEQ, NATIVE, CALL),
    [AT_IS_OTHER] = UNLESS(IS_OTHER, BPF_JEQ, OTHER, MISSING),
    [AT_OTHER_CALL] = LOAD(nr),
    [AT_SOCKETCALL] = IF(SOCKETCALL, BPF_JEQ, OTHER_SOCKETCALL, REFUSED),
    [AT_OTHER_SOCKET] = IF(OTHER_SOCKET, BPF_JEQ, OTHER_SOCKET, REFUSED),
    [AT_OTHER_RING] = IF(OTHER_RING, BPF_JEQ, CALL_IO_URING_SETUP, MISSING),
    [AT_OTHER_DONE] = ANSWER(SECCOMP_RET_ALLOW),
    [AT_CALL] = LOAD(nr),
    [AT_X32] = IF(X32, BPF_JGE, X32, MISSING),
    [AT_RING] = IF(RING, BPF_JEQ, CALL_IO_URING_SETUP, MISSING),
    [AT_SOCKET] = UNLESS(SOCKET, BPF_JEQ, SYS_socket, FINE),
    // The lower half: both architectures are little-endian.
    [AT_FAMILY] = LOAD(args[0]),
    [AT_UNIX] = IF(UNIX, BPF_JEQ, AF_UNIX, FINE),
    [AT_NETLINK] = IF(NETLINK, BPF_JEQ, AF_NETLINK, FINE),
    [AT_REFUSED] = ANSWER(SECCOMP_RET_ERRNO | EACCES),
    [AT_MISSING] = ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
    [AT_FINE] = ANSWER(SECCOMP_RET_ALLOW),
};

bool csystem_sandbox_keeps_sockets(void) { return true; }

static int filter_calls(void) {
  struct sock_fprog program = {.len = sizeof lines / sizeof *lines, .filter = lines};
  return result(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
}

#else

bool csystem_sandbox_keeps_sockets(void) { return false; }
static int filter_calls(void) { return 0; }

#endif

int csystem_sandbox_enter(int rules) {
  // Otherwise a program that runs as another user could do more than it may.
  int done = result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  if (done == 0) done = result(syscall(CALL_RESTRICT, rules, 0));
  return done == 0 ? filter_calls() : done;
}

#else

int csystem_sandbox_version(void) { return -ENOSYS; }
bool csystem_sandbox_keeps_sockets(void) { return false; }
int csystem_sandbox_create(void) { return -ENOSYS; }
int csystem_sandbox_permit(int rules, const char *path) {
  (void)rules;
  (void)path;
  return -ENOSYS;
}
int csystem_sandbox_enter(int rules) {
  (void)rules;
  return -ENOSYS;
}

#endif
