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
#else
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

int csystem_create_file(int folder, const char *name, const csystem_status *like) {
  // Until the file has its owner nobody else may open it.
  mode_t mode = like ? 0600 : 0666;
  int first = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  int made = csystem_limit_own(first);
  if (made < 0) {
    int number = errno;
    if (first >= 0) unlinkat(folder, name, 0);
    return -number;
  }
  if (!like) return made;
  // Only a privileged process may give files away; another one's are its own already.
  if (fchown(made, (uid_t)like->owner, (gid_t)like->group) != 0) errno = 0;
  // The set-id bits are not kept: new content is not what they were given to.
  if (fchmod(made, (mode_t)(like->mode & 01777)) == 0) return made;
  int number = errno;
  close(made);
  unlinkat(folder, name, 0);
  return -number;
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
