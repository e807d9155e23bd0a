#include "ccurl.h"
#include "libcurl.h"

#include "current.h"
#include "limit.h"
#include "poller.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  // A read(2) takes up to this: four times curl's default, for a quarter of the calls at full speed.
  READ_SIZE = 64 * 1024,
  // Seconds of silence before TCP asks whether the peer is still there: shorter than the usual NAT's memory.
  KEEPALIVE_IDLE = 30,
  // Seconds between such questions.
  KEEPALIVE_INTERVAL = 10,
};

struct ccurl_http {
  library curl;
  ccurl_callbacks callbacks;
  poller *poller;
  void *multi;
  int64_t due;  // when curl wants to be called, or -1
};

struct ccurl_transfer {
  ccurl_http *http;
  void *context, *easy, *headers, *addresses;
  size_t body_length, body_sent;
  int failed;  // the first CURLcode that preparing it met
  bool started;
  bool has_no_descriptor;
  char error[ERROR_SIZE];
};

// Loading -----------------------------------------------------------------------------------------------------------

static bool find_symbols(void *handle, library *curl) {
  const struct { const char *name; void **place; } wanted[] = {
      {"curl_global_init", (void **)&curl->global_init},
      {"curl_version_info", (void **)&curl->version_info},
      {"curl_easy_init", (void **)&curl->easy_init},
      {"curl_easy_cleanup", (void **)&curl->easy_cleanup},
      {"curl_easy_setopt", (void **)&curl->easy_setopt},
      {"curl_easy_getinfo", (void **)&curl->easy_getinfo},
      {"curl_easy_pause", (void **)&curl->easy_pause},
      {"curl_easy_strerror", (void **)&curl->easy_strerror},
      {"curl_slist_append", (void **)&curl->slist_append},
      {"curl_slist_free_all", (void **)&curl->slist_free_all},
      {"curl_multi_init", (void **)&curl->multi_init},
      {"curl_multi_cleanup", (void **)&curl->multi_cleanup},
      {"curl_multi_setopt", (void **)&curl->multi_setopt},
      {"curl_multi_add_handle", (void **)&curl->multi_add_handle},
      {"curl_multi_remove_handle", (void **)&curl->multi_remove_handle},
      {"curl_multi_socket_action", (void **)&curl->multi_socket_action},
      {"curl_multi_info_read", (void **)&curl->multi_info_read},
  };
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    if (!(*wanted[i].place = dlsym(handle, wanted[i].name))) return false;
  }
  return true;
}

static bool load(const char *only, library *curl, char *reason, size_t reason_size) {
  static const char *const usual[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib", "libcurl.so"};
  const char *const *names = only ? &only : usual;
  size_t count = only ? 1 : sizeof usual / sizeof *usual;
  // Loaded for good: its TLS library leaves exit handlers behind that must stay where they are.
  void *handle = NULL;
  for (size_t i = 0; i < count && !handle; i++) handle = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
  if (!handle || !find_symbols(handle, curl)) {
    snprintf(reason, reason_size,
        "%s; install libcurl: apt-get install libcurl4 (Debian, Ubuntu), dnf install libcurl (Fedora), "
        "brew install curl (macOS)",
        handle ? "the libcurl found here is not complete" : "libcurl, which makes HTTPS connections, is not installed");
    return false;
  }
  version_info *version = curl->version_info(0);
  if (version->version_number < VERSION_MIN) {
    snprintf(reason, reason_size, "libcurl %s is too old; 7.68.0 or newer is needed", version->version);
    return false;
  }
  // Before 7.84 the initialisation was not safe from several threads; it counts its calls, so it may be called again.
  static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&one_at_a_time);
  int failed = curl->global_init(GLOBAL_DEFAULT);
  pthread_mutex_unlock(&one_at_a_time);
  if (!failed) return true;
  snprintf(reason, reason_size, "libcurl %s does not start: %s", version->version, curl->easy_strerror(failed));
  return false;
}

// What curl calls ---------------------------------------------------------------------------------------------------

static int on_socket(void *easy, int fd, int what, void *owner, void *unused) {
  (void)easy, (void)unused;
  ccurl_http *http = owner;
  unsigned interest = 0;
  if (what == POLL_IN || what == POLL_INOUT) interest |= POLLER_READ;
  if (what == POLL_OUT || what == POLL_INOUT) interest |= POLLER_WRITE;
  poller_watch(http->poller, fd, interest);
  return 0;
}

static int on_timer(void *multi, long timeout_ms, void *owner) {
  (void)multi;
  ccurl_http *http = owner;
  http->due = timeout_ms < 0 ? -1 : csystem_monotonic_ms() + timeout_ms;
  return 0;
}

