// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace porterd::base {
namespace {

using std::chrono::milliseconds;

TEST(Text, ReadsUnsignedNumbersAndNothingElse) {
  EXPECT_EQ(parse_unsigned("0"), 0U);
  EXPECT_EQ(parse_unsigned("65535"), 65535U);
  EXPECT_EQ(parse_unsigned("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  for (const auto* bad : {"", " 1", "1 ", "+1", "-1", "0x10", "1.0", "18446744073709551616", "one"})
    EXPECT_FALSE(parse_unsigned(bad)) << bad;
}

TEST(Text, ReadsSignedNumbers) {
  EXPECT_EQ(parse_signed("-20"), -20);
  EXPECT_EQ(parse_signed("+19"), 19);
  for (const auto* bad : {"", "-", "+", "+-1", "--1", "9223372036854775808"}) EXPECT_FALSE(parse_signed(bad)) << bad;
}

TEST(Text, ReadsOctalNumbersUpToTheirMaximum) {
  EXPECT_EQ(parse_octal("022", 0777), 022U);
  EXPECT_EQ(parse_octal("22", 0777), 022U);
  EXPECT_EQ(parse_octal("0o22", 0777), 022U);
  EXPECT_EQ(parse_octal("0", 0777), 0U);
  for (const auto* bad : {"", "0o", "8", "1777", "-1", "0x1", "40000000000"})
    EXPECT_FALSE(parse_octal(bad, 0777)) << bad;
}

TEST(Text, ReadsPlainFractions) {
  EXPECT_DOUBLE_EQ(parse_fraction("0.5").value_or(-1), 0.5);
  EXPECT_DOUBLE_EQ(parse_fraction("12").value_or(-1), 12);
  for (const auto* bad : {"", ".", ".5", "5.", "1e3", "inf", "nan", "-1", "1.2.3", "0x1"})
    EXPECT_FALSE(parse_fraction(bad)) << bad;
}

TEST(Text, ReadsSizesInPowersOf1024) {
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("64K"), 65536U);
  EXPECT_EQ(parse_size("64k"), 65536U);
  EXPECT_EQ(parse_size("2G"), 2147483648U);
  EXPECT_EQ(parse_size("1t"), std::uint64_t{1} << 40);
  for (const auto* bad : {"", "K", "1KB", "1 K", "-1K", "1.5M", "1P", "16777216T"})
    EXPECT_FALSE(parse_size(bad)) << bad;
}

TEST(Text, PrintsTheShortestSizeThatReadsBack) {
  EXPECT_EQ(print_size(0), "0");
  EXPECT_EQ(print_size(1000), "1000");
  EXPECT_EQ(print_size(65536), "64K");
  EXPECT_EQ(print_size(std::uint64_t{1} << 50), "1024T");
  for (const std::uint64_t size : {0ULL, 1ULL, 1024ULL, 1536ULL, 1ULL << 31, ~0ULL})
    EXPECT_EQ(parse_size(print_size(size)), size);
}

TEST(Text, ReadsDurations) {
  EXPECT_EQ(parse_duration("10"), milliseconds(10'000));
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("1h30m"), milliseconds(5'400'000));
  EXPECT_EQ(parse_duration("1m1ms"), milliseconds(60'001));
  EXPECT_EQ(parse_duration("2d"), milliseconds(172'800'000));
  for (const auto* bad : {"", "s", "10 s", "-1s", "30m1h", "1h1h", "1h30", "1w", "1.5h", "9223372036854775807"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(Text, PrintsDurationsThatReadBack) {
  EXPECT_EQ(print_duration(milliseconds(0)), "0s");
  EXPECT_EQ(print_duration(milliseconds(5'400'000)), "1h30m");
  EXPECT_EQ(print_duration(milliseconds(250)), "250ms");
  for (const auto count : {0L, 1L, 999L, 61'001L, 86'400'000L, 90'061'001L})
    EXPECT_EQ(parse_duration(print_duration(milliseconds(count))), milliseconds(count));
}

TEST(Text, SplitsIntoWordsAndParts) {
  EXPECT_EQ(split_words("  a\t bc  "), (std::vector<std::string_view>{"a", "bc"}));
  EXPECT_TRUE(split_words(" \t").empty());
  EXPECT_EQ(split("a::b", ':'), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ':'), (std::vector<std::string_view>{""}));
}

TEST(Text, TrimsAndComparesWithoutCase) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_TRUE(equal_ignoring_case("UNLIMITED", "unlimited"));
  EXPECT_FALSE(equal_ignoring_case("unlimite", "unlimited"));
  EXPECT_EQ(to_lower("AbZ-9"), "abz-9");
}

TEST(Text, SuggestsTheNearestName) {
  constexpr std::string_view kNames[] = {"server", "service", "server_args", "port"};
  EXPECT_EQ(nearest("sevrer", kNames), "server");
  EXPECT_EQ(nearest("servce", kNames), "service");
  EXPECT_EQ(nearest("prot", kNames), "port");
  EXPECT_EQ(nearest("server_arg", kNames), "server_args");
  EXPECT_FALSE(nearest("banner", kNames));
  EXPECT_FALSE(nearest("x", kNames));
  EXPECT_FALSE(nearest("", kNames));
}

}  // namespace
}  // namespace porterd::base
