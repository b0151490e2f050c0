// SPDX-License-Identifier: Apache-2.0
//
// Dies of SIGSEGV at once, without a word to the client.
#include <stddef.h>

int main(void) {
  volatile int* nowhere = NULL;
  *nowhere = 1;
  return 0;
}