static int on_open_socket(void *owner, int purpose, socket_address *address) {
  (void)purpose;
  ccurl_transfer *transfer = owner;
  transfer->http->callbacks.opened(transfer->context);
  int made = poller_socket(address->family, address->type, address->protocol);
  if (made < 0 && (errno == EMFILE || errno == ENFILE)) transfer->has_no_descriptor = true;
  return made;
}

static size_t on_header(char *bytes, size_t one, size_t count, void *owner) {
  ccurl_transfer *transfer = owner;
  size_t length = one * count;
  return transfer->http->callbacks.header(transfer->context, (const uint8_t *)bytes, length) ? length : 0;
}

static size_t on_body(char *bytes, size_t one, size_t count, void *owner) {
  ccurl_transfer *transfer = owner;
  size_t length = one * count;
  if (length == 0) return 0;
  return transfer->http->callbacks.body(transfer->context, (const uint8_t *)bytes, length) ? length : WRITEFUNC_PAUSE;
}

static size_t on_upload(char *bytes, size_t one, size_t count, void *owner) {
  ccurl_transfer *transfer = owner;
  size_t length = one * count, left = transfer->body_length - transfer->body_sent;
  if (length > left) length = left;
  if (length == 0) return 0;
  transfer->http->callbacks.upload(transfer->context, (uint8_t *)bytes, transfer->body_sent, length);
  transfer->body_sent += length;
  return length;
}

// curl goes back to the start when a kept connection turned out to be closed and it tries again on a new one.
static int on_seek(void *owner, int64_t offset, int origin) {
  ccurl_transfer *transfer = owner;
  if (origin != SEEK_SET || offset < 0 || (size_t)offset > transfer->body_length) return SEEKFUNC_FAIL;
  transfer->body_sent = (size_t)offset;
  return SEEKFUNC_OK;
}

// The loop ----------------------------------------------------------------------------------------------------------

ccurl_http *ccurl_http_create(
    const char *name, long connections_max, ccurl_callbacks callbacks, char *reason, size_t reason_size) {
  library curl;
  if (!load(name, &curl, reason, reason_size)) return NULL;
  ccurl_http *http = calloc(1, sizeof *http);
  poller *poller = poller_create();
  void *multi = curl.multi_init();
  if (!http || !poller || !multi) {
    snprintf(reason, reason_size, "no memory or file descriptors are left to make connections with");
    if (multi) curl.multi_cleanup(multi);
    if (poller) poller_free(poller);
    free(http);
    return NULL;
  }
  *http = (ccurl_http){.curl = curl, .callbacks = callbacks, .poller = poller, .multi = multi, .due = -1};
  curl.multi_setopt(multi, MULTI_SOCKETFUNCTION, on_socket);
  curl.multi_setopt(multi, MULTI_SOCKETDATA, http);
  curl.multi_setopt(multi, MULTI_TIMERFUNCTION, on_timer);
  curl.multi_setopt(multi, MULTI_TIMERDATA, http);
  curl.multi_setopt(multi, MULTI_MAXCONNECTS, connections_max);
  // HTTP/2 streams do not share a connection: one that is paused, or loses a packet, must not hold up the others.
  curl.multi_setopt(multi, MULTI_PIPELINING, (long)PIPE_NOTHING);
  return http;
}

void ccurl_http_free(ccurl_http *http) {
  http->curl.multi_cleanup(http->multi);
  poller_free(http->poller);
  free(http);
}

int ccurl_http_wake_descriptor(ccurl_http *http) { return poller_wake_descriptor(http->poller); }

const char *ccurl_http_text(ccurl_http *http, int code) { return http->curl.easy_strerror(code); }

static void finish(ccurl_http *http, void *easy, int code) {
  ccurl_transfer *transfer = NULL;
  long proxy_status = 0, os_error = 0;
  http->curl.easy_getinfo(easy, INFO_PRIVATE, &transfer);
  http->curl.easy_getinfo(easy, INFO_HTTP_CONNECTCODE, &proxy_status);
  http->curl.easy_getinfo(easy, INFO_OS_ERRNO, &os_error);
  const char *said = transfer->error[0] ? transfer->error : http->curl.easy_strerror(code);
  char text[ERROR_SIZE + 128];
  if (code == E_COULDNT_CONNECT && transfer->has_no_descriptor) {
    code = CCURL_NO_DESCRIPTOR;
    snprintf(text, sizeof text, "this process may have %d file descriptors", csystem_limit_most());
  } else if (code == E_COULDNT_CONNECT && os_error) {
    snprintf(text, sizeof text, "%s (%s)", said, strerror((int)os_error));
  } else {
    snprintf(text, sizeof text, "%s", said);
  }
  http->callbacks.finished(transfer->context, code, (int)proxy_status, text);
}

