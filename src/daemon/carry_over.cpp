// SPDX-License-Identifier: Apache-2.0
#include "daemon/carry_over.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

namespace porterd::daemon {
namespace {

std::string path_of(const config::Location& where) { return where.file ? where.file->path : std::string(); }

/// Whether a mistake there concerns an entry alone.
bool is_of_entry(const config::Location& where) { return where.file && where.file->is_by_entry && where.line > 0; }

/// The paths of files that have an error, but for those that are read by entries.
std::set<std::string> bad_files(const config::Diagnostics& diagnostics) {
  std::set<std::string> paths;
  for (const auto& diagnostic : diagnostics.all())
    if (diagnostic.severity >= config::Severity::error && !is_of_entry(diagnostic.where))
      paths.insert(path_of(diagnostic.where));
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
  if (bad.empty() && loaded.bad_entries.empty()) return;
  std::set<std::string> present;
  for (const auto& service : loaded.config.services) present.insert(service.id);

  const auto is_concerned = [&](const config::Service& service) {
    if (is_of_entry(service.where) && std::ranges::find(loaded.bad_entries, service.id) != loaded.bad_entries.end())
      return true;
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
