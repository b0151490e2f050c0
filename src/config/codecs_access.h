// SPDX-License-Identifier: Apache-2.0
//
// Codecs for who gets in, when, and how often.
#pragma once

#include "config/codec.h"
#include "config/codecs_basic.h"
#include "config/config.h"

namespace porterd::config {

/// Whether `text` can be the name of a host (RFC 1035 section 2.3.1, and underscores); a mistyped address is none.
[[nodiscard]] bool is_host_name(std::string_view text);

/// An entry of only_from or no_access: an address, a prefix or a host's name. xinetd's trailing-zero wildcards,
/// factorised forms and domain suffixes are not taken here; a likely slip is warned about.
struct AccessEntryCodec {
  using Type = AccessEntry;
  static constexpr std::string_view kForm = "an address, a prefix such as 10.0.0.0/8, or a host's name";
  static Parsed<AccessEntry> parse(const Value& value, const Context& context);
  static Value print(const AccessEntry& value);
  static std::string schema();
};

/// "08:00-18:00", both included; "22:00-06:00" passes midnight.
struct TimeRangeCodec {
  using Type = TimeRange;
  static constexpr std::string_view kForm = "times as HH:MM-HH:MM";
  static Parsed<TimeRange> parse(const Value& value, const Context&);
  static Value print(const TimeRange& value);
  static std::string schema();
};

/// `50`, `50/s`, `256/m`, or {rate: 50/s, burst: 100, excess: hold | refuse | disable, wait: 10s}. Without `burst`
/// the bucket holds what comes in that time.
struct RateCodec {
  using Type = ConnectionRate;
  static constexpr std::string_view kForm =
      "a rate such as 50, 50/s or 256/m, {rate, burst, excess, wait}, or unlimited";
  static Parsed<ConnectionRate> parse(const Value& value, const Context& context);
  static Value print(const ConnectionRate& value);
  static std::string schema();
};

/// The rate alone: "60/m".
struct SourceRateCodec {
  using Type = ConnectionRate;
  static constexpr std::string_view kForm = "a rate such as 10, 10/s or 60/m, or unlimited";
  static Parsed<ConnectionRate> parse(const Value& value, const Context&);
  static Value print(const ConnectionRate& value);
  static std::string schema();
};

/// A number, or {limit: 10, ipv4: 32, ipv6: 64}.
struct SourceLimitCodec {
  using Type = SourceLimit;
  static constexpr std::string_view kForm = "a whole number, {limit, ipv4, ipv6}, or unlimited";
  static Parsed<SourceLimit> parse(const Value& value, const Context& context);
  static Value print(const SourceLimit& value);
  static std::string schema();
};

/// Whether and as what hosts.allow and hosts.deny know a service: `no` (nothing), `yes` (empty) or a name.
struct WrapperName {
  using Type = std::optional<std::string>;
  static constexpr std::string_view kForm = "yes, no or a name in hosts.allow";
  static Parsed<Type> parse(const Value& value, const Context&);
  static Value print(const Type& value);
  static std::string schema();
};

/// `never` (0), `forever`, or a duration.
struct DenyTime {
  using Type = std::chrono::milliseconds;
  static constexpr std::string_view kForm = "a duration such as 30m or 1d, forever, or never";
  static Parsed<Type> parse(const Value& value, const Context& context);
  static Value print(Type value);
  static std::string schema();
};

}  // namespace porterd::config
