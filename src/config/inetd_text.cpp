// SPDX-License-Identifier: Apache-2.0
#include "config/inetd_text.h"

#include <algorithm>
#include <array>

namespace porterd::config {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kQuotes = "\"'";

}  // namespace

InetdText::InetdText(std::shared_ptr<const SourceFile> file) : file_(std::move(file)), starts_{0} {
  for (std::size_t end = file_->text.find('\n'); end != std::string::npos; end = file_->text.find('\n', end + 1))
    starts_.push_back(end + 1);
}

Location InetdText::at(std::size_t offset, std::size_t length) const {
  const auto next = std::ranges::upper_bound(starts_, offset);
  const auto line = static_cast<std::size_t>(next - starts_.begin());
  return {.file = file_,
          .line = static_cast<std::uint32_t>(line),
          .column = static_cast<std::uint32_t>(offset - starts_[line - 1] + 1),
          .length = static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
}

std::size_t InetdText::line_end(std::size_t offset) const {
  return std::min(file_->text.find('\n', offset), file_->text.size());
}

std::size_t InetdText::words_end(std::size_t offset) const {
  const auto end = line_end(offset);
  return end > offset && file_->text[end - 1] == '\r' ? end - 1 : end;
}

bool InetdText::has_carriage_return() const { return file_->text.contains("\r\n"); }

std::vector<InetdWord> words_of(const InetdText& text, std::size_t begin, std::size_t end, InetdRules::Quotes quotes) {
  std::vector<InetdWord> words;
  const auto line = text.text().substr(0, end);
  while ((begin = line.find_first_not_of(kBlanks, begin)) != std::string_view::npos) {
    const bool is_quote = quotes != InetdRules::Quotes::literal && kQuotes.contains(line[begin]);
    const auto closing = is_quote ? line.find(line[begin], begin + 1) : std::string_view::npos;
    const bool was_quoted = closing != std::string_view::npos;
    const auto after = was_quoted ? closing + 1 : std::min(line.find_first_of(kBlanks, begin), end);
    const auto word = was_quoted ? line.substr(begin + 1, closing - begin - 1) : line.substr(begin, after - begin);
    words.push_back({std::string(word), text.at(begin, after - begin), was_quoted});
    begin = after;
  }
  return words;
}

bool is_entry(const std::vector<InetdWord>& words) {
  constexpr std::array<std::string_view, 5> kTypes{"stream", "dgram", "raw", "rdm", "seqpacket"};
  if (words.size() < 6) return false;
  const std::string_view type = words[1].text;
  const std::string_view wait = words[3].text;
  return std::ranges::find(kTypes, type.substr(0, type.find_first_of(",:"))) != kTypes.end() &&
         (wait.starts_with("wait") || wait.starts_with("nowait"));
}

}  // namespace porterd::config
