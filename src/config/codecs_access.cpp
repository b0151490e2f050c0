// SPDX-License-Identifier: Apache-2.0
#include "config/codecs_access.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/codecs_entry.h"

namespace porterd::config {
namespace {

constexpr std::array<std::string_view, 4> kEverybody{"all", "any", "ALL", "everyone"};
constexpr std::array<std::string_view, 2> kDenyWords{"never", "forever"};
constexpr std::size_t kLongestHostName = 253;  // RFC 1035 section 2.3.4, without the root's dot
constexpr std::size_t kLongestLabel = 63;

bool is_host_character(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '-' || letter == '_';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && std::ranges::all_of(label, is_host_character) &&
         label.front() != '-' && label.back() != '-';
}

void warn_of_wildcard(const Value& value, const Context& context) {
  const auto octets = base::split(value.text, '.');
  if (octets.size() != 4 || octets.back() != "0") return;
  std::size_t zeros = 0;
  while (zeros < 4 && octets[3 - zeros] == "0") ++zeros;
  context.warn(value.where, fmt::format("'{}' is this one address; zeros at its end are no wildcard here", value.text),
               fmt::format("write {}/{} for all addresses that begin so", value.text, 8 * (4 - zeros)));
}

void warn_of_host_bits(const Value& value, const base::Prefix& prefix, const Context& context) {
  const auto address = base::parse_address(value.text.substr(0, value.text.find('/')));
  if (!address || prefix.address == *address) return;
  context.warn(value.where, fmt::format("'{}' has bits set beyond its length", value.text),
               fmt::format("it is taken as {}", prefix.text()));
}

std::string hint_for(std::string_view text) {
  if (text.starts_with('.'))
    return "domains are not taken, because a client chooses the name of its own address; write prefixes";
  if (text.contains('{')) return "write each address as an item of its own";
  return {};
}

Parsed<std::uint16_t> parse_minute(const Value& value, std::string_view text) {
  const auto parts = base::split(text, ':');
  if (parts.size() == 2 && parts[0].size() <= 2 && parts[1].size() == 2) {
    const auto hour = base::parse_unsigned(parts[0]);
    const auto minute = base::parse_unsigned(parts[1]);
    if (hour && minute && *hour < 24 && *minute < 60) return static_cast<std::uint16_t>(*hour * 60 + *minute);
  }
  return reject(value, fmt::format("'{}' is not a time of day", text), "00:00 to 23:59; both ends are included");
}

// From "50", "50/s", "3000/m", "7200/h"; as many come at once as in that time.
Parsed<ConnectionRate> parse_rate(const Value& value) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  const auto slash = text->find('/');
  const auto unit = slash == std::string_view::npos ? "s" : text->substr(slash + 1);
  const std::uint64_t seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  const auto number = base::parse_unsigned(text->substr(0, slash));
  if (!number || seconds == 0 || *number > std::numeric_limits<std::uint32_t>::max())
    return reject(value, shown(value) + " is not a rate");
  if (*number == 0) return reject(value, "a rate of 0 lets nobody in", "disable: yes turns a service off");
  const std::uint64_t divisor = *number % seconds == 0 ? seconds : 1;
  const auto rate = static_cast<std::uint32_t>(*number / divisor);
  return ConnectionRate{.rate = rate, .burst = rate, .per = std::chrono::seconds(seconds / divisor)};
}

std::string print_rate(const ConnectionRate& value) {
  return fmt::format("{}/{}", value.rate, value.per.count() == 1 ? 's' : value.per.count() == 60 ? 'm' : 'h');
}

using PrefixLength4 = Number<std::uint8_t, 0, 32>;
using PrefixLength6 = Number<std::uint8_t, 0, 128>;

}  // namespace

// A name whose last label is all digits is a mistyped address (RFC 3696 section 2).
bool is_host_name(std::string_view text) {
  if (text.size() > kLongestHostName) return false;
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto labels = base::split(text, '.');
  return std::ranges::all_of(labels, is_label) && !base::parse_unsigned(labels.back());
}

