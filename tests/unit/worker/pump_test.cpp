// SPDX-License-Identifier: Apache-2.0
#include "worker/pump.h"

#include <poll.h>

#include <csignal>

#include "looping.h"

namespace porterd::worker {
namespace {

using Need = Pump::Need;

class PumpTest : public testing::Test {
 protected:
  PumpTest() {
    std::signal(SIGPIPE, SIG_IGN);
    for (const int socket : {source_.near.number(), sink_.near.number()}) ::fcntl(socket, F_SETFL, O_NONBLOCK);
  }
  std::string heard() {
    std::string text;
    if (!drain(sink_.far.number(), text)) text += "(end)";
    return text;
  }

  Ends source_ = tcp_pair();
  Ends sink_ = tcp_pair();
  PipePool pipes_;
  Pump pump_{source_.near.number(), sink_.near.number(), pipes_};
};

TEST_F(PumpTest, WaitsForTheSourceAndHoldsNoPipe) {
  EXPECT_EQ(pump_.move().need, Need::source);
  EXPECT_EQ(pipes_.spare(), 1U);
  say(source_.far.number(), "hello");
  EXPECT_EQ(pump_.move().need, Need::source);
  EXPECT_EQ(heard(), "hello");
  EXPECT_EQ(pump_.bytes(), 5U);
  EXPECT_EQ(pipes_.spare(), 1U);
}

TEST_F(PumpTest, PassesTheEndOn) {
  say(source_.far.number(), "last");
  ::shutdown(source_.far.number(), SHUT_WR);
  EXPECT_EQ(pump_.move().need, Need::nothing);
  EXPECT_TRUE(pump_.is_over());
  EXPECT_EQ(heard(), "last(end)");
  EXPECT_EQ(pump_.move().need, Need::nothing);
}

TEST_F(PumpTest, WhatTheSinkDoesNotTakeIsNotRead) {
  const std::string much(1'000'000, 'x');
  std::size_t taken = 0;
  Need need = Need::source;
  pollfd room{.fd = source_.far.number(), .events = POLLOUT, .revents = 0};
  constexpr int kStalledMs = 50;
  do {
    const ssize_t size = ::send(source_.far.number(), much.data(), much.size(), MSG_NOSIGNAL);
    if (size > 0) taken += static_cast<std::size_t>(size);
    need = pump_.move().need;
  } while (::poll(&room, 1, kStalledMs) > 0);
  EXPECT_EQ(need, Need::sink);
  EXPECT_EQ(pipes_.spare(), 0U);
  EXPECT_LT(pump_.bytes(), taken);
  ::shutdown(source_.far.number(), SHUT_WR);
  std::string all;
  while (drain(sink_.far.number(), all)) need = pump_.move().need;
  EXPECT_EQ(all.size(), taken);
  EXPECT_EQ(need, Need::nothing);
  EXPECT_EQ(pump_.bytes(), taken);
  EXPECT_EQ(pipes_.spare(), 1U);
}

TEST_F(PumpTest, NamesTheSideThatBroke) {
  reset(source_.far);
  const auto step = pump_.move();
  EXPECT_EQ(step.need, Need::source_broke);
  EXPECT_EQ(step.error, ECONNRESET);
}

TEST_F(PumpTest, ASinkThatIsGoneIsASinkThatBroke) {
  reset(sink_.far);
  say(source_.far.number(), "anybody there?");
  const auto step = pump_.move();
  EXPECT_EQ(step.need, Need::sink_broke);
  EXPECT_TRUE(step.error == EPIPE || step.error == ECONNRESET) << step.error;
}

TEST(PipePool, KeepsNoMoreThanItMay) {
  PipePool pool(1);
  auto one = *pool.take();
  auto two = *pool.take();
  pool.give_back(std::move(one));
  pool.give_back(std::move(two));
  EXPECT_EQ(pool.spare(), 1U);
}

}  // namespace
}  // namespace porterd::worker
