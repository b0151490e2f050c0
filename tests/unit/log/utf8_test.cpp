// SPDX-License-Identifier: Apache-2.0
#include "log/utf8.h"

#include <gtest/gtest.h>

#include <string_view>

namespace porterd::log {
namespace {

TEST(Utf8, ReadsCharactersOfEveryLength) {
  const struct {
    std::string_view text;
    char32_t point;
  } rows[] = {{"a", U'a'},
              {std::string_view("\0", 1), 0},
              {"\x7f", 0x7f},
              {"\xc2\x80", 0x80},
              {"\xc3\xa4", 0xe4},
              {"\xdf\xbf", 0x7ff},
              {"\xe0\xa0\x80", 0x800},
              {"\xed\x9f\xbf", 0xd7ff},
              {"\xee\x80\x80", 0xe000},
              {"\xef\xbf\xbf", 0xffff},
              {"\xf0\x90\x80\x80", 0x10000},
              {"\xf4\x8f\xbf\xbf", 0x10ffff}};
  for (const auto& row : rows) {
    const Character character = first_character(row.text);
    EXPECT_TRUE(character.is_valid) << std::hex << static_cast<std::uint32_t>(row.point);
    EXPECT_EQ(character.point, row.point);
    EXPECT_EQ(character.length, row.text.size());
  }
}

TEST(Utf8, RefusesWhatIsNoCharacterAndSaysHowLongItIs) {
  const struct {
    std::string_view text;
    std::size_t length;
  } rows[] = {{"\x80", 1},
              {"\xbf"
               "a",
               1},
              {"\xc0\x80", 1},
              {"\xc1\xbf", 1},
              {"\xc3", 1},
              {"\xc3"
               "a",
               1},
              {"\xe0\x80\x80", 1},
              {"\xed\xa0\x80", 1},
              {"\xe2\x82", 2},
              {"\xe2\x82"
               "a",
               2},
              {"\xf0\x80\x80\x80", 1},
              {"\xf0\x9f\x98", 3},
              {"\xf4\x90\x80\x80", 1},
              {"\xf5\x80\x80\x80", 1},
              {"\xff", 1}};
  for (const auto& row : rows) {
    const Character character = first_character(row.text);
    EXPECT_FALSE(character.is_valid) << testing::PrintToString(row.text);
    EXPECT_EQ(character.length, row.length) << testing::PrintToString(row.text);
  }
}

TEST(Utf8, KnowsWhatSteersATerminalOrAViewer) {
  for (const char32_t point :
       {0U, 0x1bU, 0x0aU, 0x7fU, 0x85U, 0x9bU, 0x2028U, 0x2029U, 0x202eU, 0x2066U, 0x200fU, 0xfeffU})
    EXPECT_TRUE(is_control(point)) << std::hex << static_cast<std::uint32_t>(point);
  for (const char32_t point : {U' ', U'~', U'\u00a0', U'\u00e4', U'\u20ac', U'\U0001f600'})
    EXPECT_FALSE(is_control(point)) << std::hex << static_cast<std::uint32_t>(point);
}

}  // namespace
}  // namespace porterd::log
