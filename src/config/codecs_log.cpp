// SPDX-License-Identifier: Apache-2.0
#include "config/codecs_log.h"

#include <fmt/format.h>
#include <syslog.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/codecs_basic.h"
#include "config/codecs_entry.h"

namespace porterd::config {
namespace {

// Index n is facility n of RFC 5424 section 6.2.1; 12 to 15 have no name in syslog(3).
constexpr std::array<std::string_view, 24> kFacilities{
    "kern", "user", "mail", "daemon", "auth",   "syslog", "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
    "",     "",     "",     "",       "local0", "local1", "local2", "local3", "local4", "local5", "local6",   "local7"};
constexpr std::array<std::string_view, 8> kLevels{"emerg",   "alert",  "crit", "err",
                                                  "warning", "notice", "info", "debug"};
constexpr std::array<std::string_view, 6> kTargets{"main", "none", "stderr", "syslog", "journal", "file"};
constexpr std::array<std::string_view, 5> kStreams{"log", "socket", "inherit", "null", "file"};

// The place of `name` in `names`, in any case; `what` is named in the rejection.
Parsed<std::size_t> index_of(const Value& value, std::string_view name, std::span<const std::string_view> names,
                             std::string_view what) {
  const auto found = std::ranges::find_if(
      names, [&](auto candidate) { return !candidate.empty() && base::equal_ignoring_case(name, candidate); });
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return reject(value, fmt::format("'{}' is not {}", name, what), did_you_mean(name, names));
}

// Facility and level into `target`; an empty text leaves the default.
Parsed<void> set_syslog(const Value& value, std::string_view facility, std::string_view level, LogTarget& target) {
  if (!facility.empty()) {
    const auto index = index_of(value, facility, kFacilities, "a facility of syslog(3)");
    if (!index) return std::unexpected(index.error());
    target.facility = static_cast<int>(*index) << 3;
  }
  if (level.empty()) return {};
  // syslog(3) has LOG_ERR; xinetd.conf(5) and people write "error" as often.
  const auto index = index_of(value, level == "error" ? "err" : level, kLevels, "a level of syslog(3)");
  if (!index) return std::unexpected(index.error());
  target.level = static_cast<int>(*index);
  return {};
}

Parsed<void> set_path(const Value& value, std::string_view path, std::string& field) {
  if (!path.starts_with('/'))
    return reject(value, fmt::format("'{}' is not an absolute path", path), "file /var/log/NAME.log");
  field = path;
  return {};
}

// The first word, and what follows it; a file's path may hold blanks.
std::pair<std::string_view, std::string_view> first_word(std::string_view text) {
  const auto end = text.find_first_of(" \t");
  if (end == std::string_view::npos) return {text, {}};
  return {text.substr(0, end), base::trim(text.substr(end))};
}

Parsed<LogTarget> parse_words(const Value& value, std::string_view text) {
  const auto [first, rest] = first_word(base::trim(text));
  const auto kind = index_of(value, first, kTargets, "a place for records");
  if (!kind) return std::unexpected(kind.error());
  LogTarget target{.kind = static_cast<LogTarget::Kind>(*kind), .path = {}};
  if (target.kind == LogTarget::Kind::file) {
    if (auto set = set_path(value, rest, target.path); !set) return std::unexpected(std::move(set).error());
    return target;
  }
  const auto words = base::split_words(rest);
  if (words.size() > (target.kind == LogTarget::Kind::syslog ? 2U : 0U))
    return reject(value, fmt::format("'{}' is too much after '{}'", words.back(), first));
  if (auto set = set_syslog(value, words.empty() ? "" : words[0], words.size() < 2 ? "" : words[1], target); !set)
    return std::unexpected(std::move(set).error());
  return target;
}

/// A size in bytes, at least 1.
struct FileSize {
  static constexpr std::string_view kForm = "a size such as 64K or 10M";
  static Parsed<std::uint64_t> parse(const Value& value, const Context&) {
    const auto text = text_of(value);
    if (!text) return std::unexpected(text.error());
    const auto size = base::parse_size(*text);
    if (!size || *size == 0) return reject(value, shown(value) + " is not the size of a file");
    return *size;
  }
};

Parsed<LogTarget> parse_file_map(const Value& value, std::string_view path, const Context& context) {
  LogTarget target{.kind = LogTarget::Kind::file, .path = {}};
  if (auto set = set_path(value, path, target.path); !set) return std::unexpected(std::move(set).error());
  if (auto soft = parse_entry<FileSize>(value, "soft_limit", target.soft_limit, context); !soft)
    return std::unexpected(std::move(soft).error());
  if (target.soft_limit != 0) target.hard_limit = usual_hard_limit(target.soft_limit);
  if (auto hard = parse_entry<FileSize>(value, "hard_limit", target.hard_limit, context); !hard)
    return std::unexpected(std::move(hard).error());
  const auto* hard = entry_named(value, "hard_limit");
  if (hard == nullptr) return target;
  if (target.soft_limit == 0) return reject(*hard, "a hard_limit needs a soft_limit");
  if (target.hard_limit < target.soft_limit) return reject(*hard, "the hard_limit is less than the soft_limit");
  return target;
}

Parsed<LogTarget> parse_target_map(const Value& value, const Context& context) {
  constexpr std::array<std::string_view, 6> kKeys{"type", "facility", "level", "path", "soft_limit", "hard_limit"};
  if (const auto known = allow_keys(value, kKeys); !known) return std::unexpected(known.error());
  std::array<std::string, 4> texts;
  for (std::size_t index = 0; index < texts.size(); ++index)
    if (auto parsed = parse_entry<Text>(value, kKeys[index], texts[index], context); !parsed)
      return std::unexpected(std::move(parsed).error());
  const auto& [type, facility, level, path] = texts;
  const bool has_limit = entry_named(value, "soft_limit") != nullptr || entry_named(value, "hard_limit") != nullptr;
  if (type == "file" && facility.empty() && level.empty()) return parse_file_map(value, path, context);
  if (type != "syslog" || !path.empty() || has_limit)
    return reject(value, "is neither {type: syslog, facility, level} nor {type: file, path, soft_limit, hard_limit}");
  LogTarget target{.kind = LogTarget::Kind::syslog, .path = {}};
  if (auto set = set_syslog(value, facility, level, target); !set) return std::unexpected(std::move(set).error());
  return target;
}

Value print_limited_file(const LogTarget& value) {
  return map_of({{"type", plain("file")},
                 {"path", quotable(value.path)},
                 {"soft_limit", plain(base::print_size(value.soft_limit))},
                 {"hard_limit", plain(base::print_size(value.hard_limit))}});
}

}  // namespace

std::uint64_t usual_hard_limit(std::uint64_t soft) {
  constexpr std::uint64_t kLeast = 5U << 10U;
  constexpr std::uint64_t kMost = 20U << 10U;
  return soft + std::clamp(soft / 100, kLeast, kMost);
}

Parsed<LogTarget> LogTargetCodec::parse(const Value& value, const Context& context) {
  if (value.kind == Value::Kind::map) return parse_target_map(value, context);
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  return parse_words(value, *text);
}

Value LogTargetCodec::print(const LogTarget& value) {
  if (value.soft_limit != 0) return print_limited_file(value);
  std::string text(kTargets[static_cast<std::size_t>(value.kind)]);
  if (value.kind == LogTarget::Kind::file) text += ' ' + value.path;
  if (value.kind == LogTarget::Kind::syslog)
    text += fmt::format(" {} {}", kFacilities[static_cast<std::size_t>(value.facility >> 3)],
                        kLevels[static_cast<std::size_t>(value.level)]);
  return plain(std::move(text));
}

std::string LogTargetCodec::schema() {
  std::vector<std::string_view> facilities;
  std::ranges::copy_if(kFacilities, std::back_inserter(facilities), [](auto name) { return !name.empty(); });
  return schema_any(
      {R"({"type": "string", "pattern": "^(main|none|stderr|journal|syslog( +[a-z0-7]+){0,2}|file +/.*)$"})",
       schema_object({{"type", schema_enum(std::array<std::string_view, 2>{"syslog", "file"})},
                      {"facility", schema_enum(facilities)},
                      {"level", schema_enum(kLevels)},
                      {"path", AbsolutePath::schema()},
                      {"soft_limit", schema_pattern("^[0-9]+[kKmMgGtT]?$")},
                      {"hard_limit", schema_pattern("^[0-9]+[kKmMgGtT]?$")}},
                     "type")});
}

Parsed<LogFields> parse_log_fields(const Value& value, LogFields allowed) {
  LogFields fields = 0;
  if (is_keyword(value, "none")) return fields;
  for (const auto& item : items_of(value)) {
    const auto text = text_of(item);
    if (!text) return std::unexpected(text.error());
    for (const auto name : base::split_words(*text)) {
      const auto index = index_of(item, name, kLogFieldNames, "a field of a record");
      if (!index) return std::unexpected(index.error());
      const auto field = log_field(static_cast<LogField>(*index));
      if ((field & allowed) == 0) return reject(item, fmt::format("'{}' is not shown here", name));
      fields = static_cast<LogFields>(fields | field);
    }
  }
  return fields;
}

Value print_log_fields(LogFields value) {
  std::vector<Value> names;
  for (std::size_t index = 0; index < std::size(kLogFieldNames); ++index)
    if ((value & log_field(static_cast<LogField>(index))) != 0)
      names.push_back(plain(std::string(kLogFieldNames[index])));
  return list_of(std::move(names));
}

std::string schema_log_fields(LogFields allowed) {
  std::vector<std::string_view> names;
  for (std::size_t index = 0; index < std::size(kLogFieldNames); ++index)
    if ((allowed & log_field(static_cast<LogField>(index))) != 0) names.push_back(kLogFieldNames[index]);
  return schema_any({R"({"type": "string"})", fmt::format(R"({{"type": "array", "items": {}}})", schema_enum(names))});
}

Parsed<ErrorStream> ErrorStreamCodec::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  const auto [first, rest] = first_word(base::trim(*text));
  const auto kind = index_of(value, first, kStreams, "a place for what a server says on descriptor 2");
  if (!kind) return std::unexpected(kind.error());
  ErrorStream stream{.kind = static_cast<ErrorStream::Kind>(*kind), .path = {}};
  if (stream.kind == ErrorStream::Kind::file) {
    if (auto set = set_path(value, rest, stream.path); !set) return std::unexpected(std::move(set).error());
  } else if (!rest.empty()) {
    return reject(value, fmt::format("'{}' is too much after '{}'", rest, first));
  }
  return stream;
}

Value ErrorStreamCodec::print(const ErrorStream& value) {
  std::string text(kStreams[static_cast<std::size_t>(value.kind)]);
  if (value.kind == ErrorStream::Kind::file) text += ' ' + value.path;
  return plain(std::move(text));
}

std::string ErrorStreamCodec::schema() {
  // YAML tools read a plain null as the null value.
  return R"({"anyOf": [{"type": "null"}, {"type": "string", "pattern": "^(log|socket|inherit|null|file +/.*)$"}]})";
}

}  // namespace porterd::config
