// SPDX-License-Identifier: Apache-2.0
//
// Says "lingering PID", waits until the client has closed its side, says "bye", and exits 0.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char text[64];
  snprintf(text, sizeof text, "lingering %d\n", (int)getpid());
  if (write(1, text, strlen(text)) < 0) return 1;
  while (read(0, text, sizeof text) > 0) {
  }
  return write(1, "bye\n", 4) == 4 ? 0 : 1;
}
