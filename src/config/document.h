// SPDX-License-Identifier: Apache-2.0
//
// What a reader yields: sections of settings, each with its place in the text. Readers know syntax and
// nothing of meaning; the compiler (compile.h) gives settings their meaning through the table (table.h).
// YAML (yaml_reader.h) and xinetd.conf (xinetd_reader.h) yield the same Document.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace porterd::config {

/// One text that was read, kept as long as somebody points into it.
struct SourceFile {
  std::string path;  ///< as it is shown to the user
  std::string text;
  bool is_by_entry = false;  ///< a mistake concerns its entry alone, as in inetd.conf; else the whole file
};

/// A place in a source. Line and column count from 1, columns in bytes; line 0 means the file as a whole.
struct Location {
  std::shared_ptr<const SourceFile> file{};
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 1;  ///< bytes to underline

  /// "conf.d/finger.yaml:3:9", without line and column where there are none.
  [[nodiscard]] std::string text() const;
};

/// A value as written. Codecs read the text themselves; nothing has been guessed about its type.
struct Value {
  enum class Kind : std::uint8_t { scalar, list, map };

  Kind kind = Kind::scalar;
  bool is_quoted = false;                          ///< scalar in quotes: never a keyword such as `yes` or `unlimited`
  std::string text{};                              ///< scalar
  std::vector<Value> items{};                      ///< list
  std::vector<std::pair<Value, Value>> entries{};  ///< map, in the order written; keys are scalars
  Location where{};
};

/// How a setting combines with what was set before: `=`, `+=`, `-=`.
enum class Operator : std::uint8_t { assign, add, remove };

/// One `name operator value`.
struct Setting {
  std::string name{};
  Operator op = Operator::assign;
  Value value{};
  Location where{};  ///< of the name
  /// Nobody wrote it: the reader says what its format means where nothing is said.
  bool is_implied = false;
};

/// Why a service does not run, in the words of the normal form (normal_form.h).
enum class LeftOutReason : std::uint8_t {
  disabled,       ///< by itself
  disabled_list,  ///< by xinetd's `disabled`
  not_enabled,    ///< others are, by xinetd's `enabled`
  syntax_error,   ///< it could not be read
  bad_attribute,  ///< a value was refused
  check_failed,   ///< something is missing, does not fit, or is not served
};
inline constexpr std::string_view kLeftOutReasonNames[] = {
    "disabled", "disabled-list", "not-enabled-or-bad-attribute", "syntax-error", "bad-attribute", "check-failed"};
constexpr std::span<const std::string_view> enum_names(LeftOutReason) { return kLeftOutReasonNames; }

/// A service that was read and does not run.
struct LeftOut {
  std::string name;
  std::string id;
  LeftOutReason reason = LeftOutReason::disabled;
};

/// A group of settings: the global ones, the `defaults`, one service, or a drop-in for one service.
struct Section {
  enum class Kind : std::uint8_t { global, defaults, service, drop_in };

  Kind kind = Kind::service;
  std::string name{};  ///< service: what it is called when it does not say (the file's stem); drop_in: the id it is for
  std::vector<Setting> settings{};        ///< in the order in which they take effect
  bool is_bad = false;                    ///< its reader has reported an error in it: to be left out
  std::optional<LeftOutReason> reason{};  ///< why it is bad or disabled, when its reader knows better than the compiler
  Location where{};
  /// service: whether the sections of kind `defaults` apply. Other formats have defaults of their own, worked in
  /// already.
  bool takes_defaults = true;
};

/// Everything that one configuration says, in the order in which it takes effect.
struct Document {
  std::vector<Section> sections;
};

}  // namespace porterd::config
