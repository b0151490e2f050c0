// SPDX-License-Identifier: Apache-2.0
//
// Shuts descriptor 2 down for whoever shares it, and says "shut" to the client.
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  shutdown(2, SHUT_RDWR);
  return write(1, "shut\n", 5) == 5 ? 0 : 1;
}
