// SPDX-License-Identifier: Apache-2.0
//
// The text of xinetd.conf: lines, words and the form of an attribute line, with their places. xinetd knows no quotes,
// no escapes, no continued lines and no comments after a value; a NUL ends its line.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/codec.h"
#include "config/document.h"

namespace porterd::config {

/// What stands between blanks and tabs.
struct XinetdWord {
  std::string_view text;
  Location where;
};
using XinetdWords = std::span<const XinetdWord>;

/// A line that is neither blank nor a comment. Valid as long as its source is.
struct XinetdLine {
  std::shared_ptr<const SourceFile> file{};
  std::uint32_t number = 0;
  std::string_view text{};

  /// `length` bytes from `offset` on.
  [[nodiscard]] Location place(std::size_t offset, std::size_t length) const;
  /// The words from `offset` on.
  [[nodiscard]] std::vector<XinetdWord> words(std::size_t offset = 0) const;
  /// Whether `sign` stands there alone.
  [[nodiscard]] bool is_only(char sign) const;
};

/// Hands out the lines of a source one after the other, without blank lines and comments.
class XinetdLines {
 public:
  explicit XinetdLines(std::shared_ptr<const SourceFile> file);
  [[nodiscard]] std::optional<XinetdLine> next();

 private:
  std::shared_ptr<const SourceFile> file_;
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

/// `NAME OPERATOR VALUE…`.
struct XinetdAssignment {
  XinetdWord name;
  Operator op = Operator::assign;
  std::vector<XinetdWord> values;
  XinetdLine line;

  /// The line without what looks like a comment after its values, or nothing if there is no such thing.
  [[nodiscard]] std::string without_comment() const;
  /// The place of all values; of the name when there are none.
  [[nodiscard]] Location where_values() const;
};

/// A rejection is a syntax error, for which xinetd drops the whole entry.
[[nodiscard]] Parsed<XinetdAssignment> parse_xinetd_assignment(const XinetdLine& line);

/// What xinetd takes for blank: isspace(3) in the C locale.
[[nodiscard]] constexpr bool is_xinetd_space(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

}  // namespace porterd::config
