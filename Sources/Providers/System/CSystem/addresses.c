#include "addresses.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int csystem_addresses(const char *host, uint8_t *addresses, size_t max) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
  if (getaddrinfo(host, NULL, &hints, &found) != 0) return -1;
  size_t count = 0;
  for (struct addrinfo *one = found; one && count < max; one = one->ai_next) {
    uint8_t *place = addresses + 17 * count;
    if (one->ai_family == AF_INET) {
      place[0] = 4;
      memcpy(place + 1, &((struct sockaddr_in *)one->ai_addr)->sin_addr, 4);
    } else if (one->ai_family == AF_INET6) {
      place[0] = 6;
      memcpy(place + 1, &((struct sockaddr_in6 *)one->ai_addr)->sin6_addr, 16);
    } else {
      continue;
    }
    count++;
  }
  freeaddrinfo(found);
  return (int)count;
}
