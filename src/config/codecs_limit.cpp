// SPDX-License-Identifier: Apache-2.0
#include "config/codecs_limit.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>

#include "base/text.h"

namespace porterd::config {
namespace {

constexpr std::string_view kUnlimited = "unlimited";

std::optional<std::uint64_t> duration_in(std::string_view text, LimitUnit unit) {
  // A bare number counts the kernel's own unit, not always seconds.
  if (const auto number = base::parse_unsigned(text)) return number;
  const auto duration = base::parse_duration(text);
  if (!duration) return std::nullopt;
  const auto milliseconds = static_cast<std::uint64_t>(duration->count());
  if (unit == LimitUnit::microseconds) {
    if (milliseconds > RLIM_INFINITY / 1000) return std::nullopt;
    return milliseconds * 1000;
  }
  if (milliseconds % 1000 != 0) return std::nullopt;
  return milliseconds / 1000;
}

std::optional<rlim_t> parse_one(std::string_view text, LimitUnit unit) {
  if (text == kUnlimited) return RLIM_INFINITY;
  std::optional<std::uint64_t> number;
  switch (unit) {
    case LimitUnit::bytes:
    case LimitUnit::number:
      number = base::parse_size(text);
      break;
    case LimitUnit::seconds:
    case LimitUnit::microseconds:
      number = duration_in(text, unit);
      break;
  }
  if (!number || *number >= RLIM_INFINITY) return std::nullopt;
  return number;
}

std::string print_one(rlim_t value, LimitUnit unit) {
  if (value == RLIM_INFINITY) return std::string(kUnlimited);
  return unit == LimitUnit::bytes ? base::print_size(value) : std::to_string(value);
}

Parsed<rlim_t> parse_half(const Value& value, std::string_view text, LimitUnit unit) {
  const auto number = parse_one(text, unit);
  if (!number) return reject(value, fmt::format("'{}' is not a limit", text));
  return *number;
}

Parsed<ResourceLimit> parse_halves(const Value& soft_value, std::string_view soft_text, const Value& hard_value,
                                   std::string_view hard_text, int resource, LimitUnit unit) {
  const auto soft = parse_half(soft_value, soft_text, unit);
  if (!soft) return std::unexpected(soft.error());
  const auto hard = parse_half(hard_value, hard_text, unit);
  if (!hard) return std::unexpected(hard.error());
  if (*soft > *hard)
    return reject(soft_value, "the soft limit is above the hard one", "soft:hard, the smaller one first");
  return ResourceLimit{resource, *soft, *hard};
}

Parsed<ResourceLimit> parse_map(const Value& value, int resource, LimitUnit unit) {
  constexpr std::array<std::string_view, 2> kKeys{"soft", "hard"};
  if (const auto known = allow_keys(value, kKeys); !known) return std::unexpected(known.error());
  const auto* soft = entry_named(value, "soft");
  const auto* hard = entry_named(value, "hard");
  if (soft == nullptr || hard == nullptr) return reject(value, "needs both 'soft' and 'hard'");
  const auto soft_text = text_of(*soft);
  if (!soft_text) return std::unexpected(soft_text.error());
  const auto hard_text = text_of(*hard);
  if (!hard_text) return std::unexpected(hard_text.error());
  return parse_halves(*soft, *soft_text, *hard, *hard_text, resource, unit);
}

}  // namespace

Parsed<ResourceLimit> parse_limit(const Value& value, int resource, LimitUnit unit) {
  if (value.kind == Value::Kind::map) return parse_map(value, resource, unit);
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  if (value.is_quoted && text->contains(kUnlimited))
    return reject(value, shown(value) + " is a text, not a limit", "write it without quotes");
  const auto colon = text->find(':');
  if (colon == std::string_view::npos) return parse_halves(value, *text, value, *text, resource, unit);
  return parse_halves(value, text->substr(0, colon), value, text->substr(colon + 1), resource, unit);
}

Value print_limit(const ResourceLimit& limit, LimitUnit unit) {
  auto text = print_one(limit.soft, unit);
  if (limit.soft != limit.hard) text += ':' + print_one(limit.hard, unit);
  return plain(std::move(text));
}

std::string schema_limit(LimitUnit unit) {
  const std::string one = unit == LimitUnit::bytes || unit == LimitUnit::number ? "([0-9]+[kmgtKMGT]?|unlimited)"
                                                                                : "([0-9]+(d|h|m|s|ms)?|unlimited)";
  const auto single = schema_pattern(fmt::format("^{}(:{})?$", one, one));
  const auto half = schema_pattern(fmt::format("^{}$", one));
  return schema_any({single, schema_object({{"soft", half}, {"hard", half}})});
}

}  // namespace porterd::config
