// SPDX-License-Identifier: Apache-2.0
#include "config/inetd_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace porterd::config {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_quote(char letter) { return letter == '"' || letter == '\''; }

bool is_name_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

// After the quote that closes the one at `offset`, or the end of the line when none does.
std::size_t after_quotes(std::string_view text, std::size_t offset) {
  const char quote = text[offset++];
  for (; offset < text.size() && text[offset] != '\n'; ++offset) {
    if (text[offset] == quote) return offset + 1;
    if (text[offset] == '\\' && offset + 1 < text.size() && text[offset + 1] != '\n') ++offset;
  }
  return offset;
}

// A block without its ';' must not swallow the entries that follow.
bool is_entry_at(const InetdText& text, std::size_t offset) {
  if (offset >= text.text().size() || kBlanks.contains(text.text()[offset])) return false;
  const auto words = words_of(text, offset, text.words_end(offset), InetdRules::Quotes::literal);
  return is_entry(words) || begins_block(words);
}

struct Extent {
  std::size_t end;
  bool is_closed;
};

Extent extent_of(const InetdText& whole, std::size_t offset) {
  const auto text = whole.text();
  while (offset < text.size()) {
    const char letter = text[offset];
    if (letter == ';') return {offset, true};
    if (letter == '#') {
      offset = whole.line_end(offset);
    } else if (is_quote(letter)) {
      offset = after_quotes(text, offset);
    } else if (letter == '\n' && is_entry_at(whole, offset + 1)) {
      return {offset, false};
    } else {
      ++offset;
    }
  }
  return {text.size(), false};
}

int hexadecimal(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

constexpr std::pair<char, char> kEscapes[] = {{'\\', '\\'}, {'n', '\n'},  {'t', '\t'},
                                              {'r', '\r'},  {'\'', '\''}, {'"', '"'}};

class BlockReader {
 public:
  BlockReader(const InetdText& text, std::size_t begin, std::size_t end, InetdFields& fields, InetdEntry& entry)
      : whole_(text), text_(text.text().substr(0, end)), place_(begin), fields_(fields), entry_(entry) {}

  std::vector<InetdKey> keys() {
    std::vector<InetdKey> keys;
    for (skip_blanks(); place_ < text_.size(); skip_blanks()) {
      auto key = one_key();
      if (!key) break;
      const auto same = [&](const InetdKey& other) { return other.name.text == key->name.text; };
      if (std::ranges::any_of(keys, same))
        fields_.error(entry_, key->name.where, fmt::format("'{}' is set twice", key->name.text));
      keys.push_back(std::move(*key));
    }
    return keys;
  }

 private:
  void skip_blanks() {
    while (place_ < text_.size() && (kBlanks.contains(text_[place_]) || text_[place_] == '#'))
      place_ = text_[place_] == '#' ? std::min(whole_.line_end(place_), text_.size()) : place_ + 1;
  }

  // What stands between two of them is an empty one, which NetBSD takes after the last ','.
  std::optional<InetdKey> one_key() {
    const auto begin = place_;
    while (place_ < text_.size() && is_name_letter(text_[place_])) ++place_;
    InetdKey key{.name = {std::string(text_.substr(begin, place_ - begin)), whole_.at(begin, place_ - begin)}};
    skip_blanks();
    if (key.name.text.empty() || place_ >= text_.size() || text_[place_] != '=') {
      fields_.error(entry_, whole_.at(place_ < text_.size() ? place_ : begin, 1), "KEY = VALUE is wanted here");
      return std::nullopt;
    }
    ++place_;
    for (skip_blanks(); place_ < text_.size() && text_[place_] != ','; skip_blanks()) key.values.push_back(value());
    if (place_ < text_.size()) ++place_;
    return key;
  }

  InetdWord value() {
    const auto begin = place_;
    InetdWord word;
    while (place_ < text_.size() && !kBlanks.contains(text_[place_]) && text_[place_] != ',' && text_[place_] != '#') {
      if (is_quote(text_[place_])) {
        word.was_quoted = true;
        add_quoted(word.text);
      } else {
        word.text += text_[place_++];
      }
    }
    word.where = whole_.at(begin, place_ - begin);
    return word;
  }

  void add_quoted(std::string& result) {
    const auto begin = place_;
    const auto end = std::min(after_quotes(text_, begin), text_.size());
    place_ = end;
    if (end - begin < 2 || text_[end - 1] != text_[begin])
      return fields_.error(entry_, whole_.at(begin, 1), "these quotes are not closed in this line");
    for (auto offset = begin + 1; offset + 1 < end;) {
      if (text_[offset] == '\\') {
        offset = add_escape(result, offset);
      } else {
        result += text_[offset++];
      }
    }
  }

  // Returns where the escape ends.
  std::size_t add_escape(std::string& result, std::size_t offset) {
    const char letter = text_[offset + 1];
    if (letter == 'x' && offset + 3 < text_.size()) {
      const int high = hexadecimal(text_[offset + 2]);
      const int low = hexadecimal(text_[offset + 3]);
      if (high >= 0 && low >= 0) {
        result += static_cast<char>(high * 16 + low);
        return offset + 4;
      }
    }
    const auto known = std::ranges::find(kEscapes, letter, &std::pair<char, char>::first);
    if (known == std::end(kEscapes)) {
      fields_.error(entry_, whole_.at(offset, 2), "unknown escape", R"(\\ \n \t \r \' \" or \xXX)");
    } else {
      result += known->second;
    }
    return offset + 2;
  }

  const InetdText& whole_;
  std::string_view text_;
  std::size_t place_;
  InetdFields& fields_;
  InetdEntry& entry_;
};

}  // namespace

bool begins_block(const std::vector<InetdWord>& words) {
  return words.size() >= 2 && (words[1].text == "on" || words[1].text == "off");
}

InetdBlock split_block(const InetdText& text, std::size_t offset, InetdFields& fields, InetdEntry& entry) {
  const auto extent = extent_of(text, offset);
  auto keys = BlockReader(text, offset, extent.end, fields, entry).keys();
  return {.keys = std::move(keys), .end = extent.end, .is_closed = extent.is_closed};
}

}  // namespace porterd::config
