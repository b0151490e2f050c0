// SPDX-License-Identifier: Apache-2.0
//
// From a parser's marks to locations that underline just what is meant.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "config/document.h"

namespace porterd::config {

/// A place as a parser tells it: all counted from 0, in bytes.
struct Mark {
  std::size_t position = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// Places in one text.
class Places {
 public:
  explicit Places(std::shared_ptr<const SourceFile> file) : file_(std::move(file)) {}

  /// `length` bytes from the mark on.
  [[nodiscard]] Location at(const Mark& mark, std::size_t length = 1) const;
  /// The scalar that reads as `text`; the mark may be that of its anchor or tag.
  [[nodiscard]] Location scalar(const Mark& mark, std::string_view text) const;
  /// An alias, "*name".
  [[nodiscard]] Location alias(const Mark& mark) const;
  /// The byte at `position`.
  [[nodiscard]] Location byte(std::size_t position) const;
  [[nodiscard]] Location whole() const { return {.file = file_}; }

  /// The rest of the line from the mark on.
  [[nodiscard]] std::string_view rest(const Mark& mark) const;
  /// The whole text.
  [[nodiscard]] const std::string& text() const { return file_->text; }

 private:
  std::shared_ptr<const SourceFile> file_;
};

}  // namespace porterd::config
