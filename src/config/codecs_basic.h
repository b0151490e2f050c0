// SPDX-License-Identifier: Apache-2.0
//
// Codecs for plain values: yes/no, numbers, durations, texts, paths, fixed lists of names. See codec.h for
// what a codec is.
#pragma once

#include <fmt/format.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/text.h"
#include "config/codec.h"

namespace porterd::config {

struct YesNo {
  using Type = bool;
  static constexpr std::string_view kForm = "yes or no";
  static Parsed<bool> parse(const Value& value, const Context&);
  static Value print(bool value) { return plain(value ? "yes" : "no"); }
  static std::string schema();
};

/// A whole number in a range. Parsing is shared by all ranges.
[[nodiscard]] Parsed<std::int64_t> parse_number(const Value& value, std::int64_t least, std::int64_t most);
[[nodiscard]] std::string schema_integer(std::int64_t least, std::int64_t most);

template <typename T, std::int64_t kLeast, std::int64_t kMost>
struct Number {
  using Type = T;
  static constexpr std::string_view kForm = "a whole number";
  static Parsed<T> parse(const Value& value, const Context&) {
    const auto number = parse_number(value, kLeast, kMost);
    if (!number) return std::unexpected(number.error());
    return static_cast<T>(*number);
  }
  static Value print(T value) { return plain(std::to_string(value)); }
  static std::string schema() { return schema_integer(kLeast, kMost); }
};

/// `unlimited`, or what Codec takes.
template <typename Codec>
struct OrUnlimited {
  using Type = std::optional<typename Codec::Type>;
  static constexpr std::string_view kForm = Codec::kForm;
  static Parsed<Type> parse(const Value& value, const Context& context) {
    if (is_keyword(value, "unlimited")) return Type();
    auto parsed = Codec::parse(value, context);
    if (!parsed) return std::unexpected(std::move(parsed).error());
    return Type(std::move(*parsed));
  }
  static Value print(const Type& value) { return value ? Codec::print(*value) : plain("unlimited"); }
  static std::string schema() { return schema_any({Codec::schema(), R"({"const": "unlimited"})"}); }
};

/// What Codec takes, for a field that is std::optional because "not set" is a meaning of its own.
template <typename Codec>
struct Optional {
  using Type = std::optional<typename Codec::Type>;
  static constexpr std::string_view kForm = Codec::kForm;
  static Parsed<Type> parse(const Value& value, const Context& context) {
    auto parsed = Codec::parse(value, context);
    if (!parsed) return std::unexpected(std::move(parsed).error());
    return Type(std::move(*parsed));
  }
  static Value print(const Type& value) { return value ? Codec::print(*value) : plain(""); }
  static std::string schema() { return Codec::schema(); }
};

/// How many of something: 1 or more.
struct Count : Number<std::uint32_t, 1, std::numeric_limits<std::uint32_t>::max()> {
  static constexpr std::string_view kForm = "a whole number such as 10, or unlimited";
};

/// How many there may be: 0 is none at all.
struct Maximum : Number<std::uint32_t, 0, std::numeric_limits<std::uint32_t>::max()> {
  static constexpr std::string_view kForm = "a whole number such as 10, or unlimited";
};

/// A file mode or mask, always octal.
struct Octal {
  using Type = mode_t;
  static constexpr std::string_view kForm = "an octal number such as 022";
  static Parsed<mode_t> parse(const Value& value, const Context&);
  static Value print(mode_t value);
  static std::string schema();
};

struct Duration {
  using Type = std::chrono::milliseconds;
  static constexpr std::string_view kForm = "a duration such as 250ms, 10s, 5m or 1h30m";
  static Parsed<Type> parse(const Value& value, const Context&);
  static Value print(Type value) { return plain(base::print_duration(value)); }
  static std::string schema();
};

/// A decimal fraction above zero.
struct Fraction {
  using Type = double;
  static constexpr std::string_view kForm = "a number above 0 such as 4 or 2.5, or unlimited";
  static Parsed<double> parse(const Value& value, const Context&);
  static Value print(double value) { return plain(fmt::format("{}", value)); }
  static std::string schema();
};

/// Any text of one line.
struct Text {
  using Type = std::string;
  static constexpr std::string_view kForm = "a text";
  static Parsed<std::string> parse(const Value& value, const Context&);
  static Value print(const std::string& value) { return quotable(value); }
  static std::string schema();
};

/// A service's name or id: what can stand in a log line and in a file's name.
struct ServiceName {
  using Type = std::string;
  static constexpr std::string_view kForm = "letters, digits and any of . _ + - (not first), at most 64";
  static Parsed<std::string> parse(const Value& value, const Context&);
  static Value print(const std::string& value) { return quotable(value); }
  static std::string schema();
};

/// Whether ServiceName takes it.
[[nodiscard]] bool is_service_name(std::string_view text);

struct AbsolutePath {
  using Type = std::string;
  static constexpr std::string_view kForm = "an absolute path";
  static Parsed<std::string> parse(const Value& value, const Context&);
  static Value print(const std::string& value) { return quotable(value); }
  static std::string schema();
};

/// `none` (empty) or an absolute path.
struct OptionalPath {
  using Type = std::string;
  static constexpr std::string_view kForm = "an absolute path, or none";
  static Parsed<std::string> parse(const Value& value, const Context& context);
  static Value print(const std::string& value) { return value.empty() ? plain("none") : quotable(value); }
  static std::string schema();
};

/// One name of a fixed list. Parsing is shared by all lists.
[[nodiscard]] Parsed<std::size_t> parse_name(const Value& value, std::span<const std::string_view> names);

template <typename E>
struct Enum {
  using Type = E;
  static constexpr std::string_view kForm{};  // reject() lists the names
  static Parsed<E> parse(const Value& value, const Context&) {
    const auto index = parse_name(value, enum_names(E{}));
    if (!index) return std::unexpected(index.error());
    return static_cast<E>(*index);
  }
  static Value print(E value) { return plain(std::string(base::name_of(value))); }
  static std::string schema() { return schema_enum(enum_names(E{})); }
};

/// Items of a list, or the one scalar that stands for a list of one.
[[nodiscard]] std::span<const Value> items_of(const Value& value);
[[nodiscard]] std::string schema_list(const std::string& item);

/// A list (or a single one) of what Codec takes. An empty list is written [].
template <typename Codec>
struct ListOf {
  using Item = typename Codec::Type;
  using Type = std::vector<Item>;
  static constexpr std::string_view kForm = Codec::kForm;
  static Parsed<Type> parse(const Value& value, const Context& context) {
    Type parsed;
    for (const auto& item : items_of(value)) {
      auto one = Codec::parse(item, context);
      if (!one) return std::unexpected(std::move(one).error());
      parsed.push_back(std::move(*one));
    }
    return parsed;
  }
  static Value print(const Type& value) {
    std::vector<Value> items;
    for (const auto& item : value) items.push_back(Codec::print(item));
    return list_of(std::move(items));
  }
  static std::string schema() { return schema_list(Codec::schema()); }
};

/// The arguments of a server: a list of texts, or one text that is split at blanks.
struct Arguments {
  using Type = std::vector<std::string>;
  static constexpr std::string_view kForm = "a list of arguments, or one text that is split at blanks";
  static Parsed<Type> parse(const Value& value, const Context&);
  static Value print(const Type& value);
  static std::string schema();
};

}  // namespace porterd::config
