#ifndef CSYSTEM_FOLDERS_H
#define CSYSTEM_FOLDERS_H

// Files below a folder's descriptor (POSIX.1-2008, the *at functions). No call here follows a symbolic link, but for
// the two that say so: what a name meant when it was looked at, it means when it is used. Names are one component.
// Results below zero are error numbers.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// What a name in a folder is.
typedef enum {
  CSYSTEM_FILE = 1,
  CSYSTEM_FOLDER = 2,
  CSYSTEM_LINK = 3,
  /// A device, a FIFO or a socket.
  CSYSTEM_SPECIAL = 4,
} csystem_kind;

/// What is known of a name or an open file.
typedef struct {
  csystem_kind kind;
  /// The permission bits.
  uint32_t mode;
  /// How many names the file has.
  uint64_t names;
  int64_t size;
  /// Nanoseconds since 1970.
  int64_t modified;
  uint64_t device, inode;
  uint32_t owner, group;
} csystem_status;

/// The path without symbolic links, of something that is there; follows them.
int csystem_real_path(const char *path, char *text, size_t size);

/// What a symbolic link says, as it stands; -EINVAL for what is none. Links on the way to it are followed.
int64_t csystem_link(const char *path, char *text, size_t size);

/// Opens a folder by its whole path, for the functions below; follows links on the way to it.
int csystem_open_path(const char *path);

/// Opens a folder in a folder, for lookups and for listing.
int csystem_open_folder(int folder, const char *name);

/// Opens a file to read; a FIFO does not make it wait.
int csystem_open_file(int folder, const char *name);

/// Makes a file that must not be there yet, to write; nobody else may open one that is private.
int csystem_create_file(int folder, const char *name, bool is_private);

/// Gives a file the owner, where that is allowed, and the mode of another one; what was given to the content of the other
/// one (the set-id bits) is not given.
int csystem_give_mode(int file, const csystem_status *like);

/// Gives a new file all that another one has beside its content: owner, mode, access control list, extended attributes.
/// 1 when some of it cannot be given.
int csystem_give_ties(int from, int file);

/// Opens a file to change it where it is.
int csystem_open_to_change(int folder, const char *name);

/// Whether a file may be written by who asks.
int csystem_check_may_write(int folder, const char *name);

/// Has the system keep room for more bytes behind a file's end, so that writing them cannot fail for want of it.
int csystem_reserve(int file, int64_t size, int64_t more);

/// Puts other content into a file where it is, and has the system keep it.
int csystem_overwrite(int file, const void *bytes, size_t count);

/// Makes a file shorter.
int csystem_cut(int file, int64_t size);

/// Whether an error says that a name cannot be made or exchanged there, although a file that it stands for may be changed:
/// what is mounted at a name, a folder that nobody may write to.
bool csystem_is_tied(int number);

/// What a name is.
int csystem_status_of_name(int folder, const char *name, csystem_status *status);

/// What an open file is.
int csystem_status_of_file(int file, csystem_status *status);

/// Whether an open file lies in a file system that the kernel makes up, such as /proc.
bool csystem_is_kernel_file(int file);

/// Makes a folder with the usual mode.
int csystem_make_folder(int folder, const char *name);

/// Makes a folder that nobody else may look into.
int csystem_make_private_folder(int folder, const char *name);

/// Opens a file to add to it at its end, and to read it; with `makes` it is made if need be, for its owner only.
int csystem_open_to_add(int folder, const char *name, bool makes);

/// Takes an open file for as long as it is open, so that nobody else who asks gets it: -EWOULDBLOCK when somebody has it.
/// One that is open to be read only keeps others from taking it to write. Nobody is waited for.
int csystem_take(int file, bool to_write);

/// Lets a file go that was taken: closing it is not enough while a child that is being started still has it open.
void csystem_let_go(int file);

/// Whether somebody else has taken an open file to write; 0 or 1.
int csystem_is_taken(int file);

/// Makes a symbolic link that says `target`.
int csystem_make_link(int folder, const char *name, const char *target);

/// What a symbolic link in a folder says.
int64_t csystem_link_in(int folder, const char *name, char *text, size_t size);

/// Removes a name; a folder must be empty.
int csystem_remove(int folder, const char *name, bool is_folder);

/// Gives something another name; one that is there goes, unless `keeps` (then -EEXIST).
int csystem_rename(int folder, const char *name, int to_folder, const char *to_name, bool keeps);

/// Writes all bytes and has the system keep them.
int csystem_fill(int file, const void *bytes, size_t count);

/// Calls for each name in an open folder but `.` and `..`, until the callback says false; takes the descriptor.
/// `kind` is 0 where the system does not say.
int csystem_list(int folder, bool (*each)(void *context, const char *name, int kind), void *context);

#pragma clang assume_nonnull end
#endif
