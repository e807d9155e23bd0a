#ifndef CCURL_H
#define CCURL_H

// HTTP by libcurl, whose variadic calls Swift cannot make: it is loaded when the first loop is made.
// One thread owns a loop and its transfers: it alone calls these functions, and is called back on itself.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Transfers that are driven together: a curl multi handle and what it waits with.
typedef struct ccurl_http ccurl_http;

/// One request and its reply.
typedef struct ccurl_transfer ccurl_transfer;

/// In place of a CURLcode: the process has no descriptor left for the connection, and nothing was sent.
enum { CCURL_NO_DESCRIPTOR = 1000 };

/// What a loop tells its owner; `context` is the transfer's.
typedef struct {
  /// The server's address is known, and a socket is made for it; not called when a connection is used again.
  void (*opened)(void *context);
  /// One header line, status line and blank line included, its line end too; false ends the transfer.
  bool (*header)(void *context, const uint8_t *line, size_t length);
  /// A piece of the body, at most 16 KiB; false leaves it with curl and pauses until ccurl_transfer_resume.
  bool (*body)(void *context, const uint8_t *bytes, size_t length);
  /// Wants `length` bytes of the request's body from `offset`; curl may ask for a part again.
  void (*upload)(void *context, uint8_t *bytes, size_t offset, size_t length);
  /// The transfer is over: `code` is a CURLcode, `proxy_status` what a proxy answered to CONNECT or 0, `text` why.
  /// The transfer may be freed here.
  void (*finished)(void *context, int code, int proxy_status, const char *text);
} ccurl_callbacks;

/// Loads libcurl (the named file, or the system's) and makes a loop; NULL, with a reason for a person, when it cannot.
ccurl_http *_Nullable ccurl_http_create(
    const char *_Nullable library, long connections_max, ccurl_callbacks callbacks, char *reason,
    size_t reason_size);

/// Ends a loop whose transfers have all been freed, and closes its idle connections.
void ccurl_http_free(ccurl_http *http);

/// Waits for the network, a wake or that many milliseconds (negative: without end), then does what can be done.
void ccurl_http_turn(ccurl_http *http, int64_t wait_ms);

/// The descriptor that csystem_wake takes; valid until the loop is freed.
int ccurl_http_wake_descriptor(ccurl_http *http);

/// Prepares a request; NULL when memory is short. Whatever goes wrong while it is prepared, the start reports.
ccurl_transfer *_Nullable ccurl_transfer_create(
    ccurl_http *http, void *context, const char *method, const char *url, size_t body_length);

/// Adds a header as curl wants it: `Name: value`, `Name;` for an empty value, `Name:` to leave a usual one out.
void ccurl_transfer_header(ccurl_transfer *transfer, const char *line);

/// Connects to these addresses in place of what a look-up gives: `host:port:address,address`. The loop remembers them for
/// that host and port.
void ccurl_transfer_addresses(ccurl_transfer *transfer, const char *line);

/// Sets the proxy; empty: none, whatever the environment says.
void ccurl_transfer_proxy(ccurl_transfer *transfer, const char *proxy);

/// Trusts the certificates of that file in place of the system's.
void ccurl_transfer_certificates(ccurl_transfer *transfer, const char *file);

/// The file of the certificates that are trusted where nothing else is said; NULL when there is none that can be read.
const char *_Nullable ccurl_http_usual_certificates(ccurl_http *http);

/// Trusts the certificates in these bytes, in PEM form, in place of the system's; they are copied. A library that takes
/// files only (before 7.77) trusts those of `file` beside the system's.
void ccurl_transfer_more_certificates(
    ccurl_transfer *transfer, const uint8_t *bytes, size_t length, const char *file);

/// Shows this certificate to servers that ask for one; `key` may be the same file.
void ccurl_transfer_identity(
    ccurl_transfer *transfer, const char *file, const char *key, const char *_Nullable passphrase);

/// Limits the time for the connection: name, TCP, proxy and TLS together.
void ccurl_transfer_connect_max(ccurl_transfer *transfer, int64_t milliseconds);

/// Starts; the result is a CURLcode, and anything but 0 means that nothing was started and nothing will be called back.
int ccurl_transfer_start(ccurl_transfer *transfer);

/// Goes on after a pause; may call back at once.
void ccurl_transfer_resume(ccurl_transfer *transfer);

/// Forgets a transfer; one that is still going is ended, its HTTP/1.1 connection closed, and nothing is called back.
void ccurl_transfer_free(ccurl_transfer *transfer);

/// What a CURLcode means.
const char *ccurl_http_text(ccurl_http *http, int code);

#pragma clang assume_nonnull end

#endif
