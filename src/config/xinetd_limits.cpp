// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "base/text.h"
#include "config/xinetd_log_values.h"

namespace porterd::config {
namespace {

constexpr std::uint32_t kMostInt = std::numeric_limits<int>::max();

bool is_word(const XinetdWord& word, std::string_view name) { return base::equal_ignoring_case(word.text, name); }

// A number as strtol(3) reads a whole word, from 0 to INT_MAX.
std::optional<std::uint32_t> count_of(std::string_view text) {
  const auto number = base::parse_signed(text);
  if (!number || *number < 0 || *number > kMostInt) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

Parsed<std::uint32_t> read_count(const XinetdWord& word) {
  const auto count = count_of(word.text);
  if (!count) return reject_word(word, fmt::format("'{}' is not a number from 0 to {}", word.text, kMostInt));
  return *count;
}

Value at(Value value, const Location& where) {
  value.where = where;
  for (auto& item : value.items) item.where = where;
  for (auto& [key, entry] : value.entries) key.where = entry.where = where;
  return value;
}

// "8:5" as minutes since midnight.
std::optional<int> minute_of(std::string_view text) {
  const auto parts = base::split(text, ':');
  if (parts.size() != 2) return std::nullopt;
  // An empty number counts as 0 in xinetd.
  const auto hour = parts[0].empty() ? 0 : base::parse_unsigned(parts[0]);
  const auto minute = parts[1].empty() ? 0 : base::parse_unsigned(parts[1]);
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return static_cast<int>(*hour * 60 + *minute);
}

Parsed<Value> read_range(const XinetdWord& word) {
  const auto ends = base::split(word.text, '-');
  const auto first = minute_of(ends[0]);
  const auto last = ends.size() == 2 ? minute_of(ends[1]) : std::nullopt;
  if (!first || !last)
    return reject_word(word, fmt::format("'{}' is not a range of times", word.text), "H:MM-H:MM, from 0:00 to 23:59");
  if (*first >= *last)
    return reject_word(word, fmt::format("'{}' ends before it begins", word.text),
                       "xinetd.conf has no times that pass midnight; write two ranges");
  return xinetd_quoted(word, fmt::format("{:02}:{:02}-{:02}:{:02}", *first / 60, *first % 60, *last / 60, *last % 60));
}

// Bytes or seconds; nothing for 0, which xinetd does not apply.
Parsed<Value> limit_value(const XinetdWord& word, std::optional<std::uint64_t> number) {
  if (is_word(word, "unlimited") || word.text == "-1") return xinetd_plain(word, "unlimited");
  if (!number) return reject_word(word, fmt::format("'{}' is not a limit", word.text));
  return xinetd_plain(word, *number == 0 ? "" : std::to_string(*number));
}

}  // namespace

Parsed<Value> read_xinetd_access_times(const XinetdAssignment& line, const Context&) {
  if (auto has = require_values(line); !has) return std::unexpected(std::move(has).error());
  std::vector<Value> items;
  for (const auto& word : line.values) {
    auto range = read_range(word);
    if (!range) return range;
    items.push_back(std::move(*range));
  }
  return xinetd_list(line, std::move(items));
}

Parsed<Value> read_xinetd_instances(const XinetdAssignment& line, const Context&) {
  const auto& word = line.values[0];
  if (is_word(word, "unlimited")) return xinetd_plain(word, "unlimited");
  const auto count = read_count(word);
  if (!count) return std::unexpected(count.error());
  return xinetd_plain(word, std::to_string(*count));
}

// xinetd counts single addresses; porterd would count IPv6 by networks.
Parsed<Value> read_xinetd_per_source(const XinetdAssignment& line, const Context& context) {
  auto count = read_xinetd_instances(line, context);
  if (!count || count->text == "unlimited") return count;
  const auto where = count->where;
  return at(map_of({{"limit", std::move(*count)}, {"ipv6", plain("128")}}), where);
}

Value xinetd_rate(std::uint32_t connections, std::uint32_t seconds, const Location& where) {
  if (connections == 0) return at(plain("unlimited"), where);
  return at(map_of({{"rate", plain(std::to_string(connections))},
                    {"excess", plain("disable")},
                    {"wait", plain(std::to_string(seconds))}}),
            where);
}

Parsed<Value> read_xinetd_cps(const XinetdAssignment& line, const Context&) {
  const auto connections = read_count(line.values[0]);
  if (!connections) return std::unexpected(connections.error());
  const auto seconds = read_count(line.values[1]);
  if (!seconds) return std::unexpected(seconds.error());
  constexpr std::uint32_t kLongest = 366 * 24 * 3600;  // of a duration
  return xinetd_rate(*connections, std::min(*seconds, kLongest), line.where_values());
}

// sscanf(3) takes the number at the beginning of the word.
Parsed<Value> read_xinetd_max_load(const XinetdAssignment& line, const Context& context) {
  const auto& word = line.values[0];
  const auto length = std::min(word.text.find_first_not_of("0123456789."), word.text.size());
  const auto number = base::parse_fraction(word.text.substr(0, length));
  if (!number || *number <= 0) return reject_word(word, fmt::format("'{}' is not a load above 0", word.text));
  if (length < word.text.size())
    context.warn(word.where, fmt::format("'{}' is taken as {}", word.text, word.text.substr(0, length)));
  return xinetd_plain(word, std::string(word.text.substr(0, length)));
}

Parsed<Value> read_xinetd_deny_time(const XinetdAssignment& line, const Context&) {
  constexpr std::uint32_t kLongest = 366 * 24 * 60;  // of a duration
  const auto& word = line.values[0];
  if (!is_word(word, "forever") && !is_word(word, "never") && !count_of(word.text))
    return reject_word(word, fmt::format("'{}' is not a number of minutes", word.text), "minutes, FOREVER or NEVER");
  if (const auto minutes = count_of(word.text))
    return xinetd_plain(word, *minutes == 0 ? "never" : fmt::format("{}m", std::min(*minutes, kLongest)));
  return xinetd_plain(word, base::to_lower(word.text));
}

Parsed<Value> read_xinetd_umask(const XinetdAssignment& line, const Context&) {
  const auto& word = line.values[0];
  if (!base::parse_octal(word.text, 0777))
    return reject_word(word, fmt::format("'{}' is not an octal number from 0 to 777", word.text));
  return xinetd_plain(word, std::string(word.text));
}

// The kernel takes -20 to 19 and brings the rest near to them.
Parsed<Value> read_xinetd_nice(const XinetdAssignment& line, const Context& context) {
  const auto& word = line.values[0];
  const auto number = base::parse_signed(word.text);
  if (!number) return reject_word(word, fmt::format("'{}' is not a whole number", word.text));
  const auto nice = std::clamp<std::int64_t>(*number, -20, 19);
  if (nice != *number) context.warn(word.where, fmt::format("'{}' is taken as {}", word.text, nice));
  return xinetd_plain(word, std::to_string(nice));
}

Parsed<Value> read_xinetd_size_limit(const XinetdAssignment& line, const Context&) {
  const auto& word = line.values[0];
  auto limit = limit_value(word, parse_xinetd_size(word.text));
  if (!limit) limit.error().hint = "a number, one with K or M, or UNLIMITED";
  return limit;
}

Parsed<Value> read_xinetd_cpu_limit(const XinetdAssignment& line, const Context&) {
  const auto& word = line.values[0];
  auto limit = limit_value(word, base::parse_unsigned(word.text));
  if (!limit) limit.error().hint = "seconds, or UNLIMITED";
  return limit;
}

}  // namespace porterd::config
