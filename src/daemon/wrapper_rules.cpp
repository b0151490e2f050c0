// SPDX-License-Identifier: Apache-2.0
#include "daemon/wrapper_rules.h"

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "base/text.h"
#include "os/files.h"

namespace porterd::daemon {
namespace {

auto version_of(const struct stat& status) {
  return std::tuple(status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                    status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

}  // namespace

bool has_wrapper_rule(std::string_view text) {
  return std::ranges::any_of(base::split(text, '\n'), [](std::string_view line) {
    line = base::trim(line);
    return !line.empty() && !line.starts_with('#');
  });
}

void WrapperRules::look_at(File& file) {
  struct stat status{};
  const bool is_there = ::stat(file.path, &status) == 0;
  if (!is_there && errno != ENOENT) {
    file.has_rule = true;
    return;
  }
  if (version_of(status) == version_of(file.status)) return;
  file.status = status;
  const auto text = is_there ? os::read_file(file.path) : std::string();
  file.has_rule = !text || has_wrapper_rule(*text);
}

bool WrapperRules::exist() {
  for (auto& file : files_) look_at(file);
  return std::ranges::any_of(files_, &File::has_rule);
}

}  // namespace porterd::daemon
