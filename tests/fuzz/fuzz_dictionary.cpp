// SPDX-License-Identifier: Apache-2.0
//
// Prints the libFuzzer dictionary that follows from the tables of attributes and of systemd's keys.
#include <cstdio>

#include "config/printer.h"
#include "migration/unit_keys.h"

int main() {
  auto text = porterd::config::fuzz_dictionary();
  for (const auto& word : porterd::migration::unit_words()) text += '"' + word + "\"\n";
  return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}
