// SPDX-License-Identifier: Apache-2.0
#include "config/emit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/codec.h"

namespace porterd::config {
namespace {

// What some YAML reader takes for a boolean or for nothing.
constexpr std::array<std::string_view, 12> kWords{"yes", "no", "true", "false", "on",        "off",
                                                  "y",   "n",  "null", "none",  "unlimited", "~"};

constexpr bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' || letter == '/';
}
constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// Whether a text can stand without quotes in flow style and is then taken for nothing but text.
bool is_safe_text(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return false;
  const auto is_safe = [](char letter) {
    return is_letter(letter) || is_digit(letter) || std::string_view(".-+=").contains(letter);
  };
  return std::ranges::all_of(text, is_safe) &&
         std::ranges::none_of(kWords, [&](auto word) { return base::equal_ignoring_case(word, text); });
}

// The same for what a codec printed as a word, a number, or several: "50/s", "file /x", "1M:2M".
bool is_safe_plain(std::string_view text) {
  if (text.empty() || !(is_letter(text.front()) || is_digit(text.front()) || text.front() == '-')) return false;
  const auto is_safe = [](char letter) {
    return is_letter(letter) || is_digit(letter) || std::string_view(" .:+-").contains(letter);
  };
  return text.back() != ' ' && text.back() != ':' && !text.contains(": ") && text != "-" && !text.starts_with("- ") &&
         std::ranges::all_of(text, is_safe);
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (static_cast<unsigned char>(letter) < 0x20 || letter == '\x7f') {
      result += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(letter)));
    } else {
      result += letter;
    }
  }
  result += '"';
  return result;
}

std::string emit_scalar(const Value& value) {
  const bool is_safe = value.is_quoted ? is_safe_text(value.text) : is_safe_plain(value.text);
  return is_safe ? value.text : quoted(value.text);
}

// RFC 8259 section 6 has no leading zero; what a double cannot hold exactly stays a string.
bool is_json_number(std::string_view text) {
  constexpr std::size_t kExact = 15;
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.size() > kExact || (text.size() > 1 && text.front() == '0' && text[1] != '.')) return false;
  return base::parse_fraction(text).has_value();
}

std::string json_scalar(const Value& value) {
  if (!value.is_quoted) {
    if (value.text == "yes") return "true";
    if (value.text == "no") return "false";
    if (is_json_number(value.text)) return value.text;
  }
  return json_string(value.text);
}

// Both forms differ only in their scalars and keys.
template <typename Scalar>
std::string emit(const Value& value, Scalar scalar) {
  std::string text;
  const auto separate = [&] { text += text.size() > 1 ? ", " : ""; };
  switch (value.kind) {
    case Value::Kind::scalar:
      return scalar(value);
    case Value::Kind::list:
      text = "[";
      for (const auto& item : value.items) {
        separate();
        text += emit(item, scalar);
      }
      text += ']';
      return text;
    case Value::Kind::map:
      text = "{";
      for (const auto& [key, entry] : value.entries) {
        separate();
        text += scalar(key);
        text += ": ";
        text += emit(entry, scalar);
      }
      text += '}';
      return text;
  }
  return text;
}

}  // namespace

std::string emit_yaml(const Value& value) { return emit(value, emit_scalar); }
std::string emit_json(const Value& value) { return emit(value, json_scalar); }

}  // namespace porterd::config