Parsed<AccessEntry> AccessEntryCodec::parse(const Value& value, const Context& context) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  if (const auto prefix = base::parse_prefix(*text)) {
    if (text->contains('/')) {
      warn_of_host_bits(value, *prefix, context);
    } else {
      warn_of_wildcard(value, context);
    }
    return AccessEntry(*prefix);
  }
  if (std::ranges::find(kEverybody, *text) != kEverybody.end())
    return reject(value, shown(value) + " is not an address", "everybody is 0.0.0.0/0 and ::/0");
  if (!is_host_name(*text))
    return reject(value, shown(value) + " is neither an address nor a host's name", hint_for(*text));
  return AccessEntry(HostName{std::string(*text)});
}

Value AccessEntryCodec::print(const AccessEntry& value) {
  if (const auto* host = std::get_if<HostName>(&value)) return quotable(host->name);
  const auto& prefix = std::get<base::Prefix>(value);
  auto text = prefix.text();
  // A bare address that ends in zero is warned about; its length says that it is meant.
  if (!text.contains('/') && text.ends_with(".0")) text += "/32";
  return quotable(std::move(text));
}

std::string AccessEntryCodec::schema() { return R"({"type": "string"})"; }

Parsed<TimeRange> TimeRangeCodec::parse(const Value& value, const Context&) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  const auto ends = base::split(*text, '-');
  if (ends.size() != 2) return reject(value, shown(value) + " is not a range of times");
  const auto first = parse_minute(value, ends[0]);
  if (!first) return std::unexpected(first.error());
  const auto last = parse_minute(value, ends[1]);
  if (!last) return std::unexpected(last.error());
  return TimeRange{*first, *last};
}

Value TimeRangeCodec::print(const TimeRange& value) {
  return quotable(
      fmt::format("{:02}:{:02}-{:02}:{:02}", value.first / 60, value.first % 60, value.last / 60, value.last % 60));
}

std::string TimeRangeCodec::schema() {
  return R"({"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}$"})";
}

Parsed<ConnectionRate> RateCodec::parse(const Value& value, const Context& context) {
  if (value.kind != Value::Kind::map) return parse_rate(value);
  constexpr std::array<std::string_view, 4> kKeys{"rate", "burst", "excess", "wait"};
  if (const auto known = allow_keys(value, kKeys); !known) return std::unexpected(known.error());
  const auto* entry = entry_named(value, "rate");
  if (entry == nullptr) return reject(value, "needs a 'rate'");
  auto rate = parse_rate(*entry);
  if (!rate) {
    if (rate.error().hint.empty()) rate.error().hint = "a rate such as 50, 50/s or 256/m";
    return rate;
  }
  if (auto parsed = parse_entry<Count>(value, "burst", rate->burst, context); !parsed)
    return std::unexpected(std::move(parsed).error());
  if (auto parsed = parse_entry<Enum<Excess>>(value, "excess", rate->excess, context); !parsed)
    return std::unexpected(std::move(parsed).error());
  if (auto parsed = parse_entry<Duration>(value, "wait", rate->wait, context); !parsed)
    return std::unexpected(std::move(parsed).error());
  return rate;
}

Value RateCodec::print(const ConnectionRate& value) {
  const ConnectionRate plain_rate{.rate = value.rate, .burst = value.rate, .per = value.per};
  auto rate = plain(print_rate(value));
  if (value == plain_rate) return rate;
  return map_of({{"rate", std::move(rate)},
                 {"burst", Count::print(value.burst)},
                 {"excess", Enum<Excess>::print(value.excess)},
                 {"wait", Duration::print(value.wait)}});
}

std::string RateCodec::schema() {
  const auto rate = schema_pattern("^[0-9]+(/[smh])?$");
  return schema_any({rate, schema_object({{"rate", rate},
                                          {"burst", Count::schema()},
                                          {"excess", Enum<Excess>::schema()},
                                          {"wait", Duration::schema()}},
                                         "rate")});
}

