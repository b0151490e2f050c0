// SPDX-License-Identifier: Apache-2.0
#include "worker/tcpmux.h"

#include <gtest/gtest.h>

namespace porterd::worker {
namespace {

using State = TcpmuxLine::State;

TEST(TcpmuxLine, NamesHaveNoCase) {
  const auto line = read_tcpmux_line("FinGer\r\nbob\r\n");
  EXPECT_EQ(line.state, State::complete);
  EXPECT_EQ(line.name, "finger");
  EXPECT_EQ(line.size, 8U);
}

TEST(TcpmuxLine, EndsWithABareLineFeedToo) {
  const auto line = read_tcpmux_line("help\nrest");
  EXPECT_EQ(line.state, State::complete);
  EXPECT_TRUE(line.is_help());
  EXPECT_EQ(line.size, 5U);
}

TEST(TcpmuxLine, WaitsForItsEnd) {
  for (const auto* text : {"", "f", "finger", "finger\r"}) EXPECT_EQ(read_tcpmux_line(text).state, State::incomplete);
  EXPECT_FALSE(read_tcpmux_line("help").is_help());
}

TEST(TcpmuxLine, RefusesWhatIsNoName) {
  for (const auto* text : {"\r\n", "\n", " \r\n", "a b\r\n", "a\rb\r\n", "\x80\r\n", "\x01", "a\r\r\n"})
    EXPECT_EQ(read_tcpmux_line(text).state, State::malformed) << text;
  EXPECT_EQ(read_tcpmux_line(std::string_view("a\0\r\n", 4)).state, State::malformed);
}

TEST(TcpmuxLine, IsBounded) {
  const std::string longest(kLongestTcpmuxName, 'n');
  EXPECT_EQ(read_tcpmux_line(longest).state, State::incomplete);
  EXPECT_EQ(read_tcpmux_line(longest + "\r").state, State::incomplete);
  EXPECT_EQ(read_tcpmux_line(longest + "\r\n").state, State::complete);
  EXPECT_EQ(read_tcpmux_line(longest + "n").state, State::malformed);
}

}  // namespace
}  // namespace porterd::worker
