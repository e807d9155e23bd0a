#ifndef CPLATFORM_H
#define CPLATFORM_H

// What the program needs and Swift cannot say: libcurl's variadic calls, a poller, signals, and some of the system's
// numbers. curl.c speaks to libcurl and to nothing else; platform.c is the one file that knows on which system it runs.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// HTTP --------------------------------------------------------------------------------------------------------------
// One thread owns a loop and its transfers: it alone calls the functions of this part, and is called back on itself.

/// Transfers that are driven together: a curl multi handle and what it waits with.
typedef struct cplatform_http cplatform_http;

/// One request and its reply.
typedef struct cplatform_transfer cplatform_transfer;

/// What a loop tells its owner; `context` is the transfer's.
typedef struct {
  /// One header line, status line and blank line included, its line end too; false ends the transfer.
  bool (*header)(void *context, const uint8_t *line, size_t length);
  /// A piece of the body, at most 16 KiB; false leaves it with curl and pauses until cplatform_transfer_resume.
  bool (*body)(void *context, const uint8_t *bytes, size_t length);
  /// Wants `length` bytes of the request's body from `offset`; curl may ask for a part again.
  void (*upload)(void *context, uint8_t *bytes, size_t offset, size_t length);
  /// The transfer is over: `code` is a CURLcode, `proxy_status` what a proxy answered to CONNECT or 0, `text` why.
  /// The transfer may be freed here.
  void (*finished)(void *context, int code, int proxy_status, const char *text);
} cplatform_callbacks;

/// Loads libcurl (the named file, or the system's) and makes a loop; NULL, with a reason for a person, when it cannot.
cplatform_http *_Nullable cplatform_http_create(
    const char *_Nullable library, long connections_max, cplatform_callbacks callbacks, char *reason,
    size_t reason_size);

/// Ends a loop whose transfers have all been freed, and closes its idle connections.
void cplatform_http_free(cplatform_http *http);

/// Waits for the network, a wake or that many milliseconds (negative: without end), then does what can be done.
void cplatform_http_turn(cplatform_http *http, int64_t wait_ms);

/// The descriptor that cplatform_wake takes; valid until the loop is freed.
int cplatform_http_wake_descriptor(cplatform_http *http);

/// Prepares a request; NULL when memory is short. Whatever goes wrong while it is prepared, the start reports.
cplatform_transfer *_Nullable cplatform_transfer_create(
    cplatform_http *http, void *context, const char *method, const char *url, size_t body_length);

/// Adds a header as curl wants it: `Name: value`, `Name;` for an empty value, `Name:` to leave a usual one out.
void cplatform_transfer_header(cplatform_transfer *transfer, const char *line);

/// Sets the proxy and the hosts that need none; both empty: no proxy, whatever the environment says.
void cplatform_transfer_proxy(cplatform_transfer *transfer, const char *proxy, const char *no_proxy);

/// Trusts the certificates of that file in place of the system's.
void cplatform_transfer_certificates(cplatform_transfer *transfer, const char *file);

/// Limits the time for the connection: name, TCP, proxy and TLS together.
void cplatform_transfer_connect_max(cplatform_transfer *transfer, int64_t milliseconds);

/// Starts; the result is a CURLcode, and anything but 0 means that nothing was started and nothing will be called back.
int cplatform_transfer_start(cplatform_transfer *transfer);

/// Goes on after a pause; may call back at once.
void cplatform_transfer_resume(cplatform_transfer *transfer);

/// Forgets a transfer; one that is still going is ended, its HTTP/1.1 connection closed, and nothing is called back.
void cplatform_transfer_free(cplatform_transfer *transfer);

/// What a CURLcode means.
const char *cplatform_http_text(cplatform_http *http, int code);

// The system --------------------------------------------------------------------------------------------------------

/// Makes the turn that waits on this descriptor, or the next one, return; from any thread, any number of times.
void cplatform_wake(int descriptor);

/// Starts a detached thread with that stack, in bytes, and all signals blocked; false when the system has none to give.
bool cplatform_thread_start(const char *name, size_t stack, void (*body)(void *context), void *context);

/// Milliseconds from an arbitrary moment that never go back.
int64_t cplatform_monotonic_ms(void);

/// From now on SIGTERM, SIGINT and SIGHUP write their number as one byte to the descriptor, and SIGPIPE is ignored.
/// Called by the first thread before there are others: it unblocks the three, whatever the parent process had blocked.
/// The descriptor is made non-blocking: a signal that finds it full is dropped, as the reader has some to read already.
/// Returns 0, or the errno of what failed.
int cplatform_signals_to_fd(int fd);

/// A descriptor that polls readable once that process has ended (Linux 5.3), not inherited by children; -1 where there
/// is no such thing, or no such process.
int cplatform_parent_watch(int pid);

/// The memory of this process that is in RAM, in bytes; 0 when the system does not say.
int64_t cplatform_resident_bytes(void);

#pragma clang assume_nonnull end

#endif
