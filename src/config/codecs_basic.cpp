// SPDX-License-Identifier: Apache-2.0
#include "config/codecs_basic.h"

#include <algorithm>
#include <array>

namespace porterd::config {
namespace {

constexpr std::array<std::string_view, 3> kYes{"yes", "true", "on"};
constexpr std::array<std::string_view, 3> kNo{"no", "false", "off"};

bool is_any_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_name_character(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         std::string_view("._+-").contains(letter);
}

// One text, whatever is in it but NUL; unlike text_of() it may be empty when quoted.
Parsed<std::string_view> any_text(const Value& value) {
  if (value.kind == Value::Kind::scalar && value.is_quoted && value.text.empty()) return std::string_view();
  return text_of(value);
}

}  // namespace

Parsed<bool> YesNo::parse(const Value& value, const Context&) {
  const auto word = text_of(value);
  if (!word) return std::unexpected(word.error());
  const bool is_yes = is_any_of(*word, kYes);
  if (!is_yes && !is_any_of(*word, kNo)) return reject(value, shown(value) + " is neither yes nor no");
  if (value.is_quoted)
    return reject(value, shown(value) + " is a text, not yes or no", fmt::format("write {} without quotes", *word));
  return is_yes;
}

std::string YesNo::schema() { return R"({"enum": [true, false, "yes", "no", "on", "off"]})"; }

Parsed<std::int64_t> parse_number(const Value& value, std::int64_t least, std::int64_t most) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  const auto number = base::parse_signed(*text);
  if (!number) return reject(value, shown(value) + " is not a whole number");
  if (*number < least || *number > most)
    return reject(value, shown(value) + " is out of range", fmt::format("a number from {} to {}", least, most));
  return *number;
}

std::string schema_integer(std::int64_t least, std::int64_t most) {
  return fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", least, most);
}

Parsed<mode_t> Octal::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  const auto number = base::parse_octal(*text, 0777);
  if (!number) return reject(value, shown(value) + " is not an octal number from 0 to 0777");
  return *number;
}

Value Octal::print(mode_t value) { return plain(fmt::format("{:04o}", value)); }
std::string Octal::schema() { return schema_pattern("^(0o)?[0-7]{1,4}$"); }

Parsed<Duration::Type> Duration::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 366);
  const auto duration = base::parse_duration(*text);
  if (!duration) return reject(value, shown(value) + " is not a duration");
  if (*duration > kLongest) return reject(value, shown(value) + " is too long", "at most 366d");
  return *duration;
}

std::string Duration::schema() {
  return schema_pattern("^([0-9]+|([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$");
}

Parsed<double> Fraction::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  const auto number = base::parse_fraction(*text);
  if (!number || *number <= 0) return reject(value, shown(value) + " is not a number above 0");
  return *number;
}

std::string Fraction::schema() { return R"({"type": "number", "exclusiveMinimum": 0})"; }

Parsed<std::string> Text::parse(const Value& value, const Context&) {
  const auto text = any_text(value);
  if (!text) return std::unexpected(text.error());
  return std::string(*text);
}

std::string Text::schema() { return R"({"type": ["string", "number", "boolean"]})"; }

Parsed<std::string> ServiceName::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  if (!is_service_name(*text)) return reject(value, shown(value) + " cannot be a service's name");
  return std::string(*text);
}

bool is_service_name(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, is_name_character) &&
         !std::string_view(".+-").contains(text.front());
}

std::string ServiceName::schema() { return schema_pattern("^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$"); }

Parsed<std::string> AbsolutePath::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  if (!text->starts_with('/'))
    return reject(value, shown(value) + " is not an absolute path", "a path that begins with /");
  return std::string(*text);
}

std::string AbsolutePath::schema() { return R"({"type": "string", "pattern": "^/"})"; }

Parsed<std::string> OptionalPath::parse(const Value& value, const Context& context) {
  if (is_keyword(value, "none")) return std::string();
  return AbsolutePath::parse(value, context);
}

std::string OptionalPath::schema() { return R"re({"type": "string", "pattern": "^(/|none$)"})re"; }

Parsed<std::size_t> parse_name(const Value& value, std::span<const std::string_view> names) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  const auto found = std::ranges::find(names, *text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return reject(value, shown(value) + " is not known here", did_you_mean(*text, names, one_of(names)));
}

std::span<const Value> items_of(const Value& value) {
  return value.kind == Value::Kind::list ? std::span<const Value>(value.items) : std::span<const Value>(&value, 1);
}

std::string schema_list(const std::string& item) {
  return schema_any({item, fmt::format(R"({{"type": "array", "items": {}}})", item)});
}

Parsed<Arguments::Type> Arguments::parse(const Value& value, const Context& context) {
  Type arguments;
  if (value.kind == Value::Kind::list) return ListOf<Text>::parse(value, context);
  const auto text = any_text(value);
  if (!text) return std::unexpected(text.error());
  for (const auto word : base::split_words(*text)) arguments.emplace_back(word);
  return arguments;
}

Value Arguments::print(const Type& value) { return ListOf<Text>::print(value); }

std::string Arguments::schema() { return schema_list(Text::schema()); }

}  // namespace porterd::config
