// SPDX-License-Identifier: Apache-2.0
#include "config/diff.h"

#include <span>
#include <unordered_map>

namespace porterd::config {
namespace {

template <typename Record>
Changes changes_of(const Record& before, const Record& after, std::span<const Attribute<Record>> rows) {
  Changes found;
  for (const auto& row : rows) {
    if (row.is_equal(before, after)) continue;
    found.attributes.push_back(row.name);
    found.touches.add(row.touches);
  }
  return found;
}

}  // namespace

Changes changes(const Service& before, const Service& after) { return changes_of(before, after, service_attributes()); }
Changes changes(const Global& before, const Global& after) { return changes_of(before, after, global_attributes()); }

Difference difference(const Config& before, const Config& after) {
  Difference result;
  result.global = changes(before.global, after.global);
  std::unordered_map<std::string_view, const Service*> old;
  for (const auto& service : before.services) old.emplace(service.id, &service);
  for (const auto& service : after.services) {
    const auto found = old.find(service.id);
    if (found == old.end()) {
      result.added.push_back(&service);
      continue;
    }
    auto what = changes(*found->second, service);
    if (what.is_none()) {
      ++result.unchanged;
    } else {
      result.changed.push_back({found->second, &service, std::move(what)});
    }
    old.erase(found);
  }
  for (const auto& service : before.services)
    if (old.contains(service.id)) result.removed.push_back(&service);
  return result;
}

}  // namespace porterd::config
