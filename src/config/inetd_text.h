// SPDX-License-Identifier: Apache-2.0
//
// inetd.conf as words, each with its place. Words are separated by blanks and tabs; a '#' begins a comment only as the
// first character of a line. A part of the reader (inetd_reader.h).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/inetd_dialect.h"

namespace porterd::config {

struct InetdWord {
  std::string text;
  Location where{};
  bool was_quoted = false;  ///< its quotes have been removed
};

/// Offsets of a file as places.
class InetdText {
 public:
  explicit InetdText(std::shared_ptr<const SourceFile> file);

  [[nodiscard]] std::string_view text() const { return file_->text; }
  [[nodiscard]] const std::shared_ptr<const SourceFile>& file() const { return file_; }
  [[nodiscard]] Location at(std::size_t offset, std::size_t length) const;
  /// Where the line that holds `offset` ends: at its line end, or at the end of the text.
  [[nodiscard]] std::size_t line_end(std::size_t offset) const;
  /// Where the words of that line end: a CR before the line end is none.
  [[nodiscard]] std::size_t words_end(std::size_t offset) const;
  [[nodiscard]] bool has_carriage_return() const;

 private:
  std::shared_ptr<const SourceFile> file_;
  std::vector<std::size_t> starts_;
};

/// The words of text [begin, end), which is of one line. With Quotes::literal, quotes are letters.
[[nodiscard]] std::vector<InetdWord> words_of(const InetdText& text, std::size_t begin, std::size_t end,
                                              InetdRules::Quotes quotes);

/// Whether these words are those of an entry in columns: the second is a type of socket, the fourth wait or nowait.
[[nodiscard]] bool is_entry(const std::vector<InetdWord>& words);

}  // namespace porterd::config
