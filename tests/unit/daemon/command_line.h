// SPDX-License-Identifier: Apache-2.0
//
// A command line as main() gets it.
#pragma once

#include <string>
#include <vector>

#include "daemon/options.h"

namespace porterd::daemon {

inline base::Result<Options> parse_line(std::vector<std::string> words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  return parse_options(std::span(arguments.data(), words.size()));
}

}  // namespace porterd::daemon
