#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "folders.h"

#include "descriptors.h"
#include "limit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#else
#include <copyfile.h>
#include <sys/mount.h>
#include <sys/param.h>
#endif

static int outcome(int result) { return result < 0 ? -errno : result; }

int csystem_real_path(const char *path, char *text, size_t size) {
  char *found = realpath(path, NULL);
  if (!found) return -errno;
  size_t length = strlen(found);
  if (length < size) memcpy(text, found, length + 1);
  free(found);
  return length < size ? 0 : -ENAMETOOLONG;
}

int64_t csystem_link(const char *path, char *text, size_t size) {
  return csystem_link_in(AT_FDCWD, path, text, size);
}

int64_t csystem_link_in(int folder, const char *name, char *text, size_t size) {
  ssize_t length = readlinkat(folder, name, text, size - 1);
  if (length < 0) return -errno;
  text[length] = 0;
  return length;
}

static int opened(int descriptor) { return outcome(csystem_limit_own(descriptor)); }

int csystem_open_path(const char *path) { return opened(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

int csystem_open_folder(int folder, const char *name) {
  int found = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
#if defined(O_PATH)
  // A folder that may be passed through but not listed.
  if (found < 0 && errno == EACCES) found = openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
#endif
  return opened(found);
}

int csystem_open_file(int folder, const char *name) {
  return opened(openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

static void fill_status(const struct stat *from, csystem_status *to) {
  csystem_kind kind = CSYSTEM_SPECIAL;
  if (S_ISREG(from->st_mode)) kind = CSYSTEM_FILE;
  if (S_ISDIR(from->st_mode)) kind = CSYSTEM_FOLDER;
  if (S_ISLNK(from->st_mode)) kind = CSYSTEM_LINK;
#if defined(__APPLE__)
  struct timespec modified = from->st_mtimespec;
#else
  struct timespec modified = from->st_mtim;
#endif
  *to = (csystem_status){
      .kind = kind,
      .mode = from->st_mode & 07777,
      .names = (uint64_t)from->st_nlink,
      .size = (int64_t)from->st_size,
      .modified = (int64_t)modified.tv_sec * 1000000000 + modified.tv_nsec,
      .device = (uint64_t)from->st_dev,
      .inode = (uint64_t)from->st_ino,
      .owner = from->st_uid,
      .group = from->st_gid,
  };
}

int csystem_create_file(int folder, const char *name, bool is_private) {
  int first = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, is_private ? 0600 : 0666);
  int made = csystem_limit_own(first);
  if (made < 0 && first >= 0) {
    int number = errno;
    unlinkat(folder, name, 0);
    errno = number;
  }
  return outcome(made);
}

int csystem_give_mode(int file, const csystem_status *like) {
  // Only a privileged process may give files away; another one's are its own already.
  if (fchown(file, (uid_t)like->owner, (gid_t)like->group) != 0) errno = 0;
  // The set-id bits are not kept: new content is not what they were given to.
  return outcome(fchmod(file, (mode_t)(like->mode & 01777)));
}

#if defined(__linux__)
// What the kernel takes from a file whose content changes, or says of that very content.
static bool belongs_to_content(const char *name) {
  return strcmp(name, "security.capability") == 0 || strcmp(name, "security.ima") == 0 ||
         strcmp(name, "security.evm") == 0;
}

enum { ATTRIBUTES_MAX = 1 << 16 };  // what Linux lists and takes of one file (XATTR_LIST_MAX, XATTR_SIZE_MAX)

// On the heap: stacks of threads that block are small, and what is a thread's own takes room on each of them.
typedef struct {
  char names[ATTRIBUTES_MAX], own[ATTRIBUTES_MAX], wanted[ATTRIBUTES_MAX], found[ATTRIBUTES_MAX];
} attribute_room;

static bool give_attribute(int from, int file, const char *name, attribute_room *room) {
  char *wanted = room->wanted, *found = room->found;
  ssize_t size = fgetxattr(from, name, wanted, sizeof room->wanted);
  if (size < 0) return errno == ENODATA;
  if (fsetxattr(file, name, wanted, (size_t)size, 0) == 0) return true;
  // A label that the system gives by itself may be the same.
  ssize_t there = fgetxattr(file, name, found, sizeof room->found);
  return there == size && memcmp(wanted, found, (size_t)size) == 0;
}

static bool give_attributes_in(int from, int file, attribute_room *room) {
  char *names = room->names, *own = room->own;
  ssize_t count = flistxattr(from, names, sizeof room->names);
  if (count < 0) return errno == ENOTSUP || errno == ENOSYS;
  // What the folder gives to every new file (a default access control list) was not the old one's.
  ssize_t own_count = flistxattr(file, own, sizeof room->own);
  for (ssize_t at = 0; at < own_count; at += (ssize_t)strlen(own + at) + 1) {
    bool is_wanted = false;
    for (ssize_t i = 0; i < count && !is_wanted; i += (ssize_t)strlen(names + i) + 1) {
      is_wanted = strcmp(names + i, own + at) == 0;
    }
    if (!is_wanted && strncmp(own + at, "security.", 9) != 0) fremovexattr(file, own + at);
  }
  bool given = true;
  for (ssize_t at = 0; at < count; at += (ssize_t)strlen(names + at) + 1) {
    if (!belongs_to_content(names + at)) given = give_attribute(from, file, names + at, room) && given;
  }
  return given;
}

static bool give_attributes(int from, int file) {
  attribute_room *room = malloc(sizeof *room);
  if (!room) return false;
  bool given = give_attributes_in(from, file, room);
  free(room);
  return given;
}
#else
static bool give_attributes(int from, int file) {
  return fcopyfile(from, file, NULL, COPYFILE_ACL | COPYFILE_XATTR) == 0;
}
#endif

int csystem_give_ties(int from, int file) {
  struct stat old, new;
  if (fstat(from, &old) != 0) return -errno;
  csystem_status like;
  fill_status(&old, &like);
  if (fchown(file, old.st_uid, old.st_gid) != 0) errno = 0;
  if (!give_attributes(from, file)) return 1;
  int result = csystem_give_mode(file, &like);
  if (result < 0) return result;
  if (fstat(file, &new) != 0) return -errno;
  bool is_like = new.st_uid == old.st_uid && new.st_gid == old.st_gid && (new.st_mode & 01777) == (old.st_mode & 01777);
  return is_like ? 0 : 1;
}

int csystem_open_to_change(int folder, const char *name) {
  return opened(openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

int csystem_check_may_write(int folder, const char *name) {
  return outcome(faccessat(folder, name, W_OK, AT_EACCESS));
}

int csystem_reserve(int file, int64_t size, int64_t more) {
#if defined(__linux__)
  int number = posix_fallocate(file, (off_t)size, (off_t)more);
  return number == EINVAL || number == EOPNOTSUPP || number == ENODEV ? 0 : -number;
#else
  fstore_t order = {.fst_flags = F_ALLOCATEALL, .fst_posmode = F_PEOFPOSMODE, .fst_length = more};
  (void)size;
  return fcntl(file, F_PREALLOCATE, &order) == 0 || errno == ENOTSUP ? 0 : -errno;
#endif
}

int csystem_overwrite(int file, const void *bytes, size_t count) {
  if (lseek(file, 0, SEEK_SET) < 0) return -errno;
  int number = csystem_write_all(file, bytes, count);
  if (number != 0) return -number;
  if (ftruncate(file, (off_t)count) != 0) return -errno;
  return fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : -errno;
}

int csystem_cut(int file, int64_t size) { return outcome(ftruncate(file, (off_t)size)); }

bool csystem_is_tied(int number) {
  return number == EBUSY || number == EXDEV || number == EACCES || number == EPERM || number == EROFS ||
         number == ENOTSUP;
}

int csystem_status_of_name(int folder, const char *name, csystem_status *status) {
  struct stat found;
  if (fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0) return -errno;
  fill_status(&found, status);
  return 0;
}

int csystem_status_of_file(int file, csystem_status *status) {
  struct stat found;
  if (fstat(file, &found) != 0) return -errno;
  fill_status(&found, status);
  return 0;
}

bool csystem_is_kernel_file(int file) {
#if defined(__linux__)
  // The numbers are those of linux/magic.h: proc, sysfs, debugfs, tracefs, securityfs, cgroup, cgroup2, bpf, configfs.
  static const unsigned long made_up[] = {
      0x9fa0, 0x62656572, 0x64626720, 0x74726163, 0x73636673, 0x27e0eb, 0x63677270, 0xcafe4a11, 0x62656570,
  };
  struct statfs system;
  if (fstatfs(file, &system) != 0) return true;
  for (size_t i = 0; i < sizeof made_up / sizeof *made_up; i++) {
    if (((unsigned long)system.f_type & 0xffffffff) == made_up[i]) return true;
  }
  return false;
#else
  struct statfs system;
  return fstatfs(file, &system) != 0 || strcmp(system.f_fstypename, "devfs") == 0;
#endif
}

int csystem_make_folder(int folder, const char *name) { return outcome(mkdirat(folder, name, 0777)); }

int csystem_make_private_folder(int folder, const char *name) { return outcome(mkdirat(folder, name, 0700)); }

int csystem_open_to_add(int folder, const char *name, bool makes) {
  int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (makes ? O_CREAT : 0);
  return opened(openat(folder, name, flags, 0600));
}

// Locks of an open file description: they end with it, whoever else opens and closes the file in this process.
#if defined(F_OFD_SETLK)
int csystem_take(int file, bool to_write) {
  struct flock whole = {.l_type = to_write ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};
  int result = fcntl(file, F_OFD_SETLK, &whole);
  return result < 0 && errno == EACCES ? -EWOULDBLOCK : outcome(result);
}

void csystem_let_go(int file) {
  struct flock whole = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
  fcntl(file, F_OFD_SETLK, &whole);
}

int csystem_is_taken(int file) {
  struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  if (fcntl(file, F_OFD_GETLK, &whole) < 0) return -errno;
  return whole.l_type == F_WRLCK;
}
#else
#include <sys/file.h>

int csystem_take(int file, bool to_write) { return outcome(flock(file, (to_write ? LOCK_EX : LOCK_SH) | LOCK_NB)); }

void csystem_let_go(int file) { flock(file, LOCK_UN); }

int csystem_is_taken(int file) {
  if (flock(file, LOCK_SH | LOCK_NB) < 0) return errno == EWOULDBLOCK ? 1 : -errno;
  return outcome(flock(file, LOCK_UN));
}
#endif

int csystem_make_link(int folder, const char *name, const char *target) {
  return outcome(symlinkat(target, folder, name));
}

int csystem_remove(int folder, const char *name, bool is_folder) {
  return outcome(unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0));
}

int csystem_rename(int folder, const char *name, int to_folder, const char *to_name, bool keeps) {
  if (!keeps) return outcome(renameat(folder, name, to_folder, to_name));
#if defined(__linux__) && defined(SYS_renameat2)
  enum { NO_REPLACE = 1 };  // RENAME_NOREPLACE, linux/fs.h
  if (syscall(SYS_renameat2, folder, name, to_folder, to_name, NO_REPLACE) == 0) return 0;
  if (errno != ENOSYS && errno != EINVAL) return -errno;
#elif defined(__APPLE__)
  if (renameatx_np(folder, name, to_folder, to_name, RENAME_EXCL) == 0) return 0;
  if (errno != ENOTSUP) return -errno;
#endif
  // A file system that cannot refuse by itself: what is there is looked for first.
  struct stat found;
  if (fstatat(to_folder, to_name, &found, AT_SYMLINK_NOFOLLOW) == 0) return -EEXIST;
  return outcome(renameat(folder, name, to_folder, to_name));
}

int csystem_fill(int file, const void *bytes, size_t count) {
  int number = csystem_write_all(file, bytes, count);
  if (number != 0) return -number;
  // A rename that survives a power cut while the bytes do not would leave an empty file.
  return fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : -errno;
}

static int kind_of(const struct dirent *entry) {
  switch (entry->d_type) {
    case DT_REG: return CSYSTEM_FILE;
    case DT_DIR: return CSYSTEM_FOLDER;
    case DT_LNK: return CSYSTEM_LINK;
    case DT_UNKNOWN: return 0;
    default: return CSYSTEM_SPECIAL;
  }
}

int csystem_list(int folder, bool (*each)(void *, const char *, int), void *context) {
  DIR *listing = fdopendir(folder);
  if (!listing) {
    int number = errno;
    close(folder);
    return -number;
  }
  int result = 0;
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir(listing);
    if (!entry) {
      result = -errno;
      break;
    }
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (!each(context, entry->d_name, kind_of(entry))) break;
  }
  closedir(listing);
  return result;
}
