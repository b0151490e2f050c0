// SPDX-License-Identifier: Apache-2.0
#include "config/sections.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace porterd::config {
namespace {

constexpr std::string_view kMap = "NAME: VALUE";

// "only_from +" is the name only_from and the operator +=.
Setting setting_of(Value key, Value value) {
  Setting setting{.name = std::move(key.text), .value = std::move(value), .where = std::move(key.where)};
  if (setting.name.ends_with('+')) setting.op = Operator::add;
  if (setting.name.ends_with('-')) setting.op = Operator::remove;
  if (setting.op != Operator::assign) {
    setting.name.pop_back();
    setting.name = std::string(base::trim(setting.name));
    setting.where.length = static_cast<std::uint32_t>(setting.name.size());
  }
  return setting;
}

// In the order in which they take effect, which is not the order written: a YAML map has none.
std::vector<Setting> settings_of(Value map) {
  std::vector<Setting> written;
  written.reserve(map.entries.size());
  for (auto& [key, value] : map.entries) written.push_back(setting_of(std::move(key), std::move(value)));
  std::vector<Setting> settings;
  settings.reserve(written.size());
  for (const auto op : {Operator::assign, Operator::add, Operator::remove})
    for (auto& setting : written)
      if (setting.op == op) settings.push_back(std::move(setting));
  return settings;
}

constexpr std::string_view kConfiguration = "configuration";
constexpr std::array<std::string_view, 4> kDumpKeys{"services", "dropped", "messages", kConfiguration};

// Whether it is one object of --dump=json, which has nothing beside these.
bool is_dump(const Value& root) {
  const auto is_known = [](const auto& entry) {
    return std::ranges::find(kDumpKeys, entry.first.text) != kDumpKeys.end();
  };
  return std::ranges::all_of(root.entries, is_known) &&
         std::ranges::any_of(root.entries, [](const auto& entry) { return entry.first.text == kConfiguration; });
}

bool is_nothing(const Value& value) { return value.kind == Value::Kind::scalar && value.text.empty(); }

}  // namespace

void SectionMaker::fail(const Location& where, std::string message, std::string hint) {
  const bool is_main_file = role_ == FileRole::main;
  diagnostics_.add(is_main_file ? Severity::fatal : Severity::error, where, std::move(message), std::move(hint));
  if (is_main_file) return;
  // What could not be read might have restricted the service.
  const auto kind = role_ == FileRole::drop_in ? Section::Kind::drop_in : Section::Kind::service;
  document_.sections.push_back({.kind = kind, .name = std::string(name_), .is_bad = true, .where = where});
}

void SectionMaker::add(Value root, bool is_bad) {
  if (is_nothing(root)) {
    if (is_main()) add_main({.kind = Value::Kind::map, .where = root.where}, is_bad);
  } else if (root.kind == Value::Kind::map) {
    add_map(std::move(root), is_bad);
  } else {
    fail(root.where, is_main() ? "the settings of porterd are a map" : "a service is a map of attributes",
         std::string(kMap));
  }
  ++count_;
}

void SectionMaker::finish(const Location& whole) {
  if (is_main()) add_main({.kind = Value::Kind::map, .where = whole}, false);
}

void SectionMaker::add_map(Value root, bool is_bad) {
  if (is_main()) return add_main(std::move(root), is_bad);
  const auto kind = role_ == FileRole::drop_in ? Section::Kind::drop_in : Section::Kind::service;
  add_section(kind, std::string(role_ == FileRole::main ? "" : name_), std::move(root), is_bad);
}

// What --dump=json prints says everything twice: for readers, and as the configuration itself.
void SectionMaker::add_dump(Value root, bool is_bad) {
  for (auto& [key, value] : root.entries) {
    if (key.text == kConfiguration && value.kind == Value::Kind::map) return add_main(std::move(value), is_bad);
    if (key.text == kConfiguration) return fail(value.where, "the settings of porterd are a map", std::string(kMap));
  }
}

void SectionMaker::add_main(Value root, bool is_bad) {
  if (is_dump(root)) return add_dump(std::move(root), is_bad);
  Value global{.kind = Value::Kind::map, .where = root.where};
  std::vector<Value> services;
  std::vector<Value> defaults;
  for (auto& entry : root.entries) {
    if (entry.first.text == "defaults") {
      defaults.push_back(std::move(entry.second));
    } else if (entry.first.text == "services") {
      services.push_back(std::move(entry.second));
    } else {
      global.entries.push_back(std::move(entry));
    }
  }
  add_section(Section::Kind::global, "", std::move(global), is_bad);
  for (auto& map : defaults) add_section(Section::Kind::defaults, "", std::move(map), is_bad);
  for (auto& list : services) add_services(std::move(list));
}

void SectionMaker::add_services(Value services) {
  if (is_nothing(services)) return;
  if (services.kind != Value::Kind::list) return fail(services.where, "'services' is a list of maps");
  for (auto& item : services.items) add_section(Section::Kind::service, "", std::move(item), false);
}

void SectionMaker::add_section(Section::Kind kind, std::string name, Value map, bool is_bad) {
  if (map.kind != Value::Kind::map && !is_nothing(map))
    return fail(map.where, "a map of attributes is wanted here", std::string(kMap));
  Section section{.kind = kind, .name = std::move(name), .is_bad = is_bad, .where = map.where};
  section.settings = settings_of(std::move(map));
  document_.sections.push_back(std::move(section));
}

}  // namespace porterd::config
