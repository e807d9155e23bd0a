#ifndef LIBCURL_H
#define LIBCURL_H

// What curl.c uses of libcurl, declared here: the library is loaded when it is first needed, and no header of it is
// needed to build. Numbers and types are from curl/curl.h and curl/multi.h as of 7.68.0; the library's ABI promise
// (curl.se/libcurl/abi.html) keeps them for good.

#include <stddef.h>

enum { VERSION_MIN = 0x074400 };  // 7.68.0, January 2020: every distribution in support has it

// CURLoption: the type's base (long 0, pointer 10000, function 20000, curl_off_t 30000) plus the option's own number.
enum {
  OPT_WRITEDATA = 10001, OPT_URL = 10002, OPT_PROXY = 10004, OPT_READDATA = 10009, OPT_ERRORBUFFER = 10010,
  OPT_WRITEFUNCTION = 20011, OPT_READFUNCTION = 20012, OPT_POSTFIELDS = 10015, OPT_HTTPHEADER = 10023,
  OPT_HEADERDATA = 10029, OPT_CUSTOMREQUEST = 10036, OPT_NOBODY = 44, OPT_POST = 47, OPT_FOLLOWLOCATION = 52,
  OPT_CAINFO = 10065, OPT_HEADERFUNCTION = 20079, OPT_HTTP_VERSION = 84, OPT_CAPATH = 10097, OPT_BUFFERSIZE = 98,
  OPT_NOSIGNAL = 99, OPT_PRIVATE = 10103, OPT_POSTFIELDSIZE_LARGE = 30120, OPT_TCP_NODELAY = 121,
  OPT_CONNECTTIMEOUT_MS = 156, OPT_OPENSOCKETFUNCTION = 20163, OPT_SEEKFUNCTION = 20167, OPT_SEEKDATA = 10168,
  OPT_OPENSOCKETDATA = 10164,
  OPT_NOPROXY = 10177, OPT_PROTOCOLS = 181, OPT_RESOLVE = 10203,
  OPT_TCP_KEEPALIVE = 213, OPT_TCP_KEEPIDLE = 214, OPT_TCP_KEEPINTVL = 215, OPT_HEADEROPT = 229, OPT_PATH_AS_IS = 234,
  OPT_ACCEPT_ENCODING = 10102, OPT_SSLCERT = 10025, OPT_KEYPASSWD = 10026, OPT_SSLKEY = 10087,
  OPT_CAINFO_BLOB = 40309, OPT_PROXY_CAINFO_BLOB = 40310, OPT_PROXY_CAINFO = 10246, OPT_PROXY_CAPATH = 10247,
  OPT_SUPPRESS_CONNECT_HEADERS = 265, OPT_QUICK_EXIT = 322,
};
// CURLMoption, CURLINFO (string 0x100000, long 0x200000) and other constants.
enum {
  MULTI_SOCKETFUNCTION = 20001, MULTI_SOCKETDATA = 10002, MULTI_PIPELINING = 3, MULTI_TIMERFUNCTION = 20004,
  MULTI_TIMERDATA = 10005, MULTI_MAXCONNECTS = 6,
  INFO_PRIVATE = 0x100000 + 21, INFO_CAINFO = 0x100000 + 61, INFO_HTTP_CONNECTCODE = 0x200000 + 22,
  INFO_OS_ERRNO = 0x200000 + 25,
  GLOBAL_DEFAULT = 3, BLOB_COPY = 1, ERROR_SIZE = 256, WRITEFUNC_PAUSE = 0x10000001, SEEKFUNC_OK = 0, SEEKFUNC_FAIL = 1,
  PAUSE_CONT = 0, HTTP_VERSION_2TLS = 4, HEADER_SEPARATE = 1, PROTO_HTTP_HTTPS = 1 | 2, PIPE_NOTHING = 0,
  POLL_IN = 1, POLL_OUT = 2, POLL_INOUT = 3, POLL_REMOVE = 4, CSELECT_IN = 1, CSELECT_OUT = 2, CSELECT_ERR = 4,
  SOCKET_TIMEOUT = -1, MSG_DONE = 1, E_FAILED_INIT = 2, E_COULDNT_CONNECT = 7, E_OUT_OF_MEMORY = 27,
};

typedef struct {  // curl_version_info_data, as far as it is needed
  int age;
  const char *version;
  unsigned version_number;
} version_info;

typedef struct {  // curl_sockaddr, as far as it is needed
  int family, type, protocol;
} socket_address;

typedef struct {  // curl_blob
  const void *data;
  size_t length;
  unsigned flags;
} blob;

typedef struct {  // CURLMsg
  int kind;
  void *easy;
  union {
    void *whatever;
    int result;
  } data;
} message;

typedef struct {
  int (*global_init)(long);
  version_info *(*version_info)(int);
  void *(*easy_init)(void);
  void (*easy_cleanup)(void *);
  int (*easy_setopt)(void *, int, ...);
  int (*easy_getinfo)(void *, int, ...);
  int (*easy_pause)(void *, int);
  const char *(*easy_strerror)(int);
  void *(*slist_append)(void *, const char *);
  void (*slist_free_all)(void *);
  void *(*multi_init)(void);
  int (*multi_cleanup)(void *);
  int (*multi_setopt)(void *, int, ...);
  int (*multi_add_handle)(void *, void *);
  int (*multi_remove_handle)(void *, void *);
  int (*multi_socket_action)(void *, int, int, int *);
  message *(*multi_info_read)(void *, int *);
} library;

#endif
