// SPDX-License-Identifier: Apache-2.0
//
// Forks and exits at once: a grandchild holds the connection, says "grandchild PID", and leaves when the client
// has closed its side.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  const pid_t child = fork();
  if (child != 0) return child < 0 ? 1 : 0;
  char text[64];
  snprintf(text, sizeof text, "grandchild %d\n", (int)getpid());
  if (write(1, text, strlen(text)) < 0) return 1;
  while (read(0, text, sizeof text) > 0) {
  }
  return 0;
}