// 60/m is not 1/s: as many as the number says may come at once.
Parsed<ConnectionRate> SourceRateCodec::parse(const Value& value, const Context&) {
  auto rate = parse_rate(value);
  if (!rate) return rate;
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  rate->burst = static_cast<std::uint32_t>(base::parse_unsigned(text->substr(0, text->find('/'))).value_or(rate->rate));
  return rate;
}

Value SourceRateCodec::print(const ConnectionRate& value) {
  char unit = 's';
  for (const auto& [seconds, letter] : {std::pair(60, 'm'), std::pair(3600, 'h')})
    if (std::uint64_t{value.rate} * static_cast<std::uint64_t>(seconds / value.per.count()) == value.burst)
      unit = letter;
  return plain(fmt::format("{}/{}", value.burst, unit));
}

std::string SourceRateCodec::schema() { return schema_pattern("^[0-9]+(/[smh])?$"); }

Parsed<SourceLimit> SourceLimitCodec::parse(const Value& value, const Context& context) {
  SourceLimit limit;
  if (value.kind != Value::Kind::map) {
    const auto number = Maximum::parse(value, context);
    if (!number) return std::unexpected(number.error());
    limit.limit = *number;
    return limit;
  }
  constexpr std::array<std::string_view, 3> kKeys{"limit", "ipv4", "ipv6"};
  if (const auto known = allow_keys(value, kKeys); !known) return std::unexpected(known.error());
  if (entry_named(value, "limit") == nullptr) return reject(value, "needs a 'limit'");
  if (auto parsed = parse_entry<Maximum>(value, "limit", limit.limit, context); !parsed)
    return std::unexpected(std::move(parsed).error());
  if (auto parsed = parse_entry<PrefixLength4>(value, "ipv4", limit.ipv4_prefix, context); !parsed)
    return std::unexpected(std::move(parsed).error());
  if (auto parsed = parse_entry<PrefixLength6>(value, "ipv6", limit.ipv6_prefix, context); !parsed)
    return std::unexpected(std::move(parsed).error());
  return limit;
}

Value SourceLimitCodec::print(const SourceLimit& value) {
  if (value == SourceLimit{.limit = value.limit}) return Maximum::print(value.limit);
  return map_of({{"limit", Maximum::print(value.limit)},
                 {"ipv4", PrefixLength4::print(value.ipv4_prefix)},
                 {"ipv6", PrefixLength6::print(value.ipv6_prefix)}});
}

std::string SourceLimitCodec::schema() {
  return schema_any({Maximum::schema(), schema_object({{"limit", Maximum::schema()},
                                                       {"ipv4", PrefixLength4::schema()},
                                                       {"ipv6", PrefixLength6::schema()}},
                                                      "limit")});
}

Parsed<WrapperName::Type> WrapperName::parse(const Value& value, const Context& context) {
  if (const auto yes_no = YesNo::parse(value, context)) return *yes_no ? Type("") : Type();
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  // In those files other characters mean something else.
  if (text->empty() || text->find_first_of(" \t,:@\\") != std::string_view::npos)
    return reject(value, shown(value) + " cannot be a name in hosts.allow");
  return Type(*text);
}

Value WrapperName::print(const Type& value) {
  if (!value) return plain("no");
  return value->empty() ? plain("yes") : quotable(*value);
}

std::string WrapperName::schema() { return schema_any({YesNo::schema(), Text::schema()}); }

Parsed<DenyTime::Type> DenyTime::parse(const Value& value, const Context& context) {
  if (is_keyword(value, "never")) return kDenyNever;
  if (is_keyword(value, "forever")) return kDenyForever;
  return Duration::parse(value, context);
}

Value DenyTime::print(Type value) {
  if (value == kDenyNever) return plain("never");
  return value == kDenyForever ? plain("forever") : Duration::print(value);
}

std::string DenyTime::schema() { return schema_any({Duration::schema(), schema_enum(kDenyWords)}); }

}  // namespace porterd::config
