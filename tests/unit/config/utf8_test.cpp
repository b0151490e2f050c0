// SPDX-License-Identifier: Apache-2.0
#include "config/utf8.h"

#include <gtest/gtest.h>

namespace porterd::config {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, TakesText) {
  for (const auto text : {""sv, "abc\n"sv, "Grüße"sv, "\xEF\xBB\xBFx"sv, "\xED\x9F\xBF"sv, "\xF4\x8F\xBF\xBF"sv})
    EXPECT_EQ(first_bad_byte(text), std::nullopt) << text;
}

TEST(Utf8, FindsTheFirstByteThatIsNoText) {
  EXPECT_EQ(first_bad_byte("ab\0c"sv), 2U);
  EXPECT_EQ(first_bad_byte("a\x80"sv), 1U);
  EXPECT_EQ(first_bad_byte("\xC0\xAF"sv), 0U) << "an overlong slash";
  EXPECT_EQ(first_bad_byte("\xED\xA0\x80"sv), 0U) << "a surrogate";
  EXPECT_EQ(first_bad_byte("\xF4\x90\x80\x80"sv), 0U) << "beyond U+10FFFF";
  EXPECT_EQ(first_bad_byte("\xF5\x80\x80\x80"sv), 0U);
  EXPECT_EQ(first_bad_byte("x\xE2\x82"sv), 1U) << "cut off";
  EXPECT_EQ(first_bad_byte("\xFF\xFE\0a"sv), 0U) << "UTF-16";
}

}  // namespace
}  // namespace porterd::config
