#ifndef CWORKSPACE_H
#define CWORKSPACE_H

// Files below a folder's descriptor (POSIX.1-2008, the *at functions). No call here follows a symbolic link, but for
// the two that say so: what a name meant when it was looked at, it means when it is used. Names are one component.
// Results below zero are error numbers.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// What a name in a folder is.
typedef enum {
  CWORKSPACE_FILE = 1,
  CWORKSPACE_FOLDER = 2,
  CWORKSPACE_LINK = 3,
  /// A device, a FIFO or a socket.
  CWORKSPACE_SPECIAL = 4,
} cworkspace_kind;

/// What is known of a name or an open file.
typedef struct {
  cworkspace_kind kind;
  /// The permission bits.
  uint32_t mode;
  /// How many names the file has.
  uint64_t names;
  int64_t size;
  /// Nanoseconds since 1970.
  int64_t modified;
  uint64_t device, inode;
  uint32_t owner, group;
} cworkspace_status;

/// The path without symbolic links, of something that is there; follows them.
int cworkspace_real_path(const char *path, char *text, size_t size);

/// What a symbolic link says, as it stands; -EINVAL for what is none. Links on the way to it are followed.
int64_t cworkspace_link(const char *path, char *text, size_t size);

/// Opens a folder by its whole path, for the functions below; follows links on the way to it.
int cworkspace_open_path(const char *path);

/// Opens a folder in a folder, for lookups and for listing.
int cworkspace_open_folder(int folder, const char *name);

/// Opens a file to read; a FIFO does not make it wait.
int cworkspace_open_file(int folder, const char *name);

/// Makes a file that must not be there yet, to write: with the usual mode, or with the mode of another one and, where
/// that is allowed, its owner.
int cworkspace_create_file(int folder, const char *name, const cworkspace_status *_Nullable like);

/// What a name is.
int cworkspace_status_of_name(int folder, const char *name, cworkspace_status *status);

/// What an open file is.
int cworkspace_status_of_file(int file, cworkspace_status *status);

/// Whether an open file lies in a file system that the kernel makes up, such as /proc.
bool cworkspace_is_kernel_file(int file);

/// Makes a folder with the usual mode.
int cworkspace_make_folder(int folder, const char *name);

/// Makes a symbolic link that says `target`.
int cworkspace_make_link(int folder, const char *name, const char *target);

/// What a symbolic link in a folder says.
int64_t cworkspace_link_in(int folder, const char *name, char *text, size_t size);

/// Removes a name; a folder must be empty.
int cworkspace_remove(int folder, const char *name, bool is_folder);

/// Gives something another name; one that is there goes, unless `keeps` (then -EEXIST).
int cworkspace_rename(int folder, const char *name, int to_folder, const char *to_name, bool keeps);

/// Reads the next bytes.
int64_t cworkspace_read(int file, void *bytes, size_t count);

/// Writes all bytes, gives the file its mode, and has the system keep them.
int cworkspace_fill(int file, const void *bytes, size_t count);

/// Calls for each name in an open folder but `.` and `..`, until the callback says false; takes the descriptor.
/// `kind` is 0 where the system does not say.
int cworkspace_list(int folder, bool (*each)(void *context, const char *name, int kind), void *context);

/// Closes a descriptor.
void cworkspace_close(int descriptor);

#pragma clang assume_nonnull end
#endif
