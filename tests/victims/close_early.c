// SPDX-License-Identifier: Apache-2.0
//
// Closes the connection at once and goes on living until a signal ends it.
#include <unistd.h>

int main(void) {
  close(0);
  close(1);
  close(2);
  for (;;) pause();
}