void ccurl_http_turn(ccurl_http *http, int64_t wait_ms) {
  enum { EVENTS_MAX = 64 };
  poller_event events[EVENTS_MAX];
  int running = 0, left = 0;
  if (http->due >= 0) {
    int64_t until_due = http->due - csystem_monotonic_ms();
    if (until_due < 0) until_due = 0;
    if (wait_ms < 0 || until_due < wait_ms) wait_ms = until_due;
  }
  int count = poller_wait(http->poller, wait_ms, events, EVENTS_MAX);
  for (int i = 0; i < count; i++) {
    int what = 0;
    if (events[i].ready & POLLER_READ) what |= CSELECT_IN;
    if (events[i].ready & POLLER_WRITE) what |= CSELECT_OUT;
    if (events[i].ready & POLLER_FAILED) what |= CSELECT_ERR;
    http->curl.multi_socket_action(http->multi, events[i].fd, what, &running);
  }
  if (http->due >= 0 && http->due <= csystem_monotonic_ms()) {
    http->due = -1;
    http->curl.multi_socket_action(http->multi, SOCKET_TIMEOUT, 0, &running);
  }
  for (message *said; (said = http->curl.multi_info_read(http->multi, &left));) {
    if (said->kind == MSG_DONE) finish(http, said->easy, said->data.result);
  }
}

// One transfer ------------------------------------------------------------------------------------------------------

#define SET(transfer, option, value) note(transfer, (transfer)->http->curl.easy_setopt((transfer)->easy, option, value))

static void note(ccurl_transfer *transfer, int code) {
  if (code && !transfer->failed) transfer->failed = code;
}

static void set_body(ccurl_transfer *transfer, const char *method) {
  bool empty = transfer->body_length == 0;
  if (empty && strcmp(method, "GET") == 0) return;
  if (empty && strcmp(method, "HEAD") == 0) {
    SET(transfer, OPT_NOBODY, 1L);
    return;
  }
  SET(transfer, OPT_POST, 1L);
  SET(transfer, OPT_POSTFIELDSIZE_LARGE, (int64_t)transfer->body_length);
  if (empty) SET(transfer, OPT_POSTFIELDS, "");
  if (strcmp(method, "POST") != 0) SET(transfer, OPT_CUSTOMREQUEST, method);
  SET(transfer, OPT_READFUNCTION, on_upload);
  SET(transfer, OPT_READDATA, transfer);
  SET(transfer, OPT_SEEKFUNCTION, on_seek);
  SET(transfer, OPT_SEEKDATA, transfer);
}

