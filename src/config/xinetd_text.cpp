// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace porterd::config {
namespace {

constexpr std::string_view kSeparators = " \t";

std::size_t first_non_space(std::string_view text, std::size_t from = 0) {
  while (from < text.size() && is_xinetd_space(text[from])) ++from;
  return from;
}

std::unexpected<Rejection> syntax_error(const Location& where, std::string message, std::string hint = {}) {
  return std::unexpected(Rejection{std::move(message), std::move(hint), where});
}

// The operator that `rest` begins with, and its length; length 0 when there is none.
std::pair<Operator, std::size_t> operator_of(std::string_view rest) {
  if (rest.starts_with('=')) return {Operator::assign, 1};
  if (rest.starts_with("+=")) return {Operator::add, 2};
  if (rest.starts_with("-=")) return {Operator::remove, 2};
  return {Operator::assign, 0};
}

}  // namespace

Location XinetdLine::place(std::size_t offset, std::size_t length) const {
  return {.file = file,
          .line = number,
          .column = static_cast<std::uint32_t>(offset + 1),
          .length = static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
}

std::vector<XinetdWord> XinetdLine::words(std::size_t offset) const {
  std::vector<XinetdWord> words;
  for (;;) {
    offset = text.find_first_not_of(kSeparators, offset);
    if (offset == std::string_view::npos) return words;
    const auto end = std::min(text.find_first_of(kSeparators, offset), text.size());
    words.push_back({text.substr(offset, end - offset), place(offset, end - offset)});
    offset = end;
  }
}

bool XinetdLine::is_only(char sign) const {
  const auto start = first_non_space(text);
  return start < text.size() && text[start] == sign && first_non_space(text, start + 1) == text.size();
}

XinetdLines::XinetdLines(std::shared_ptr<const SourceFile> file) : file_(std::move(file)), rest_(file_->text) {}

std::optional<XinetdLine> XinetdLines::next() {
  while (!rest_.empty()) {
    const auto end = rest_.find('\n');
    auto text = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    ++number_;
    text = text.substr(0, text.find('\0'));
    const auto start = first_non_space(text);
    if (start < text.size() && text[start] != '#') return XinetdLine{.file = file_, .number = number_, .text = text};
  }
  return std::nullopt;
}

Parsed<XinetdAssignment> parse_xinetd_assignment(const XinetdLine& line) {
  const auto text = line.text;
  const auto start = first_non_space(text);
  auto end = start;
  while (end < text.size() && !is_xinetd_space(text[end]) && text[end] != '=') ++end;
  const auto name = text.substr(start, end - start);
  if (end < text.size() && text[end] == '=')
    return syntax_error(line.place(start, end + 1 - start),
                        fmt::format("there is no blank before the '=' of '{}'", name),
                        "xinetd.conf wants NAME = VALUE with a blank before the operator");
  const auto sign = first_non_space(text, end);
  const auto [op, length] = operator_of(text.substr(sign));
  if (length == 0)
    return syntax_error(line.place(start, text.size() - start), fmt::format("no operator follows '{}'", name),
                        name == "}" ? "a '}' stands on a line of its own, without a comment" : "NAME = VALUE");
  return XinetdAssignment{
      .name = {name, line.place(start, name.size())}, .op = op, .values = line.words(sign + length), .line = line};
}

std::string XinetdAssignment::without_comment() const {
  const auto comment = std::ranges::find_if(values, [](const auto& word) { return word.text.starts_with('#'); });
  if (comment == values.end()) return {};
  return std::string(base::trim(line.text.substr(0, comment->where.column - 1)));
}

Location XinetdAssignment::where_values() const {
  if (values.empty()) return name.where;
  auto where = values.front().where;
  where.length = values.back().where.column + values.back().where.length - where.column;
  return where;
}

}  // namespace porterd::config
