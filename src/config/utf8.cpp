// SPDX-License-Identifier: Apache-2.0
#include "config/utf8.h"

#include <cstdint>

namespace porterd::config {
namespace {

// The table of RFC 3629 section 4: how many bytes follow, and what the second may be.
struct Sequence {
  std::size_t following = 0;
  std::uint8_t least = 0x80;
  std::uint8_t most = 0xBF;
};

std::optional<Sequence> sequence_of(std::uint8_t first) {
  if (first < 0x80) return first == 0 ? std::nullopt : std::optional<Sequence>(Sequence{});
  if (first < 0xC2 || first > 0xF4) return std::nullopt;
  if (first < 0xE0) return Sequence{.following = 1};
  if (first == 0xE0) return Sequence{.following = 2, .least = 0xA0};
  if (first == 0xED) return Sequence{.following = 2, .most = 0x9F};
  if (first < 0xF0) return Sequence{.following = 2};
  if (first == 0xF0) return Sequence{.following = 3, .least = 0x90};
  return Sequence{.following = 3, .most = static_cast<std::uint8_t>(first == 0xF4 ? 0x8F : 0xBF)};
}

}  // namespace

std::optional<std::size_t> first_bad_byte(std::string_view text) {
  const auto byte_at = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
  std::size_t index = 0;
  while (index < text.size()) {
    const auto sequence = sequence_of(byte_at(index));
    if (!sequence || text.size() - index <= sequence->following) return index;
    for (std::size_t step = 1; step <= sequence->following; ++step) {
      const auto byte = byte_at(index + step);
      const auto least = step == 1 ? sequence->least : std::uint8_t{0x80};
      const auto most = step == 1 ? sequence->most : std::uint8_t{0xBF};
      if (byte < least || byte > most) return index;
    }
    index += sequence->following + 1;
  }
  return std::nullopt;
}

}  // namespace porterd::config
