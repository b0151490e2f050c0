// SPDX-License-Identifier: Apache-2.0
#include "log/utf8.h"

#include <algorithm>
#include <cstdint>

namespace porterd::log {
namespace {

/// What a first byte promises: how many bytes follow, and which range the first of them is in.
struct Lead {
  std::size_t following = 0;  // 0: not a first byte of anything longer than itself
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xbf;
};

Lead lead_of(std::uint8_t byte) {
  if (byte >= 0xc2 && byte <= 0xdf) return {1};
  if (byte == 0xe0) return {2, 0xa0, 0xbf};
  if (byte == 0xed) return {2, 0x80, 0x9f};
  if (byte >= 0xe1 && byte <= 0xef) return {2};
  if (byte == 0xf0) return {3, 0x90, 0xbf};
  if (byte >= 0xf1 && byte <= 0xf3) return {3};
  if (byte == 0xf4) return {3, 0x80, 0x8f};
  return {};
}

}  // namespace

Character first_character(std::string_view text) {
  const auto byte_at = [text](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
  const std::uint8_t first = byte_at(0);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = lead_of(first);
  if (lead.following == 0) return {};
  // 5, 4 or 3 bits of the first byte count.
  char32_t point = first & (0x3fU >> lead.following);
  for (std::size_t index = 1; index <= lead.following; ++index) {
    const std::uint8_t low = index == 1 ? lead.low : std::uint8_t{0x80};
    const std::uint8_t high = index == 1 ? lead.high : std::uint8_t{0xbf};
    if (index >= text.size() || byte_at(index) < low || byte_at(index) > high) return {0, index, false};
    point = point << 6 | (byte_at(index) & 0x3fU);
  }
  return {point, lead.following + 1, true};
}

bool is_control(char32_t point) {
  if (point < 0x20 || (point >= 0x7f && point <= 0x9f)) return true;
  if (point >= 0x200e && point <= 0x200f) return true;  // direction marks
  if (point >= 0x2028 && point <= 0x202e) return true;  // separators, direction overrides
  if (point >= 0x2066 && point <= 0x2069) return true;  // direction isolates
  return point == 0x061c || point == 0xfeff;
}

}  // namespace porterd::log
