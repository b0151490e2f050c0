// SPDX-License-Identifier: Apache-2.0
#include "config/codecs_env.h"

#include <algorithm>

#include "config/codecs_basic.h"

namespace porterd::config {
namespace {

Parsed<void> add_pair(const Value& item, Environment& environment) {
  const auto text = text_of(item);
  if (!text) return std::unexpected(text.error());
  const auto sign = text->find('=');
  if (sign == std::string_view::npos || sign == 0) return reject(item, shown(item) + " is not NAME=value");
  set_variable(environment, std::string(text->substr(0, sign)), std::string(text->substr(sign + 1)));
  return {};
}

Parsed<void> add_entry(const Value& key, const Value& value, Environment& environment, const Context& context) {
  auto name = VariableName::parse(key, context);
  if (!name) return std::unexpected(std::move(name).error());
  auto text = Text::parse(value, context);
  if (!text) {
    if (value.kind == Value::Kind::scalar && value.text.empty()) text.error().hint = R"(write "" for an empty value)";
    return std::unexpected(std::move(text).error());
  }
  set_variable(environment, std::move(*name), std::move(*text));
  return {};
}

}  // namespace

void set_variable(Environment& environment, std::string name, std::string value) {
  const auto place = std::ranges::find(environment, name, &Environment::value_type::first);
  if (place != environment.end()) {
    place->second = std::move(value);
  } else {
    environment.emplace_back(std::move(name), std::move(value));
  }
}

bool remove_variable(Environment& environment, std::string_view name) {
  return std::erase_if(environment, [&](const auto& entry) { return entry.first == name; }) > 0;
}

Parsed<std::string> VariableName::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  if (text->contains('=')) return reject(value, shown(value) + " is not the name of a variable");
  return std::string(*text);
}

std::string VariableName::schema() { return R"({"type": "string", "pattern": "^[^=]+$"})"; }

Parsed<Environment> EnvironmentCodec::parse(const Value& value, const Context& context) {
  Environment environment;
  if (value.kind == Value::Kind::map) {
    for (const auto& [key, entry] : value.entries)
      if (auto added = add_entry(key, entry, environment, context); !added)
        return std::unexpected(std::move(added).error());
    return environment;
  }
  for (const auto& item : items_of(value))
    if (auto added = add_pair(item, environment); !added) return std::unexpected(std::move(added).error());
  return environment;
}

Value EnvironmentCodec::print(const Environment& value) {
  Value map = map_of({});
  for (const auto& [name, text] : value) map.entries.emplace_back(quotable(name), quotable(text));
  return map;
}

std::string EnvironmentCodec::schema() {
  // Items have no "=" where names are removed.
  return schema_any({schema_list(R"({"type": "string"})"),
                     fmt::format(R"({{"type": "object", "additionalProperties": {}}})", Text::schema())});
}

}  // namespace porterd::config
