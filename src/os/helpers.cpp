// SPDX-License-Identifier: Apache-2.0
#include "os/helpers.h"

#include <unistd.h>

#include <array>
#include <climits>

namespace porterd::os {

std::string helper_path(std::string_view name) {
  std::array<char, PATH_MAX> self{};
  const ssize_t length = ::readlink("/proc/self/exe", self.data(), self.size());
  if (length > 0) {
    std::string path(self.data(), static_cast<std::size_t>(length));
    path.replace(path.rfind('/') + 1, std::string::npos, name);
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return std::string(PORTERD_LIBEXECDIR "/").append(name);
}

}  // namespace porterd::os
