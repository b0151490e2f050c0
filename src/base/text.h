// SPDX-License-Identifier: Apache-2.0
//
// Text to number, size and duration, and back; small helpers on text. Pure. Numbers are decimal
// unless said otherwise and a value that does not fit is refused, never clipped.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace porterd::base {

/// Decimal, digits only: "0", "65535". Nothing on any other character or overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_unsigned(std::string_view text);
/// Decimal with an optional '-' or '+'.
[[nodiscard]] std::optional<std::int64_t> parse_signed(std::string_view text);
/// Octal as in chmod(1): "022", "22", "0o22"; at most `maximum`.
[[nodiscard]] std::optional<std::uint32_t> parse_octal(std::string_view text, std::uint32_t maximum);
/// A decimal fraction: "0.5", "12".
[[nodiscard]] std::optional<double> parse_fraction(std::string_view text);

/// A size in bytes: "4096", "64K", "1M", "2G", "1T", powers of 1024, upper or lower case.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
/// The shortest form that parse_size reads back: 65536 → "64K", 1000 → "1000".
[[nodiscard]] std::string print_size(std::uint64_t bytes);

/// A duration: "250ms", "10" (seconds), "10s", "5m", "2h", "1d", and sums such as "1h30m".
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The form that parse_duration reads back: 5400000 → "1h30m", 250 → "250ms", 0 → "0s".
[[nodiscard]] std::string print_duration(std::chrono::milliseconds duration);

/// The words of `text`, separated by any run of blanks and tabs.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text);
/// The parts of `text` between `separator`s, empty ones included.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// `text` without blanks, tabs and line ends at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// Whether both are equal when ASCII letters' case is ignored (strcasecmp(3)).
[[nodiscard]] bool equal_ignoring_case(std::string_view one, std::string_view other);
[[nodiscard]] std::string to_lower(std::string_view text);

/// The candidate nearest to `word` (restricted Damerau-Levenshtein, at most a third of its length, at least 1, away),
/// for "did you mean". Nothing when none is near.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

}  // namespace porterd::base
