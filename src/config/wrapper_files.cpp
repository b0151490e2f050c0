// SPDX-License-Identifier: Apache-2.0
#include "config/wrapper_files.h"

#include <algorithm>

#include "base/text.h"
#include "config/yaml_reader.h"

namespace porterd::config {
namespace {

bool may_refuse(std::string_view line, bool is_deny) {
  line = base::trim(line);
  if (line.empty() || line.starts_with('#')) return false;
  if (is_deny) return true;
  const auto text = base::to_lower(line);
  return text.contains("deny") || text.contains("twist") || text.contains("aclexec") || text.ends_with('\\');
}

bool has_refusing_rule(const World& world, const char* path, bool is_deny) {
  const auto file = world.read_file(path, kLongestSource);
  if (!file) return file.error().code != std::errc::no_such_file_or_directory;
  return std::ranges::any_of(base::split(file->text, '\n'), [&](auto line) { return may_refuse(line, is_deny); });
}

}  // namespace

bool can_ask_wrappers(const World& world) {
  return world.path_kind(world.helper_path("porterd-tcpd")) == PathKind::executable;
}

bool wrappers_may_refuse(const World& world) {
  return has_refusing_rule(world, "/etc/hosts.deny", true) || has_refusing_rule(world, "/etc/hosts.allow", false);
}

}  // namespace porterd::config
