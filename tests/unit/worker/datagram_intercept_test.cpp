// SPDX-License-Identifier: Apache-2.0
#include "worker/datagram_intercept.h"

#include <deque>
#include <map>

#include "looping.h"

namespace porterd::worker {
namespace {

/// A bound datagram socket of 127.0.0.1.
base::Fd bound() {
  base::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto address = loopback();
  EXPECT_EQ(::bind(socket.number(), address.pointer(), address.length), 0);
  return socket;
}

/// Somebody who speaks with the intercepted service.
struct Speaker {
  base::Fd socket = bound();
  [[nodiscard]] std::uint16_t port() const { return port_of(socket.number()); }
  void say(std::string_view text, std::uint16_t port) const {
    const auto address = loopback(port);
    ::sendto(socket.number(), text.data(), text.size(), 0, address.pointer(), address.length);
  }
  /// What came, and from which port; nothing yet: an empty text.
  std::pair<std::string, std::uint16_t> hear() const {
    std::array<char, 2000> room;
    base::RawAddress from;
    const auto size = ::recvfrom(socket.number(), room.data(), room.size(), 0, from.pointer(), &from.length);
    if (size < 0) return {};
    return {std::string(room.data(), static_cast<std::size_t>(size)),
            std::get<base::Endpoint>(base::socket_address(from)).port};
  }
};

struct DatagramInterceptTest : testing::Test, InterceptOwner {
  void on_question(std::uint64_t id, std::uint32_t question, const base::Endpoint& peer) noexcept override {
    EXPECT_EQ(id, 7U);
    questions.emplace_back(question, peer.port);
  }
  void on_client_end(std::uint64_t client, const Outcome& outcome) noexcept override { ended[client] = outcome; }
  void on_end(std::uint64_t, const Outcome&) noexcept override { is_over = true; }

  /// What `speaker` hears next.
  std::pair<std::string, std::uint16_t> next(const Speaker& speaker) {
    std::pair<std::string, std::uint16_t> heard;
    looping.run_until([&] {
      heard = speaker.hear();
      return !heard.first.empty();
    });
    return heard;
  }
  /// Lets the next one in who is asked about.
  void admit(std::uint64_t client) {
    ASSERT_TRUE(looping.run_until([&] { return !questions.empty(); }));
    intercept.answer(questions.front().first, client);
    questions.pop_front();
  }

  Looping looping;
  Speaker server;
  std::deque<std::pair<std::uint32_t, std::uint16_t>> questions;
  std::map<std::uint64_t, Outcome> ended;
  bool is_over = false;
  base::Fd socket = bound();
  std::uint16_t port = port_of(socket.number());
  DatagramIntercept intercept{looping.loop(),
                              {.id = 7,
                               .socket = std::move(socket),
                               .server = base::Endpoint{*base::parse_address("127.0.0.1"), server.port()},
                               .idle = std::chrono::milliseconds(1)},
                              *this};
};

TEST_F(DatagramInterceptTest, AsksOnceAndPassesOnWhatWaited) {
  const Speaker client;
  client.say("one", port);
  client.say("two", port);
  ASSERT_TRUE(looping.run_until([&] { return !questions.empty(); }));
  looping.run_for(std::chrono::milliseconds(20));
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions.front().second, client.port());
  EXPECT_EQ(server.hear().first, "") << "not before it is let in";
  admit(1);
  const auto first = next(server);
  EXPECT_EQ(first.first, "one");
  EXPECT_NE(first.second, client.port());
  EXPECT_EQ(next(server), std::pair(std::string("two"), first.second));
  server.say("answer", first.second);
  EXPECT_EQ(next(client), std::pair(std::string("answer"), port));
}

TEST_F(DatagramInterceptTest, ForgetsWhoIsSilentWithItsBytes) {
  const Speaker client;
  client.say("one", port);
  admit(1);
  server.say("answer", next(server).second);
  next(client);
  ASSERT_TRUE(looping.run_until([&] { return ended.contains(1); }));
  EXPECT_EQ(ended[1].ending, Ending::done);
  EXPECT_EQ(ended[1].bytes_in, 3U);
  EXPECT_EQ(ended[1].bytes_out, 6U);
  EXPECT_TRUE(looping.run_until([&] { return is_over; })) << "the socket is given back";
}

TEST_F(DatagramInterceptTest, ThrowsAwayWhatTheRefusedSendAndAsksAgainAMomentLater) {
  const Speaker client;
  client.say("one", port);
  admit(0);
  client.say("two", port);
  looping.run_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(questions.empty());
  EXPECT_TRUE(looping.run_until([&] {
    client.say("three", port);
    return !questions.empty();
  }));
  admit(1);
  EXPECT_EQ(next(server).first, "three");
}

TEST_F(DatagramInterceptTest, LeavesDatagramsInTheSocketWhileTooManyAreAskedAbout) {
  std::vector<Speaker> clients(DatagramIntercept::kMostAsked + 1);
  for (const auto& client : clients) client.say("x", port);
  ASSERT_TRUE(looping.run_until([&] { return questions.size() == DatagramIntercept::kMostAsked; }));
  looping.run_for(std::chrono::milliseconds(20));
  ASSERT_EQ(questions.size(), DatagramIntercept::kMostAsked);
  admit(1);
  EXPECT_TRUE(looping.run_until([&] { return questions.size() == DatagramIntercept::kMostAsked; })) << "the last one";
}

TEST_F(DatagramInterceptTest, FollowsAServerThatAnswersFromAnotherSocketAndBackAgain) {
  const Speaker client;
  client.say("request", port);
  admit(1);
  const auto request = next(server);
  {
    const Speaker other;
    other.say("from elsewhere", request.second);
    EXPECT_EQ(next(client), std::pair(std::string("from elsewhere"), port));
    client.say("go on", port);
    EXPECT_EQ(next(other).first, "go on");
    const Speaker stranger;
    stranger.say("me, too", request.second);
    looping.run_for(std::chrono::milliseconds(20));
    EXPECT_EQ(client.hear().first, "") << "nobody else is heard";
  }
  client.say("another request", port);
  EXPECT_EQ(next(server).first, "another request") << "as nobody is there any more";
}

TEST_F(DatagramInterceptTest, TakesNobodyNewWhileItLeaves) {
  const Speaker client;
  client.say("one", port);
  admit(1);
  next(server);
  intercept.leave();
  const Speaker late;
  late.say("let me in", port);
  client.say("two", port);
  EXPECT_EQ(next(server).first, "two");
  EXPECT_TRUE(looping.run_until([&] { return is_over; }));
  EXPECT_TRUE(questions.empty());
}

TEST_F(DatagramInterceptTest, EndsAClientWhoseAnswerComesTooLate) {
  const Speaker client;
  client.say("one", port);
  ASSERT_TRUE(looping.run_until([&] { return !questions.empty(); }));
  looping.run_for(3 * DatagramIntercept::kMoment + std::chrono::milliseconds(200));
  if (!is_over) admit(1);
  EXPECT_TRUE(is_over || ended.contains(1));
}

}  // namespace
}  // namespace porterd::worker
