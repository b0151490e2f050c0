// SPDX-License-Identifier: Apache-2.0
//
// Whether a line is one JSON object (RFC 8259) of strings and numbers in valid UTF-8, as log lines are. Stricter than
// it need be: no blanks, no nesting.
#pragma once

#include <cctype>
#include <string_view>

#include "log/utf8.h"

namespace porterd::log {

class JsonCheck {
 public:
  explicit JsonCheck(std::string_view text) : rest_(text) {}

  bool is_object() {
    if (!take('{')) return false;
    do {
      if (!is_string() || !take(':') || !is_value()) return false;
    } while (take(','));
    return take('}') && rest_.empty();
  }

 private:
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool is_value() { return !rest_.empty() && rest_.front() == '"' ? is_string() : is_number(); }

  bool is_digits() {
    std::size_t count = 0;
    while (count < rest_.size() && std::isdigit(static_cast<unsigned char>(rest_[count])) != 0) ++count;
    rest_.remove_prefix(count);
    return count > 0;
  }

  bool is_number() {
    take('-');
    return is_digits() && (!take('.') || is_digits());
  }

  bool is_escape() {
    if (rest_.empty()) return false;
    const char kind = rest_.front();
    rest_.remove_prefix(1);
    if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
    if (rest_.size() < 4) return false;
    for (const char digit : rest_.substr(0, 4))
      if (std::isxdigit(static_cast<unsigned char>(digit)) == 0) return false;
    rest_.remove_prefix(4);
    return true;
  }

  bool is_string() {
    if (!take('"')) return false;
    while (!rest_.empty() && !take('"')) {
      const Character character = first_character(rest_);
      if (!character.is_valid || character.point < 0x20) return false;
      rest_.remove_prefix(character.length);
      if (character.point == U'\\' && !is_escape()) return false;
      if (!rest_.empty()) continue;
      return false;
    }
    return true;
  }

  std::string_view rest_;
};

[[nodiscard]] inline bool is_json_object(std::string_view text) { return JsonCheck(text).is_object(); }

}  // namespace porterd::log
