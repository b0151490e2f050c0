// SPDX-License-Identifier: Apache-2.0
//
// What a codec is. A codec turns a Value into a typed value or says precisely what is wrong with it, turns
// the typed value back into a Value that reads as the same, and describes what it takes.
//
//   struct Codec {
//     using Type = …;
//     static constexpr std::string_view kForm = "yes or no";        // what would be right
//     static Parsed<Type> parse(const Value&, const Context&);
//     static Value print(const Type&);
//     static std::string schema();                                  // JSON Schema of one value, as JSON
//   };
//
// Codecs for sets parse a whole list (`Type` is a vector) and are used with Set<…> in table_rows.h.
// Words that stand for something else than themselves (yes, unlimited, none) count only when they are not in quotes.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/diagnostics.h"
#include "config/document.h"
#include "config/world.h"

namespace porterd::config {

/// Why a value was not taken.
struct Rejection {
  /// `malformed` is wrong on every machine; `unknown_here` depends on this one, e.g. a user that it does not have.
  enum class Kind : std::uint8_t { malformed, unknown_here };

  std::string message;  ///< one sentence, lower case, no full stop
  std::string hint;     ///< what would be right; empty: the codec's form
  Location where;       ///< of the part that is wrong
  Kind kind = Kind::malformed;
};

template <typename T>
using Parsed = std::expected<T, Rejection>;

/// What a codec may use besides the value.
struct Context {
  const World& world;
  Diagnostics& diagnostics;  ///< for warnings about values that are taken

  void warn(const Location& where, std::string message, std::string hint = {}) const {
    diagnostics.add(Severity::warning, where, std::move(message), std::move(hint));
  }
};

/// A rejection of `value`. An empty hint is filled with the codec's form.
[[nodiscard]] std::unexpected<Rejection> reject(const Value& value, std::string message, std::string hint = {});
/// A rejection because this machine does not know what `value` names.
[[nodiscard]] std::unexpected<Rejection> reject_here(const Value& value, std::string message, std::string hint = {});

/// The scalar's text, or a rejection: "needs a value", "a list is not taken here", ….
[[nodiscard]] Parsed<std::string_view> text_of(const Value& value);
/// Whether `value` is the plain (not quoted) scalar `word`.
[[nodiscard]] bool is_keyword(const Value& value, std::string_view word);
/// "'abc'", or "nothing" when it is empty, or what else stands there: for messages.
[[nodiscard]] std::string shown(const Value& value);
/// "did you mean 'x'?" when one of `names` is near to `word`, else `otherwise`.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> names,
                                       std::string otherwise = {});
/// "one, two or three".
[[nodiscard]] std::string one_of(std::span<const std::string_view> names);

/// A map's value under `key`, or nothing.
[[nodiscard]] const Value* entry_named(const Value& map, std::string_view key);
/// A rejection when `map` has a key that is none of `keys`.
[[nodiscard]] Parsed<void> allow_keys(const Value& map, std::span<const std::string_view> keys);

/// Values as codecs print them: a number or a keyword …
[[nodiscard]] Value plain(std::string text);
/// … a text, which is put in quotes where it would be taken for something else …
[[nodiscard]] Value quotable(std::string text);
[[nodiscard]] Value list_of(std::vector<Value> items);
[[nodiscard]] Value map_of(std::vector<std::pair<std::string_view, Value>> entries);

/// JSON Schema fragments.
[[nodiscard]] std::string schema_enum(std::span<const std::string_view> names);
[[nodiscard]] std::string schema_pattern(std::string_view pattern);  ///< a string, or a number written plainly
[[nodiscard]] std::string schema_any(std::vector<std::string> alternatives);
[[nodiscard]] std::string schema_object(const std::vector<std::pair<std::string_view, std::string>>& properties,
                                        std::string_view required = {});
/// `text` as a JSON string, with its quotes. A byte that is not UTF-8 becomes an escape that no reader takes for a
/// character: \udc80 to \udcff.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace porterd::config
