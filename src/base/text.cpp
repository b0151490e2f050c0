// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>

namespace porterd::base {
namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kSizeSuffixes = "kmgt";

struct DurationUnit {
  std::string_view name;
  std::uint64_t milliseconds;
};
constexpr std::array<DurationUnit, 5> kDurationUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr auto kMaximumDuration = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
constexpr char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// Takes what satisfies `predicate` off the front of `text`.
template <typename Predicate>
std::string_view take_while(std::string_view& text, Predicate predicate) {
  const auto end = std::find_if_not(text.begin(), text.end(), predicate);
  const auto taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

template <typename Number>
std::optional<Number> parse_whole(std::string_view text, int base) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> parse_unsigned(std::string_view text) { return parse_whole<std::uint64_t>(text, 10); }

std::optional<std::int64_t> parse_signed(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  return parse_whole<std::int64_t>(text, 10);
}

std::optional<std::uint32_t> parse_octal(std::string_view text, std::uint32_t maximum) {
  if (text.starts_with("0o")) text.remove_prefix(2);
  const auto number = parse_whole<std::uint32_t>(text, 8);
  return number && *number <= maximum ? number : std::nullopt;
}

std::optional<double> parse_fraction(std::string_view text) {
  // from_chars also takes "inf", "nan", "1e5" and a sign.
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return std::nullopt;
  if (!std::ranges::all_of(text, [](char letter) { return is_digit(letter) || letter == '.'; })) return std::nullopt;
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  unsigned shift = 0;
  if (!text.empty()) {
    const auto place = kSizeSuffixes.find(lower(text.back()));
    if (place != std::string_view::npos) {
      shift = 10 * (static_cast<unsigned>(place) + 1);
      text.remove_suffix(1);
    }
  }
  const auto number = parse_unsigned(text);
  if (!number || *number > (std::numeric_limits<std::uint64_t>::max() >> shift)) return std::nullopt;
  return *number << shift;
}

std::string print_size(std::uint64_t bytes) {
  std::size_t steps = 0;
  while (bytes != 0 && bytes % 1024 == 0 && steps < kSizeSuffixes.size()) {
    bytes /= 1024;
    ++steps;
  }
  auto text = std::to_string(bytes);
  if (steps > 0) text += static_cast<char>(kSizeSuffixes[steps - 1] - 'a' + 'A');
  return text;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (const auto seconds = parse_unsigned(text)) {
    if (*seconds > kMaximumDuration / 1000) return std::nullopt;
    return std::chrono::milliseconds(*seconds * 1000);
  }
  if (text.empty()) return std::nullopt;
  std::uint64_t total = 0;
  // Each unit at most once and from large to small, so that "5m1h" is seen as the slip it is.
  auto unit = kDurationUnits.begin();
  while (!text.empty()) {
    const auto number = parse_unsigned(take_while(text, is_digit));
    const auto name = take_while(text, [](char letter) { return !is_digit(letter); });
    unit = std::find_if(unit, kDurationUnits.end(), [&](const auto& candidate) { return candidate.name == name; });
    if (!number || unit == kDurationUnits.end()) return std::nullopt;
    if (*number > (kMaximumDuration - total) / unit->milliseconds) return std::nullopt;
    total += *number * unit->milliseconds;
    ++unit;
  }
  return std::chrono::milliseconds(total);
}

std::string print_duration(std::chrono::milliseconds duration) {
  auto rest = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  if (rest == 0) return "0s";
  std::string text;
  for (const auto& unit : kDurationUnits) {
    if (rest < unit.milliseconds) continue;
    text += std::to_string(rest / unit.milliseconds);
    text += unit.name;
    rest %= unit.milliseconds;
  }
  return text;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  const auto is_blank = [](char letter) { return kBlank.contains(letter); };
  take_while(text, is_blank);
  while (!text.empty()) {
    words.push_back(take_while(text, [&](char letter) { return !is_blank(letter); }));
    take_while(text, is_blank);
  }
  return words;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kAround = " \t\r\n";
  const auto first = text.find_first_not_of(kAround);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

bool equal_ignoring_case(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

namespace {

// Restricted Damerau-Levenshtein: insert, delete, replace, swap of neighbours. Three rows suffice.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> before(other.size() + 1);
  std::vector<std::size_t> previous(other.size() + 1);
  std::vector<std::size_t> current(other.size() + 1);
  for (std::size_t column = 0; column <= other.size(); ++column) previous[column] = column;
  for (std::size_t row = 1; row <= one.size(); ++row) {
    current[0] = row;
    for (std::size_t column = 1; column <= other.size(); ++column) {
      const std::size_t replaced = previous[column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1);
      current[column] = std::min({previous[column] + 1, current[column - 1] + 1, replaced});
      if (row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1])
        current[column] = std::min(current[column], before[column - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[other.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLongest = 64;  // nobody mistypes that much, and the work grows with the square
  if (word.empty() || word.size() > kLongest) return std::nullopt;
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::optional<std::string_view> found;
  for (const auto candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const auto away = distance(word, candidate);
    if (away >= best || away >= word.size()) continue;
    best = away;
    found = candidate;
  }
  return found;
}

}  // namespace porterd::base
