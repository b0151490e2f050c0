// SPDX-License-Identifier: Apache-2.0
//
// The JSON Schema that follows from the table. Draft 7, because that is what editors' YAML servers know best.
#include <fmt/format.h>

#include "config/codec.h"
#include "config/printer.h"
#include "config/table.h"

namespace porterd::config {
namespace {

using Properties = std::vector<std::string>;

std::string description_of(const AttributeText& row) {
  return row.more.empty() ? std::string(row.line) : fmt::format("{}. {}", row.line, row.more);
}

void add_property(Properties& properties, std::string_view name, const std::string& schema,
                  const std::string& description) {
  properties.push_back(
      fmt::format(R"({}: {{"description": {}, "allOf": [{}]}})", json_string(name), json_string(description), schema));
}

template <typename Record>
void add_row(Properties& properties, const Attribute<Record>& row) {
  const auto schema = row.schema();
  const auto description = description_of(row);
  add_property(properties, row.name, schema, description);
  if (!row.alias.empty()) add_property(properties, row.alias, schema, description);
  if (row.operators != Operators::set) return;
  for (const std::string_view blank : {"", " "}) {
    add_property(properties, fmt::format("{}{}+", row.name, blank), schema, fmt::format("adds to {}", row.name));
    add_property(properties, fmt::format("{}{}-", row.name, blank), schema, fmt::format("removes from {}", row.name));
  }
}

std::string object_of(const Properties& properties) {
  // An empty document, or an empty `defaults:`, is null.
  return fmt::format(
      "{{\"type\": [\"object\", \"null\"], \"additionalProperties\": false, \"properties\": {{\n      {}\n    }}}}",
      fmt::join(properties, ",\n      "));
}

Properties service_properties(InDefaults least) {
  Properties properties;
  for (const auto& row : service_attributes())
    if (least == InDefaults::no || row.in_defaults == InDefaults::yes) add_row(properties, row);
  return properties;
}

Properties main_properties() {
  Properties properties;
  for (const auto& row : global_attributes()) add_row(properties, row);
  add_property(properties, "defaults", R"({"$ref": "#/definitions/defaults"})",
               "attributes that every service has unless it says otherwise");
  add_property(properties, "services", R"({"type": "array", "items": {"$ref": "#/definitions/service"}})",
               "services, as an alternative to files of their own");
  return properties;
}

// What only porterd.yaml has; a document with one of these is checked as such, every other as a service.
std::string is_main() {
  std::vector<std::string> tests{R"({"required": ["defaults"]})", R"({"required": ["services"]})"};
  for (const auto& row : global_attributes())
    if (find_service_attribute(row.name) == nullptr)
      tests.push_back(fmt::format(R"({{"required": [{}]}})", json_string(row.name)));
  return fmt::format(R"({{"anyOf": [{}]}})", fmt::join(tests, ", "));
}

}  // namespace

std::string schema() {
  return fmt::format(
      R"({{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "porterd configuration",
  "if": {},
  "then": {{"$ref": "#/definitions/main"}},
  "else": {{"$ref": "#/definitions/service"}},
  "definitions": {{
    "main": {},
    "defaults": {},
    "service": {}
  }}
}}
)",
      is_main(), object_of(main_properties()), object_of(service_properties(InDefaults::yes)),
      object_of(service_properties(InDefaults::no)));
}

}  // namespace porterd::config
