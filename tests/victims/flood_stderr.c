// SPDX-License-Identifier: Apache-2.0
//
// flood_stderr [LINES]: writes that many lines (100000) to descriptor 2 as fast as it can and cares for no error,
// then says "done" to the client.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char** words) {
  const long lines = count > 1 ? atol(words[1]) : 100000;
  for (long i = 0; i < lines; ++i) {
    char line[64];
    snprintf(line, sizeof line, "flood line %ld\n", i);
    if (write(2, line, strlen(line)) < 0) continue;
  }
  return write(1, "done\n", 5) == 5 ? 0 : 1;
}
