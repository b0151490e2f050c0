// SPDX-License-Identifier: Apache-2.0
//
// Resource limits, setrlimit(2): "64M", "64M:128M" (soft:hard), `unlimited`, or {soft: 64M, hard: 128M}.
#pragma once

#include <sys/resource.h>

#include "config/codec.h"
#include "config/config.h"

namespace porterd::config {

/// What a limit counts, and so how its numbers are written.
enum class LimitUnit : std::uint8_t {
  bytes,         ///< 64M
  number,        ///< 1024
  seconds,       ///< 20, 20s, 5m
  microseconds,  ///< 200000, 200ms
};

[[nodiscard]] Parsed<ResourceLimit> parse_limit(const Value& value, int resource, LimitUnit unit);
[[nodiscard]] Value print_limit(const ResourceLimit& limit, LimitUnit unit);
[[nodiscard]] std::string schema_limit(LimitUnit unit);
/// What is taken, e.g. "a size such as 64M, two as soft:hard, or unlimited".
[[nodiscard]] constexpr std::string_view limit_form(LimitUnit unit) {
  switch (unit) {
    case LimitUnit::bytes:
      return "a size such as 64M, two as soft:hard, or unlimited";
    case LimitUnit::number:
      return "a number such as 1024, two as soft:hard, or unlimited";
    case LimitUnit::seconds:
      return "seconds or a duration such as 5m, two as soft:hard, or unlimited";
    case LimitUnit::microseconds:
      return "microseconds or a duration such as 200ms, two as soft:hard, or unlimited";
  }
  return {};
}

}  // namespace porterd::config
