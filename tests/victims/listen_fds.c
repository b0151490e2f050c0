// SPDX-License-Identifier: Apache-2.0
//
// listen_fds [IDLE_MS [MOST]]: a wait service on a listening stream socket, which it finds on descriptor 3 when
// LISTEN_FDS and LISTEN_PID say so (sd_listen_fds(3)), else on 0. Answers each connection "PID fd=N names=NAMES" and a
// count, and exits when none has come for IDLE_MS (200) or MOST were served.
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener(void) {
  const char* pid = getenv("LISTEN_PID");
  const char* count = getenv("LISTEN_FDS");
  if (pid == NULL || count == NULL) return 0;
  return atoi(pid) == (int)getpid() && atoi(count) == 1 ? 3 : -1;
}

int main(int count, char** words) {
  const int idle = count > 1 ? atoi(words[1]) : 200;
  const int most = count > 2 ? atoi(words[2]) : -1;
  const int socket = listener();
  if (socket < 0) return 2;
  const char* names = getenv("LISTEN_FDNAMES");
  for (int served = 1; most < 0 || served <= most; ++served) {
    struct pollfd ready = {.fd = socket, .events = POLLIN};
    if (poll(&ready, 1, idle) <= 0) return 0;
    const int connection = accept(socket, NULL, NULL);
    if (connection < 0) continue;
    char text[256];
    snprintf(text, sizeof text, "%d fd=%d names=%s served=%d\n", (int)getpid(), socket, names != NULL ? names : "",
             served);
    if (write(connection, text, strlen(text)) < 0) return 1;
    close(connection);
  }
  return 0;
}
