// SPDX-License-Identifier: Apache-2.0
#include "worker/relay.h"

#include <csignal>

#include "looping.h"

namespace porterd::worker {
namespace {

using std::chrono::milliseconds;

class RelayTest : public testing::Test {
 protected:
  RelayTest() { std::signal(SIGPIPE, SIG_IGN); }

  /// A relay between `client_` and, when it has connected, `server_`.
  void relay(RelayPlan plan = {}) {
    auto pair = tcp_pair();
    client_ = std::move(pair.far);
    if (plan.targets.empty())
      plan.targets.emplace_back(
          base::SocketAddress(base::Endpoint{*base::parse_address("127.0.0.1"), port_of(listener_.number())}));
    relay_.emplace(RelayParts{.loop = looping_.loop(), .resolver = *resolver_, .pipes = pipes_, .dead = dead_},
                   Relay::Request{.id = 3,
                                  .client = std::move(pair.near),
                                  .peer = base::Endpoint{*base::parse_address("192.0.2.1"), 1},
                                  .local = base::Endpoint{*base::parse_address("192.0.2.2"), 2},
                                  .plan = std::make_shared<RelayPlan>(std::move(plan))},
                   owner_);
  }
  void accept() {
    ASSERT_TRUE(looping_.run_until([this] { return is_readable(listener_.number()); }));
    server_.reset(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  }
  std::string hear(const base::Fd& at, std::size_t size) {
    std::string text;
    EXPECT_TRUE(looping_.run_until([&] { return !drain(at.number(), text) || text.size() >= size; }));
    return text;
  }
  std::string hear_all(const base::Fd& at) {
    std::string text;
    EXPECT_TRUE(looping_.run_until([&] { return !drain(at.number(), text); }));
    return text;
  }
  const Outcome& outcome() {
    EXPECT_TRUE(looping_.run_until([this] { return owner_.has_ended(); }));
    return owner_.outcome();
  }
  /// Sends all of it while the loop runs.
  void pour(const base::Fd& from, std::string_view text, std::function<void()> meanwhile) {
    EXPECT_TRUE(looping_.run_until([&] {
      const ssize_t size = ::send(from.number(), text.data(), text.size(), MSG_NOSIGNAL);
      if (size > 0) text.remove_prefix(static_cast<std::size_t>(size));
      meanwhile();
      return text.empty();
    }));
  }

  Looping looping_;
  std::unique_ptr<event::Resolver> resolver_ = std::move(*event::Resolver::make(looping_.loop(), "/none", "/none"));
  PipePool pipes_;
  DeadTargets<RelayTarget> dead_;
  RememberingOwner owner_;
  base::Fd listener_ = tcp_listener();
  base::Fd client_;
  base::Fd server_;
  std::optional<Relay> relay_;
};

TEST_F(RelayTest, PassesBothWaysAndCounts) {
  relay();
  say(client_.number(), "early");
  accept();
  EXPECT_EQ(hear(server_, 5), "early");
  say(server_.number(), "answer");
  EXPECT_EQ(hear(client_, 6), "answer");
  client_.reset();
  EXPECT_EQ(hear_all(server_), "");
  server_.reset();
  EXPECT_EQ(outcome().ending, Ending::done);
  EXPECT_EQ(outcome().bytes_in, 5U);
  EXPECT_EQ(outcome().bytes_out, 6U);
}

TEST_F(RelayTest, TheClientMayEndFirst) {
  relay();
  accept();
  say(client_.number(), "question");
  ::shutdown(client_.number(), SHUT_WR);
  EXPECT_EQ(hear_all(server_), "question");
  say(server_.number(), "long answer");
  server_.reset();
  EXPECT_EQ(hear_all(client_), "long answer");
  EXPECT_EQ(outcome().ending, Ending::done);
}

TEST_F(RelayTest, TheTargetMayEndFirst) {
  relay();
  accept();
  say(server_.number(), "greeting");
  ::shutdown(server_.number(), SHUT_WR);
  EXPECT_EQ(hear_all(client_), "greeting");
  say(client_.number(), "still here");
  client_.reset();
  EXPECT_EQ(hear_all(server_), "still here");
  EXPECT_EQ(outcome().ending, Ending::done);
}

TEST_F(RelayTest, MuchGoesThroughUnchangedBothWaysAtOnce) {
  relay();
  accept();
  std::string up(30'000'000, '\0');
  std::string down(20'000'000, '\0');
  for (std::size_t place = 0; place < up.size(); ++place) up[place] = static_cast<char>(place * 31 + place / 251);
  for (std::size_t place = 0; place < down.size(); ++place) down[place] = static_cast<char>(place * 17 + place / 241);
  std::string at_server;
  std::string at_client;
  std::string_view down_left = down;
  pour(client_, up, [&] {
    const ssize_t size = ::send(server_.number(), down_left.data(), down_left.size(), MSG_NOSIGNAL);
    if (size > 0) down_left.remove_prefix(static_cast<std::size_t>(size));
    drain(server_.number(), at_server);
    drain(client_.number(), at_client);
  });
  pour(server_, down_left, [&] { drain(client_.number(), at_client); });
  client_.reset();
  looping_.run_until([&] { return !drain(server_.number(), at_server); });
  EXPECT_TRUE(at_server == up);
  EXPECT_TRUE(at_client == down.substr(0, at_client.size()));
}

TEST_F(RelayTest, AResetOfTheClientReachesTheTarget) {
  relay();
  accept();
  say(client_.number(), "x");
  EXPECT_EQ(hear(server_, 1), "x");
  reset(client_);
  EXPECT_EQ(hear_all(server_), "(reset)");
  EXPECT_EQ(outcome().ending, Ending::client_broke);
  EXPECT_EQ(outcome().error, ECONNRESET);
}

TEST_F(RelayTest, AResetOfTheTargetReachesTheClient) {
  relay();
  accept();
  say(server_.number(), "x");
  EXPECT_EQ(hear(client_, 1), "x");
  reset(server_);
  EXPECT_EQ(hear_all(client_), "(reset)");
  EXPECT_EQ(outcome().ending, Ending::target_broke);
}

TEST_F(RelayTest, WithoutATargetTheClientIsToldAtOnce) {
  RelayPlan plan;
  plan.targets.emplace_back(
      base::SocketAddress(base::Endpoint{*base::parse_address("127.0.0.1"), port_of(tcp_listener().number())}));
  relay(std::move(plan));
  EXPECT_EQ(hear_all(client_), "(reset)");
  EXPECT_EQ(outcome().ending, Ending::no_target);
  EXPECT_EQ(outcome().error, ECONNREFUSED);
}

TEST_F(RelayTest, TheTargetLearnsWhoTheClientIs) {
  RelayPlan plan;
  plan.sends_proxy_header = true;
  relay(std::move(plan));
  say(client_.number(), "hello");
  accept();
  const auto heard = hear(server_, 28 + 5);
  EXPECT_EQ(heard.substr(12, 8), std::string("\x21\x11\x00\x0c\xc0\x00\x02\x01", 8));
  EXPECT_EQ(heard.substr(28), "hello");
}

TEST_F(RelayTest, AnIdleRelayEnds) {
  RelayPlan plan;
  plan.idle_timeout = milliseconds(150);
  relay(std::move(plan));
  accept();
  for (int times = 0; times < 4; ++times) {
    say(server_.number(), "x");
    looping_.run_for(milliseconds(60));
  }
  EXPECT_FALSE(owner_.has_ended());
  EXPECT_EQ(hear_all(client_), "xxxx");
  EXPECT_EQ(outcome().ending, Ending::idle);
}

TEST_F(RelayTest, AnIdleRelayHoldsNoPipe) {
  relay();
  accept();
  say(client_.number(), "x");
  EXPECT_EQ(hear(server_, 1), "x");
  EXPECT_EQ(pipes_.spare(), 1U);
}

TEST_F(RelayTest, DestroyingItTellsNobody) {
  relay();
  accept();
  relay_.reset();
  EXPECT_EQ(hear_all(client_), "");
  EXPECT_FALSE(owner_.has_ended());
}

}  // namespace
}  // namespace porterd::worker
