// SPDX-License-Identifier: Apache-2.0
#include "config/places.h"

#include <algorithm>

#include "base/text.h"

namespace porterd::config {
namespace {

// How much of the line a scalar takes that reads as `text`.
std::size_t length_of(std::string_view line, std::string_view text) {
  if (line.starts_with(text)) return text.size();
  if (line.starts_with('"') || line.starts_with('\'')) {
    std::size_t end = 1;
    while (end < line.size() && line[end] != line.front()) end += line[end] == '\\' ? 2U : 1U;
    return std::min(end + 1, line.size());
  }
  return base::trim(line.substr(0, line.find(" #"))).size();
}

}  // namespace

Location Places::at(const Mark& mark, std::size_t length) const {
  return {file_, mark.line + 1, mark.column + 1, static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
}

Location Places::scalar(const Mark& mark, std::string_view text) const {
  // As most are. The rest of the line may be long: a million addresses can stand in one.
  const auto from_here = std::string_view(file_->text).substr(std::min(mark.position, file_->text.size()));
  if (!text.empty() && !text.contains('\n') && from_here.starts_with(text)) return at(mark, text.size());
  const auto line = rest(mark);
  auto value = line;
  while (value.starts_with('&') || value.starts_with('!')) {
    const auto end = value.find_first_not_of(" \t", std::min(value.find_first_of(" \t"), value.size()));
    if (end == std::string_view::npos) return at(mark, line.size());
    value.remove_prefix(end);
  }
  auto where = at(mark, length_of(value, text));
  where.column += static_cast<std::uint32_t>(line.size() - value.size());
  return where;
}

Location Places::alias(const Mark& mark) const {
  const auto line = rest(mark);
  return at(mark, line.substr(0, line.find_first_of(" \t,]}")).size());
}

Location Places::byte(std::size_t position) const {
  const auto before = std::string_view(file_->text).substr(0, position);
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? position : position - newline - 1;
  const auto line = std::ranges::count(before, '\n');
  return at({position, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)});
}

std::string_view Places::rest(const Mark& mark) const {
  if (mark.position >= file_->text.size()) return {};
  const auto text = std::string_view(file_->text).substr(mark.position);
  const auto line = text.substr(0, text.find('\n'));  // each by memchr(3), which find_first_of() is not
  return line.substr(0, line.find('\r'));
}

}  // namespace porterd::config
