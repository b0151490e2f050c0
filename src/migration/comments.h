// SPDX-License-Identifier: Apache-2.0
//
// Comments of an original, found by the line that they stand at, as comments of YAML. A service gets each of them once.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/document.h"

namespace porterd::migration {

class Comments {
 public:
  /// `signs`: what a comment's line may begin with.
  explicit Comments(std::string_view signs) : signs_(signs) {}

  /// What was handed out may be handed out again, to another service.
  void begin_service() { handed_out_.clear(); }

  /// The comments between the line of `where` and the one before it that says something: lines that begin with '#' and
  /// end with a line end. Blank lines between them are kept. Bytes that are not UTF-8 are taken for Latin-1.
  [[nodiscard]] std::string above(const config::Location& where);
  /// Those that follow its line, up to the next one that says something.
  [[nodiscard]] std::string below(const config::Location& where);

 private:
  using Lines = std::vector<std::string_view>;

  [[nodiscard]] const Lines& lines_of(const std::shared_ptr<const config::SourceFile>& file);
  [[nodiscard]] bool says_nothing(std::string_view line) const;
  [[nodiscard]] std::string shown(const config::Location& where, std::size_t begin, std::size_t end);

  std::string signs_;
  std::unordered_map<std::shared_ptr<const config::SourceFile>, Lines> lines_;
  std::set<std::pair<const config::SourceFile*, std::size_t>> handed_out_;
};

/// `text` as UTF-8 without control characters, whatever it was: what YAML takes in a comment.
[[nodiscard]] std::string comment_text(std::string_view text);

}  // namespace porterd::migration
