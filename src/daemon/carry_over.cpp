// SPDX-License-Identifier: Apache-2.0
#include "daemon/carry_over.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

namespace porterd::daemon {
namespace {

std::string path_of(const config::Location& where) { return where.file ? where.file->path : std::string(); }

/// Whether a file that is not porterd's own, or the entry of `service` in it, could not be read. Other entries may stay
/// wrong for ever, and must not keep alive what was taken out.
bool is_lost(const config::Service& service, const config::Loaded& loaded) {
  if (std::ranges::find(loaded.left_out, service.id) != loaded.left_out.end()) return true;
  return std::ranges::any_of(loaded.diagnostics.all(), [&](const auto& diagnostic) {
    return diagnostic.severity >= config::Severity::error && diagnostic.where.line == 0 &&
           path_of(diagnostic.where) == path_of(service.where);
  });
}

/// The paths of files that have an error.
std::set<std::string> bad_files(const config::Diagnostics& diagnostics) {
  std::set<std::string> paths;
  for (const auto& diagnostic : diagnostics.all())
    if (diagnostic.severity >= config::Severity::error) paths.insert(path_of(diagnostic.where));
  return paths;
}

/// The id that a drop-in is for: its folder is called ID.d. Empty for other files.
std::string drop_in_id(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.extension() == ".d" ? folder.stem().string() : std::string();
}

}  // namespace

void carry_over(const config::Config& before, std::string_view main, config::Loaded& loaded) {
  const auto bad = bad_files(loaded.diagnostics);
  if (bad.empty()) return;
  std::set<std::string> present;
  for (const auto& service : loaded.config.services) present.insert(service.id);

  const auto is_concerned = [&](const config::Service& service) {
    if (std::ranges::find(loaded.foreign_files, path_of(service.where)) != loaded.foreign_files.end())
      return is_lost(service, loaded);
    for (const auto& path : bad)
      if (path == path_of(service.where) || drop_in_id(path) == service.id || path == main) return true;
    return false;
  };
  for (const auto& service : before.services) {
    if (present.contains(service.id) || !is_concerned(service)) continue;
    loaded.diagnostics.add(config::Severity::note, service.where, "service '" + service.id + "' goes on as it was");
    loaded.config.services.push_back(service);
  }
}

}  // namespace porterd::daemon
