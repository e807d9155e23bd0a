#ifndef CSYSTEM_FILES_H
#define CSYSTEM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Opens a file to append to, made if need be, readable by its owner only, and not inherited by children.
/// Returns a descriptor, or an error number below zero.
int csystem_file_open_append(const char *path);

/// Opens a file to read, not inherited by children. Returns a descriptor, or an error number below zero.
int csystem_file_open_read(const char *path);

/// Opens a file to read without ever waiting for somebody at a pipe's other end; not inherited by children.
/// Returns a descriptor, or an error number below zero.
int csystem_file_open_at_once(const char *path);

/// Opens what is no regular file for writing, at its end; the descriptor, or minus an errno.
int csystem_file_open_stream(const char *path);

/// The size of an open file in bytes, or an error number below zero; 0 for what is no regular file.
int64_t csystem_file_size(int descriptor);

/// Reads up to that many bytes from an offset. Returns how many, or an error number below zero.
int64_t csystem_file_read(int descriptor, int64_t offset, void *bytes, size_t count);

/// Puts a file with these bytes, readable by its owner only, in the place of another at once: whoever reads that path
/// gets the one or the other, whole. Returns 0 or an error number; after an error the other is as it was.
int csystem_file_replace(const char *path, const void *_Nullable bytes, size_t count);

/// Whether this process may run that file as a program.
bool csystem_is_executable(const char *path);

#pragma clang assume_nonnull end
#endif
