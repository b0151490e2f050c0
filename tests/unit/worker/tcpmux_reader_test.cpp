// SPDX-License-Identifier: Apache-2.0
#include "worker/tcpmux_reader.h"

#include "looping.h"

namespace porterd::worker {
namespace {

using std::chrono::milliseconds;

struct Named final : TcpmuxOwner {
  void on_name(std::uint64_t id, base::Fd given, std::string name_given, std::uint64_t bytes_in) noexcept override {
    EXPECT_EQ(id, 5U);
    socket = std::move(given);
    name = std::move(name_given);
    bytes = bytes_in;
  }
  void on_no_name(std::uint64_t id, const Outcome& given) noexcept override {
    EXPECT_EQ(id, 5U);
    outcome = given;
  }
  base::Fd socket;
  std::string name;
  std::uint64_t bytes = 0;
  std::optional<Outcome> outcome;
};

class TcpmuxReaderTest : public testing::Test {
 protected:
  void read(milliseconds deadline = milliseconds(5000)) {
    auto pair = tcp_pair();
    client_ = std::move(pair.far);
    reader_.emplace(looping_.loop(), 5, std::move(pair.near), deadline, owner_);
  }
  bool named() {
    return looping_.run_until([this] { return owner_.socket.is_open(); });
  }
  Outcome outcome() {
    EXPECT_TRUE(looping_.run_until([this] { return owner_.outcome.has_value(); }));
    return owner_.outcome.value_or(Outcome{});
  }

  Looping looping_;
  Named owner_;
  base::Fd client_;
  std::optional<TcpmuxReader> reader_;
};

TEST_F(TcpmuxReaderTest, TakesTheLineAndNothingElse) {
  read();
  say(client_.number(), "Finger\r\nbob\r\n");
  ASSERT_TRUE(named());
  EXPECT_EQ(owner_.name, "finger");
  EXPECT_EQ(owner_.bytes, 8U);
  std::string rest;
  EXPECT_TRUE(drain(owner_.socket.number(), rest));
  EXPECT_EQ(rest, "bob\r\n");
  EXPECT_EQ(::fcntl(owner_.socket.number(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(TcpmuxReaderTest, TheLineMayComeByteByByte) {
  read();
  for (const char letter : std::string_view("finger\r\n")) {
    say(client_.number(), {&letter, 1});
    looping_.run_for(milliseconds(3));
  }
  say(client_.number(), "rest");
  ASSERT_TRUE(named());
  EXPECT_EQ(owner_.name, "finger");
  std::string rest;
  EXPECT_TRUE(looping_.run_until([&] { return drain(owner_.socket.number(), rest) && rest == "rest"; }));
}

TEST_F(TcpmuxReaderTest, RefusesWhatIsNoNameWithoutAReset) {
  read();
  say(client_.number(), std::string(5000, 'n'));
  std::string heard;
  EXPECT_TRUE(looping_.run_until([&] { return !drain(client_.number(), heard); }));
  EXPECT_EQ(heard, "-Service not available\r\n");
  client_.reset();
  EXPECT_EQ(outcome().ending, Ending::malformed);
}

TEST_F(TcpmuxReaderTest, HasADeadlineForTheWholeLine) {
  read(milliseconds(150));
  for (int times = 0; times < 20 && !owner_.outcome; ++times) {
    ::send(client_.number(), "n", 1, MSG_NOSIGNAL);
    looping_.run_for(milliseconds(20));
  }
  EXPECT_EQ(outcome().ending, Ending::too_late);
}

TEST_F(TcpmuxReaderTest, AClientMayGoWithoutAWord) {
  read();
  client_.reset();
  EXPECT_EQ(outcome().ending, Ending::done);
}

TEST_F(TcpmuxReaderTest, AResetIsNamed) {
  read();
  looping_.run_for(milliseconds(5));
  reset(client_);
  EXPECT_EQ(outcome().ending, Ending::client_broke);
}

}  // namespace
}  // namespace porterd::worker
