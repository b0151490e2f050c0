// SPDX-License-Identifier: Apache-2.0
//
// Ignores every signal that asks politely, says "ready", and stays until SIGKILL.
#include <signal.h>
#include <unistd.h>

int main(void) {
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  if (write(1, "ready\n", 6) != 6) return 1;
  for (;;) pause();
}
