// SPDX-License-Identifier: Apache-2.0
#include "worker/text_sender.h"

#include "looping.h"

namespace porterd::worker {
namespace {

using std::chrono::milliseconds;

struct Sent final : TextSenderOwner {
  void on_sent(std::uint64_t id, base::Fd given, std::uint64_t bytes_out) noexcept override {
    EXPECT_EQ(id, 7U);
    socket = std::move(given);
    bytes = bytes_out;
  }
  void on_not_sent(std::uint64_t id, const Outcome& given) noexcept override {
    EXPECT_EQ(id, 7U);
    outcome = given;
  }
  base::Fd socket;
  std::uint64_t bytes = 0;
  std::optional<Outcome> outcome;
};

class TextSenderTest : public testing::Test {
 protected:
  void SetUp() override {
    const int little = 16384;
    ::setsockopt(ends_.near.number(), SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
  }
  void send(milliseconds deadline = std::chrono::seconds(10)) {
    sender_.emplace(looping_.loop(),
                    TextSender::Request{.id = 7, .socket = std::move(ends_.near), .text = text_, .deadline = deadline},
                    owner_);
  }

  Looping looping_;
  Ends ends_ = tcp_pair();
  std::shared_ptr<const std::string> text_ = std::make_shared<std::string>(std::size_t{1} << 20U, 'x');
  Sent owner_;
  std::optional<TextSender> sender_;
};

TEST_F(TextSenderTest, GivesTheSocketOnWhenAllIsOnItsWay) {
  send();
  std::string seen;
  EXPECT_TRUE(looping_.run_until([&] {
    drain(ends_.far.number(), seen);
    return owner_.socket.is_open();
  }));
  EXPECT_EQ(owner_.bytes, text_->size());
  owner_.socket.reset();
  EXPECT_TRUE(looping_.run_until([&] { return !drain(ends_.far.number(), seen); }));
  EXPECT_EQ(seen, *text_);
}

TEST_F(TextSenderTest, ReadsNothing) {
  say(ends_.far.number(), "for the server");
  text_ = std::make_shared<std::string>("short");
  send();
  EXPECT_TRUE(looping_.run_until([&] { return owner_.socket.is_open(); }));
  std::string seen;
  drain(owner_.socket.number(), seen);
  EXPECT_EQ(seen, "for the server");
}

TEST_F(TextSenderTest, DoesNotWaitForEver) {
  send(milliseconds(100));
  EXPECT_TRUE(looping_.run_until([&] { return owner_.outcome.has_value(); }));
  EXPECT_EQ(owner_.outcome->ending, Ending::too_late);
  EXPECT_GT(owner_.outcome->bytes_out, 0U);
  EXPECT_LT(owner_.outcome->bytes_out, text_->size());
}

TEST_F(TextSenderTest, AClientThatReadsNowAndThenGetsNoMoreTime) {
  send(milliseconds(200));
  std::array<char, 1024> bytes;
  EXPECT_TRUE(looping_.run_until([&] {
    [[maybe_unused]] const auto size = ::recv(ends_.far.number(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    return owner_.outcome.has_value();
  }));
  EXPECT_EQ(owner_.outcome->ending, Ending::too_late);
}

TEST_F(TextSenderTest, NoticesThatTheClientHasGone) {
  send();
  looping_.run_for(milliseconds(5));
  reset(ends_.far);
  EXPECT_TRUE(looping_.run_until([&] { return owner_.outcome.has_value(); }));
  EXPECT_EQ(owner_.outcome->ending, Ending::client_broke);
}

TEST_F(TextSenderTest, SendsAnEmptyTextAtOnce) {
  text_ = std::make_shared<std::string>();
  send();
  EXPECT_TRUE(looping_.run_until([&] { return owner_.socket.is_open(); }));
}

}  // namespace
}  // namespace porterd::worker
