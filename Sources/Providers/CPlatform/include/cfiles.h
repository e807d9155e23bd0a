#ifndef CFILES_H
#define CFILES_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Opens a file to append to, made if need be, readable by its owner only, and not inherited by children.
/// Returns a descriptor, or an error number below zero.
int cfiles_open_append(const char *path);

/// Opens a file to read, not inherited by children. Returns a descriptor, or an error number below zero.
int cfiles_open_read(const char *path);

/// Opens a file to read without ever waiting for somebody at a pipe's other end; not inherited by children.
/// Returns a descriptor, or an error number below zero.
int cfiles_open_at_once(const char *path);

/// The size of an open file in bytes, or an error number below zero; 0 for what is no regular file.
int64_t cfiles_size(int descriptor);

/// Reads up to that many bytes from an offset. Returns how many, or an error number below zero.
int64_t cfiles_read(int descriptor, int64_t offset, void *bytes, size_t count);

/// Reads up to that many bytes from where the last such call ended. Returns how many, or an error number below zero.
int64_t cfiles_read_on(int descriptor, void *bytes, size_t count);

/// Puts a file with these bytes, readable by its owner only, in the place of another at once: whoever reads that path
/// gets the one or the other, whole. Returns 0 or an error number; after an error the other is as it was.
int cfiles_replace(const char *path, const void *_Nullable bytes, size_t count);

/// Writes all bytes, in one write(2) if the system takes them so. Returns 0 or an error number.
int cfiles_write(int descriptor, const void *bytes, size_t count);

/// Closes a descriptor.
void cfiles_close(int descriptor);

/// Writes what an error number means to a buffer of that size.
void cfiles_error_text(int number, char *text, size_t size);

#pragma clang assume_nonnull end
#endif
