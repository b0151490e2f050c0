// SPDX-License-Identifier: Apache-2.0
//
// Codecs for what is said and where: log_type, log_on_success, log_on_failure, stderr.
#pragma once

#include "config/codec.h"
#include "config/config.h"

namespace porterd::config {

/// `main`, `none`, `stderr`, `journal`, `syslog [facility [level]]`, `file PATH`, or a map
/// {type: syslog, facility: auth, level: notice} or {type: file, path: /var/log/x.log, soft_limit: 1M, hard_limit: 2M}.
struct LogTargetCodec {
  using Type = LogTarget;
  static constexpr std::string_view kForm = "main, none, stderr, journal, syslog [FACILITY [LEVEL]] or file PATH";
  static Parsed<LogTarget> parse(const Value& value, const Context& context);
  static Value print(const LogTarget& value);
  static std::string schema();
};

/// The hard limit of a log file for which only the soft one is given: 1 % more, at least 5K and at most 20K, as in
/// xinetd.conf(5).
[[nodiscard]] std::uint64_t usual_hard_limit(std::uint64_t soft);

/// Names of fields, a list or one text; in xinetd's capitals too. `none` or [] for no field.
template <LogFields kAllowed>
struct LogFieldsCodec;

/// The fields that log_on_success and log_on_failure can show.
inline constexpr LogFields kSuccessFields = 0x3f;
inline constexpr LogFields kFailureFields =
    static_cast<LogFields>(log_field(LogField::host) | log_field(LogField::userid) | log_field(LogField::attempt));

[[nodiscard]] Parsed<LogFields> parse_log_fields(const Value& value, LogFields allowed);
[[nodiscard]] Value print_log_fields(LogFields value);
[[nodiscard]] std::string schema_log_fields(LogFields allowed);

template <LogFields kAllowed>
struct LogFieldsCodec {
  using Type = LogFields;
  static constexpr std::string_view kForm = kAllowed == kSuccessFields
                                                ? "any of pid, host, userid, exit, duration, traffic; or none"
                                                : "any of host, userid, attempt; or none";
  static Parsed<LogFields> parse(const Value& value, const Context&) { return parse_log_fields(value, kAllowed); }
  static Value print(LogFields value) { return print_log_fields(value); }
  static std::string schema() { return schema_log_fields(kAllowed); }
};

/// `log`, `socket`, `inherit`, `null` or `file PATH`.
struct ErrorStreamCodec {
  using Type = ErrorStream;
  static constexpr std::string_view kForm = "log, socket, inherit, null or file PATH";
  static Parsed<ErrorStream> parse(const Value& value, const Context&);
  static Value print(const ErrorStream& value);
  static std::string schema();
};

}  // namespace porterd::config
