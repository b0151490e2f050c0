// SPDX-License-Identifier: Apache-2.0
//
// hello [WORD …]: says "hello" and the words, one line.
#include <stdio.h>

int main(int count, char** words) {
  fputs("hello", stdout);
  for (int i = 1; i < count; ++i) printf(" %s", words[i]);
  putchar('\n');
  return fflush(stdout) == 0 ? 0 : 1;
}
