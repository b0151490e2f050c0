// SPDX-License-Identifier: Apache-2.0
//
// A wait service on a datagram socket: takes one datagram, answers "PID: " and its bytes, and exits.
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  char text[2048];
  const int start = snprintf(text, sizeof text, "%d: ", (int)getpid());
  struct sockaddr_storage peer;
  socklen_t size = sizeof peer;
  const ssize_t got = recvfrom(0, text + start, sizeof text - (size_t)start, 0, (struct sockaddr*)&peer, &size);
  if (got < 0) return 1;
  return sendto(0, text, (size_t)(start + got), 0, (struct sockaddr*)&peer, size) < 0 ? 1 : 0;
}
