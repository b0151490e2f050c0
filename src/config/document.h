// SPDX-License-Identifier: Apache-2.0
//
// What a reader yields: sections of settings, each with its place in the text. Readers know syntax and
// nothing of meaning; the compiler (compile.h) gives settings their meaning through the table (table.h).
// YAML (yaml_reader.h) and xinetd.conf (xinetd_reader.h) yield the same Document.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
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

/// A group of settings: the global ones, the `defaults`, one service, or a drop-in for one service.
struct Section {
  enum class Kind : std::uint8_t { global, defaults, service, drop_in };

  Kind kind = Kind::service;
  std::string name{};  ///< service: what it is called when it does not say (the file's stem); drop_in: the id it is for
  std::vector<Setting> settings{};  ///< in the order in which they take effect
  bool is_bad = false;              ///< its reader has reported an error in it: to be left out
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
