// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

namespace porterd::config {

std::string Location::text() const {
  std::string text = file ? file->path : std::string("configuration");
  if (line == 0) return text;
  return text + ':' + std::to_string(line) + ':' + std::to_string(column);
}

}  // namespace porterd::config
