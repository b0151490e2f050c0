// SPDX-License-Identifier: Apache-2.0
//
// Prints the libFuzzer dictionary that follows from the table of attributes.
#include <cstdio>

#include "config/printer.h"

int main() {
  const auto text = porterd::config::fuzz_dictionary();
  return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}
