// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_log_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace porterd::config {
namespace {

using Names = std::span<const std::string_view>;

// kern, cron and syslog are not in xinetd's list.
constexpr std::array<std::string_view, 17> kFacilities{"daemon", "auth",   "authpriv", "user",   "mail",   "lpr",
                                                       "news",   "uucp",   "ftp",      "local0", "local1", "local2",
                                                       "local3", "local4", "local5",   "local6", "local7"};
constexpr std::array<std::string_view, 8> kLevels{"emerg",   "alert",  "crit", "err",
                                                  "warning", "notice", "info", "debug"};
constexpr std::array<std::string_view, 6> kSuccess{"pid", "host", "userid", "exit", "duration", "traffic"};
constexpr std::array<std::string_view, 3> kFailure{"host", "userid", "attempt"};

// The name in `names` that `word` is, in any case.
Parsed<std::string_view> name_in(const XinetdWord& word, Names names, std::string_view what) {
  const auto found = std::ranges::find_if(names, [&](auto name) { return base::equal_ignoring_case(name, word.text); });
  if (found == names.end())
    return reject_word(word, fmt::format("'{}' is not {} of xinetd's", word.text, what),
                       did_you_mean(base::to_lower(word.text), names, one_of(names)));
  return *found;
}

Parsed<Value> reject_count(const XinetdAssignment& line, std::string_view form) {
  return reject_word(line.values[0], "wrong number of words", std::string(form));
}

Parsed<Value> read_syslog(const XinetdAssignment& line) {
  const auto& words = line.values;
  if (words.size() < 2 || words.size() > 3) return reject_count(line, "SYSLOG FACILITY [LEVEL]");
  const auto facility = name_in(words[1], kFacilities, "a facility");
  if (!facility) return std::unexpected(facility.error());
  std::string_view level = "info";
  if (words.size() == 3) {
    const auto named = name_in(words[2], kLevels, "a level");
    if (!named) return std::unexpected(named.error());
    level = *named;
  }
  return xinetd_plain(words[0], fmt::format("syslog {} {}", *facility, level));
}

Parsed<void> check_sizes(const XinetdAssignment& line) {
  std::uint64_t soft = 0;
  for (std::size_t index = 2; index < line.values.size(); ++index) {
    const auto& word = line.values[index];
    const auto size = parse_xinetd_size(word.text);
    if (!size)
      return reject_word(word, fmt::format("'{}' is not a size", word.text), "a number, with K or M if you like");
    if (*size < soft) return reject_word(word, "the hard limit is less than the soft one");
    soft = *size;
  }
  return {};
}

Parsed<Value> read_file(const XinetdAssignment& line) {
  const auto& words = line.values;
  if (words.size() < 2 || words.size() > 4) return reject_count(line, "FILE PATH [SOFT [HARD]]");
  if (const auto sizes = check_sizes(line); !sizes) return std::unexpected(sizes.error());
  const auto& path = words[1];
  const std::string full = fmt::format("{}{}", path.text.starts_with('/') ? "" : "/", path.text);
  const bool is_limited = words.size() > 2 && parse_xinetd_size(words[2].text) != std::uint64_t{0};
  if (!is_limited) return xinetd_plain(words[0], "file " + full);
  auto map =
      map_of({{"type", plain("file")}, {"path", quotable(full)}, {"soft_limit", plain(std::string(words[2].text))}});
  if (words.size() > 3) map.entries.emplace_back(plain("hard_limit"), plain(std::string(words[3].text)));
  map.where = words[0].where;
  for (auto& [key, value] : map.entries) key.where = value.where = words[0].where;
  return map;
}

Parsed<Value> read_fields(const XinetdAssignment& line, Names names) {
  std::vector<Value> items;
  for (const auto& word : line.values) {
    const auto name = name_in(word, names, "a word");
    if (!name) return std::unexpected(name.error());
    items.push_back(xinetd_plain(word, std::string(*name)));
  }
  return xinetd_list(line, std::move(items));
}

}  // namespace

std::optional<std::uint64_t> parse_xinetd_size(std::string_view text) {
  if (!text.empty() && std::string_view("gGtT").contains(text.back())) return std::nullopt;
  return base::parse_size(text);
}

Parsed<Value> read_xinetd_log_type(const XinetdAssignment& line, const Context& /*context*/) {
  if (auto has = require_values(line); !has) return std::unexpected(std::move(has).error());
  const auto& word = line.values[0];
  if (base::equal_ignoring_case(word.text, "syslog")) return read_syslog(line);
  if (base::equal_ignoring_case(word.text, "file")) return read_file(line);
  return reject_word(word, fmt::format("'{}' is no kind of log", word.text), "SYSLOG FACILITY [LEVEL] or FILE PATH");
}

Parsed<Value> read_xinetd_log_on_success(const XinetdAssignment& line, const Context& /*context*/) {
  return read_fields(line, kSuccess);
}

Parsed<Value> read_xinetd_log_on_failure(const XinetdAssignment& line, const Context& /*context*/) {
  return read_fields(line, kFailure);
}

}  // namespace porterd::config
