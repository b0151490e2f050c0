// SPDX-License-Identifier: Apache-2.0
#include "config/codec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/utf8.h"

namespace porterd::config {
namespace {

std::unexpected<Rejection> rejection(const Value& value, std::string message, std::string hint, Rejection::Kind kind) {
  return std::unexpected(Rejection{std::move(message), std::move(hint), value.where, kind});
}

}  // namespace

std::unexpected<Rejection> reject(const Value& value, std::string message, std::string hint) {
  return rejection(value, std::move(message), std::move(hint), Rejection::Kind::malformed);
}

std::unexpected<Rejection> reject_here(const Value& value, std::string message, std::string hint) {
  return rejection(value, std::move(message), std::move(hint), Rejection::Kind::unknown_here);
}

Parsed<std::string_view> text_of(const Value& value) {
  if (value.kind == Value::Kind::list) return reject(value, "a list is not taken here");
  if (value.kind == Value::Kind::map) return reject(value, "a map is not taken here");
  if (value.text.empty()) return reject(value, "needs a value");
  if (value.text.contains('\0')) return reject(value, "holds a NUL character");
  return std::string_view(value.text);
}

bool is_keyword(const Value& value, std::string_view word) {
  return value.kind == Value::Kind::scalar && !value.is_quoted && value.text == word;
}

std::string shown(const Value& value) {
  constexpr std::size_t kLongest = 60;
  switch (value.kind) {
    case Value::Kind::list:
      return "a list";
    case Value::Kind::map:
      return "a map";
    case Value::Kind::scalar:
      break;
  }
  if (value.text.empty()) return "nothing";
  const char* quote = value.is_quoted ? "\"" : "'";
  if (value.text.size() <= kLongest) return quote + value.text + quote;
  return quote + value.text.substr(0, kLongest) + "…" + quote;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> names, std::string otherwise) {
  const auto near = base::nearest(base::to_lower(word), names);
  return near ? fmt::format("did you mean '{}'?", *near) : std::move(otherwise);
}

std::string one_of(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (index > 0) text += index + 1 == names.size() ? " or " : ", ";
    text += names[index];
  }
  return text;
}

const Value* entry_named(const Value& map, std::string_view key) {
  const auto found = std::ranges::find_if(map.entries, [&](const auto& entry) { return entry.first.text == key; });
  return found == map.entries.end() ? nullptr : &found->second;
}

Parsed<void> allow_keys(const Value& map, std::span<const std::string_view> keys) {
  for (const auto& [key, value] : map.entries) {
    if (std::ranges::find(keys, key.text) != keys.end()) continue;
    return reject(key, fmt::format("unknown key '{}'", key.text),
                  did_you_mean(key.text, keys, "keys: " + one_of(keys)));
  }
  return {};
}

Value plain(std::string text) {
  Value value;
  value.text = std::move(text);
  return value;
}

Value quotable(std::string text) {
  Value value = plain(std::move(text));
  value.is_quoted = true;
  return value;
}

Value list_of(std::vector<Value> items) {
  Value value;
  value.kind = Value::Kind::list;
  value.items = std::move(items);
  return value;
}

Value map_of(std::vector<std::pair<std::string_view, Value>> entries) {
  Value value;
  value.kind = Value::Kind::map;
  for (auto& [key, entry] : entries) value.entries.emplace_back(quotable(std::string(key)), std::move(entry));
  return value;
}

std::string schema_enum(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "" : ", ") + json_string(name);
  return "{\"enum\": [" + text + "]}";
}

std::string schema_pattern(std::string_view pattern) {
  return fmt::format(R"({{"type": ["string", "number"], "pattern": {}}})", json_string(pattern));
}

std::string schema_any(std::vector<std::string> alternatives) {
  return fmt::format(R"({{"anyOf": [{}]}})", fmt::join(alternatives, ", "));
}

std::string schema_object(const std::vector<std::pair<std::string_view, std::string>>& properties,
                          std::string_view required) {
  std::string text;
  for (const auto& [name, schema] : properties)
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", json_string(name), schema);
  const auto needed = required.empty() ? "" : fmt::format(R"("required": [{}], )", json_string(required));
  return fmt::format(R"({{"type": "object", {}"additionalProperties": false, "properties": {{{}}}}})", needed, text);
}

namespace {

void add_json(std::string& result, std::string_view good) {
  for (const char letter : good) {
    const auto byte = static_cast<unsigned>(static_cast<unsigned char>(letter));
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (letter == '\n') {
      result += "\\n";
    } else if (letter == '\t') {
      result += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\u{:04x}", byte);
    } else {
      result += letter;
    }
  }
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string result = "\"";
  while (const auto bad = first_bad_byte(text)) {
    add_json(result, text.substr(0, *bad));
    // As Python has it ("surrogateescape"): JSON itself is always UTF-8, and such an escape is no character.
    const auto byte = static_cast<unsigned>(static_cast<unsigned char>(text[*bad]));
    result += fmt::format("\\u{:04x}", byte == 0 ? 0 : 0xdc00 + byte);
    text.remove_prefix(*bad + 1);
  }
  add_json(result, text);
  return result + '"';
}

}  // namespace porterd::config
