// SPDX-License-Identifier: Apache-2.0
#include "migration/service_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "config/codec.h"
#include "config/compile.h"
#include "config/emit.h"

namespace porterd::migration {
namespace {

using config::Section;
using config::Setting;

using Settings = std::vector<const Setting*>;

bool is_at(const config::Location& one, const config::Location& other) {
  return one.file == other.file && one.line == other.line;
}

// As the original has them; what stands in other files (drop-ins) comes last.
void sort_by_place(Settings& settings, const Section& section) {
  std::ranges::stable_sort(settings, {}, [&](const Setting* setting) {
    return std::tuple(setting->where.file != section.where.file, setting->where.line, setting->where.column);
  });
}

std::string line_of(const Setting& setting) {
  return fmt::format("{}: {}\n", setting.name, config::emit_yaml(setting.value));
}

std::string lines_of(const Settings& settings, std::string_view title, Comments& comments) {
  std::string text;
  for (const auto* setting : settings) text += comments.above(setting->where) + line_of(*setting);
  return text.empty() ? text : fmt::format("\n# {}\n{}", title, text);
}

}  // namespace

std::string service_id(const Section& section) { return config::id_of(section); }

std::string service_text(const Section& section, const std::string& source, Comments& comments) {
  Settings own;
  Settings inherited;
  Settings usual;
  for (const auto& setting : section.settings) {
    if (setting.name == "service" || (setting.name == "id" && setting.value.text == section.name)) continue;
    auto& group = !setting.is_implied ? own : is_at(setting.where, section.where) ? usual : inherited;
    group.push_back(&setting);
  }
  sort_by_place(own, section);
  sort_by_place(inherited, section);
  comments.begin_service();
  auto text = fmt::format("# Imported from {}\n{}service: {}\n", comment_text(source), comments.above(section.where),
                          config::emit_yaml(config::quotable(section.name)));
  for (const auto* setting : own) text += comments.above(setting->where) + line_of(*setting);
  // Where a service is one line, what follows belongs to the next.
  if (!own.empty() && !is_at(own.back()->where, section.where)) text += comments.below(own.back()->where);
  return text + lines_of(inherited, "From the defaults there:", comments) +
         lines_of(usual, "As it is there when nothing is said:", comments);
}

}  // namespace porterd::migration
