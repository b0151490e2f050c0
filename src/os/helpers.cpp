// SPDX-License-Identifier: Apache-2.0
#include "os/helpers.h"

#include <unistd.h>

#include <array>
#include <climits>

namespace porterd::os {

namespace {

/// The running program's folder with a slash at its end; empty: not known.
std::string own_folder() {
  std::array<char, PATH_MAX> self{};
  const ssize_t length = ::readlink("/proc/self/exe", self.data(), self.size());
  const std::string_view path(self.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return std::string(path.substr(0, path.rfind('/') + 1));
}

}  // namespace

std::string helper_path(std::string_view name) {
  static const std::string folder = own_folder();  // asked for each of ten thousand services
  if (!folder.empty()) {
    std::string path = folder;
    path += name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return std::string(PORTERD_LIBEXECDIR "/").append(name);
}

}  // namespace porterd::os
