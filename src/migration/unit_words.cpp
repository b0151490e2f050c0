// SPDX-License-Identifier: Apache-2.0
#include "migration/unit_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace porterd::migration {
namespace {

constexpr std::string_view kBlanks = " \t\n\r";

/// An escape whose letter stands for one other letter.
struct Escape {
  char letter;
  char meaning;
};
constexpr Escape kEscapes[] = {{'a', '\a'}, {'b', '\b'},  {'f', '\f'}, {'n', '\n'},  {'r', '\r'}, {'t', '\t'},
                               {'v', '\v'}, {'\\', '\\'}, {'"', '"'},  {'\'', '\''}, {'s', ' '}};

std::string utf8_of(std::uint32_t code) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xc0 | code >> 6), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xe0 | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0)};
}

/// Takes words from the front of a text.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : rest_(text) {}

  OrComplaint<std::vector<std::string>> split() {
    std::vector<std::string> words;
    for (;;) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
      if (rest_.empty()) return words;
      auto word = take_word();
      if (!word) return std::unexpected(std::move(word).error());
      words.push_back(std::move(*word));
    }
  }

 private:
  OrComplaint<std::string> take_word() {
    std::string word;
    char quote = '\0';
    while (!rest_.empty()) {
      const char letter = rest_.front();
      if (quote == '\0' && kBlanks.contains(letter)) return word;
      rest_.remove_prefix(1);
      if (letter == '\\') {
        auto undone = take_escape();
        if (!undone) return undone;
        word += *undone;
      } else if (letter == quote) {
        quote = '\0';
      } else if (quote == '\0' && (letter == '"' || letter == '\'')) {
        quote = letter;
      } else {
        word += letter;
      }
    }
    if (quote != '\0') return std::unexpected(fmt::format("a quote ({}) is not closed", quote));
    return word;
  }

  // After the backslash. An unknown escape stays as it is written.
  OrComplaint<std::string> take_escape() {
    if (rest_.empty()) return "\\";
    const char letter = rest_.front();
    if (const auto* known = std::ranges::find(kEscapes, letter, &Escape::letter); known != std::end(kEscapes)) {
      rest_.remove_prefix(1);
      return std::string(1, known->meaning);
    }
    if (letter >= '0' && letter <= '7') return take_number(3, 8);
    constexpr std::string_view kHex = "xuU";
    constexpr std::size_t kDigits[] = {2, 4, 8};
    const auto kind = kHex.find(letter);
    if (kind == std::string_view::npos) return "\\";
    rest_.remove_prefix(1);
    return take_number(kDigits[kind], 16);
  }

  OrComplaint<std::string> take_number(std::size_t digits, int base) {
    const auto text = rest_.substr(0, digits);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code, base);
    if (text.size() < digits || error != std::errc() || end != text.data() + text.size() || code == 0 ||
        code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
      return std::unexpected(fmt::format("'\\{}' is no escape of a character", text));
    rest_.remove_prefix(digits);
    // \x and octal numbers are bytes, the others characters.
    return digits < 4 ? std::string(1, static_cast<char>(code)) : utf8_of(code);
  }

  std::string_view rest_;
};

/// Specifiers with one meaning everywhere, for units of the system.
struct Specifier {
  char letter;
  std::string_view meaning;
};
constexpr Specifier kSpecifiers[] = {{'%', "%"},        {'t', "/run"}, {'S', "/var/lib"}, {'C', "/var/cache"},
                                     {'L', "/var/log"}, {'E', "/etc"}, {'T', "/tmp"},     {'V', "/var/tmp"},
                                     {'g', "root"},     {'G', "0"},    {'h', "/root"},    {'s', "/bin/sh"}};

OrComplaint<std::string> meaning_of(char letter, const UnitNames& names) {
  if (letter == 'p' || letter == 'N') return names.prefix;
  if (letter == 'u' && !names.user.empty()) return names.user;
  if (const auto* known = std::ranges::find(kSpecifiers, letter, &Specifier::letter); known != std::end(kSpecifiers))
    return std::string(known->meaning);
  if (std::string_view("iInjJ").contains(letter))
    return std::unexpected(fmt::format("'%{}' names the instance, which is the connection", letter));
  return std::unexpected(fmt::format("'%{}' is not replaced here", letter));
}

bool is_name(std::string_view text) {
  const auto fits = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
           (letter >= '0' && letter <= '9');
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

// `${NAME}` and `$$` within a word.
OrComplaint<std::string> replace_within(std::string_view word, const FindVariable& find) {
  std::string result;
  while (!word.empty()) {
    const auto sign = std::min(word.find('$'), word.size());
    result += word.substr(0, sign);
    word.remove_prefix(sign);
    if (word.starts_with("$$")) {
      result += '$';
      word.remove_prefix(2);
      continue;
    }
    const auto end = word.starts_with("${") ? word.find('}') : std::string_view::npos;
    if (end == std::string_view::npos) {
      result += word.substr(0, 1);
      word.remove_prefix(std::min<std::size_t>(1, word.size()));
      continue;
    }
    const auto name = word.substr(2, end - 2);
    if (!is_name(name)) return std::unexpected(fmt::format("'${{{}}}' is no variable", name));
    result += find(name).value_or("");
    word.remove_prefix(end + 1);
  }
  return result;
}

}  // namespace

OrComplaint<std::vector<std::string>> split_unit_words(std::string_view text) { return Splitter(text).split(); }

OrComplaint<std::string> replace_specifiers(std::string_view text, const UnitNames& names) {
  std::string result;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '%' || index + 1 == text.size()) {
      result += text[index];
      continue;
    }
    auto meaning = meaning_of(text[++index], names);
    if (!meaning) return meaning;
    result += *meaning;
  }
  return result;
}

OrComplaint<std::vector<std::string>> replace_variables(const std::vector<std::string>& words,
                                                        const FindVariable& find) {
  std::vector<std::string> result;
  for (const std::string_view word : words) {
    if (word.starts_with('$') && is_name(word.substr(1))) {
      auto more = split_unit_words(find(word.substr(1)).value_or(""));
      if (!more) return more;
      std::ranges::move(*more, std::back_inserter(result));
      continue;
    }
    auto replaced = replace_within(word, find);
    if (!replaced) return std::unexpected(std::move(replaced).error());
    result.push_back(std::move(*replaced));
  }
  return result;
}

}  // namespace porterd::migration