ccurl_transfer *ccurl_transfer_create(
    ccurl_http *http, void *context, const char *method, const char *url, size_t body_length) {
  ccurl_transfer *transfer = calloc(1, sizeof *transfer);
  void *easy = http->curl.easy_init();
  if (!transfer || !easy) {
    if (easy) http->curl.easy_cleanup(easy);
    free(transfer);
    return NULL;
  }
  *transfer = (ccurl_transfer){.http = http, .context = context, .easy = easy, .body_length = body_length};
  SET(transfer, OPT_ERRORBUFFER, transfer->error);
  SET(transfer, OPT_PRIVATE, transfer);
  SET(transfer, OPT_NOSIGNAL, 1L);
  SET(transfer, OPT_PROTOCOLS, (long)PROTO_HTTP_HTTPS);
  SET(transfer, OPT_FOLLOWLOCATION, 0L);
  SET(transfer, OPT_PATH_AS_IS, 1L);
  SET(transfer, OPT_URL, url);
  SET(transfer, OPT_OPENSOCKETFUNCTION, on_open_socket);
  SET(transfer, OPT_OPENSOCKETDATA, transfer);
  SET(transfer, OPT_TCP_NODELAY, 1L);
  SET(transfer, OPT_TCP_KEEPALIVE, 1L);
  SET(transfer, OPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE);
  SET(transfer, OPT_TCP_KEEPINTVL, (long)KEEPALIVE_INTERVAL);
  SET(transfer, OPT_HEADERFUNCTION, on_header);
  SET(transfer, OPT_HEADERDATA, transfer);
  SET(transfer, OPT_WRITEFUNCTION, on_body);
  SET(transfer, OPT_WRITEDATA, transfer);
  SET(transfer, OPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SET(transfer, OPT_HEADEROPT, (long)HEADER_SEPARATE);  // a proxy's CONNECT is not shown what is meant for the server
  set_body(transfer, method);
  // Wishes that a library may be built without, or be too old for.
  http->curl.easy_setopt(easy, OPT_BUFFERSIZE, (long)READ_SIZE);
  http->curl.easy_setopt(easy, OPT_ACCEPT_ENCODING, "");  // whatever coding a reply comes in, if the library has it
  http->curl.easy_setopt(easy, OPT_HTTP_VERSION, (long)HTTP_VERSION_2TLS);
  http->curl.easy_setopt(easy, OPT_QUICK_EXIT, 1L);  // a name that does not resolve must not hold up the loop (7.87)
  // With a file alone curl keeps the parsed certificates between connections (7.87), which saves 14 ms on each.
  const char *usual = NULL;
  if (http->curl.easy_getinfo(easy, INFO_CAINFO, &usual) == 0 && usual && access(usual, R_OK) == 0) {
    http->curl.easy_setopt(easy, OPT_CAPATH, NULL);
  }
  return transfer;
}

void ccurl_transfer_header(ccurl_transfer *transfer, const char *line) {
  void *longer = transfer->http->curl.slist_append(transfer->headers, line);
  if (!longer) note(transfer, E_OUT_OF_MEMORY);
  else transfer->headers = longer;
}

void ccurl_transfer_addresses(ccurl_transfer *transfer, const char *line) {
  transfer->addresses = transfer->http->curl.slist_append(NULL, line);
  if (!transfer->addresses) return note(transfer, E_OUT_OF_MEMORY);
  SET(transfer, OPT_RESOLVE, transfer->addresses);
}

void ccurl_transfer_proxy(ccurl_transfer *transfer, const char *proxy) {
  SET(transfer, OPT_PROXY, proxy);
  SET(transfer, OPT_NOPROXY, "");
}

void ccurl_transfer_certificates(ccurl_transfer *transfer, const char *file) {
  SET(transfer, OPT_CAINFO, file);
  transfer->http->curl.easy_setopt(transfer->easy, OPT_CAPATH, NULL);
  transfer->http->curl.easy_setopt(transfer->easy, OPT_PROXY_CAINFO, file);
  transfer->http->curl.easy_setopt(transfer->easy, OPT_PROXY_CAPATH, NULL);
}

const char *ccurl_http_usual_certificates(ccurl_http *http) {
  static const char *const known[] = {  // where the systems keep them; curl itself says since 7.84
      "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
      "/etc/ssl/cert.pem", "/usr/share/ssl/certs/ca-bundle.crt"};
  const char *usual = NULL;
  void *easy = http->curl.easy_init();
  if (!easy) return NULL;
  // What is said is a text of the library's own, which stays.
  if (http->curl.easy_getinfo(easy, INFO_CAINFO, &usual) != 0) usual = NULL;
  http->curl.easy_cleanup(easy);
  if (usual && access(usual, R_OK) == 0) return usual;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (access(known[i], R_OK) == 0) return known[i];
  }
  return NULL;
}

void ccurl_transfer_more_certificates(
    ccurl_transfer *transfer, const uint8_t *bytes, size_t length, const char *file) {
  blob pem = {bytes, length, BLOB_COPY};
  library *curl = &transfer->http->curl;
  if (curl->easy_setopt(transfer->easy, OPT_CAINFO_BLOB, &pem) != 0) {
    // A library that is too old, or has another TLS, reads the file beside the system's folder.
    SET(transfer, OPT_CAINFO, file);
    return;
  }
  curl->easy_setopt(transfer->easy, OPT_PROXY_CAINFO_BLOB, &pem);
}

void ccurl_transfer_identity(ccurl_transfer *transfer, const char *file, const char *key, const char *passphrase) {
  SET(transfer, OPT_SSLCERT, file);
  SET(transfer, OPT_SSLKEY, key);
  if (passphrase) SET(transfer, OPT_KEYPASSWD, passphrase);
}

void ccurl_transfer_connect_max(ccurl_transfer *transfer, int64_t milliseconds) {
  SET(transfer, OPT_CONNECTTIMEOUT_MS, (long)milliseconds);
}

int ccurl_transfer_start(ccurl_transfer *transfer) {
  SET(transfer, OPT_HTTPHEADER, transfer->headers);
  if (transfer->failed) return transfer->failed;
  if (transfer->http->curl.multi_add_handle(transfer->http->multi, transfer->easy) != 0) return E_FAILED_INIT;
  transfer->started = true;
  return 0;
}

void ccurl_transfer_resume(ccurl_transfer *transfer) {
  ccurl_http *http = transfer->http;
  http->curl.easy_pause(transfer->easy, PAUSE_CONT);
  http->due = csystem_monotonic_ms();  // the data may be in curl's hands already: it wants a call, not an event
}

void ccurl_transfer_free(ccurl_transfer *transfer) {
  library *curl = &transfer->http->curl;
  if (transfer->started) curl->multi_remove_handle(transfer->http->multi, transfer->easy);
  curl->easy_cleanup(transfer->easy);
  curl->slist_free_all(transfer->headers);
  curl->slist_free_all(transfer->addresses);
  free(transfer);
}
