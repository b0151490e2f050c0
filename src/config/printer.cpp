// SPDX-License-Identifier: Apache-2.0
#include "config/printer.h"

#include <fmt/format.h>

#include <span>

#include "config/codec.h"
#include "config/emit.h"
#include "config/table.h"

namespace porterd::config {
namespace {

struct Line {
  std::string_view name;
  Value value;
};

// The settings that make `record` out of a new one.
template <typename Record>
std::vector<Line> lines_of(const Record& record, std::span<const Attribute<Record>> rows) {
  const Record fresh;
  std::vector<Line> lines;
  for (const auto& row : rows)
    if (!row.is_equal(record, fresh)) lines.push_back({row.name, row.print(record)});
  return lines;
}

void add_yaml(std::string& text, const std::vector<Line>& lines) {
  for (const auto& [name, value] : lines) text += fmt::format("{}: {}\n", name, emit_yaml(value));
}

void add_json(std::string& text, const std::vector<Line>& lines, std::string_view indent) {
  const char* separator = "";
  for (const auto& [name, value] : lines) {
    text += fmt::format("{}{}{}: {}", separator, indent, json_string(name), emit_json(value));
    separator = ",\n";
  }
}

}  // namespace

std::string dump_yaml(const Global& global) {
  std::string text;
  add_yaml(text, lines_of(global, global_attributes()));
  return text;
}

std::string dump_yaml(const Service& service) {
  std::string text;
  add_yaml(text, lines_of(service, service_attributes()));
  return text;
}

std::string dump_yaml(const Config& config) {
  std::string text = dump_yaml(config.global);
  for (const auto& service : config.services) text += "---\n" + dump_yaml(service);
  return text;
}

std::string dump_json(const Config& config) {
  std::string text = "{\n";
  const auto global = lines_of(config.global, global_attributes());
  add_json(text, global, "  ");
  text += global.empty() ? "  \"services\": [" : ",\n  \"services\": [";
  const char* separator = "\n    {\n";
  for (const auto& service : config.services) {
    text += separator;
    add_json(text, lines_of(service, service_attributes()), "      ");
    separator = "\n    },\n    {\n";
  }
  text += config.services.empty() ? "]\n}\n" : "\n    }\n  ]\n}\n";
  return text;
}

}  // namespace porterd::config
