// SPDX-License-Identifier: Apache-2.0
#include "worker/stream_session.h"

#include <gmock/gmock.h>

#include "looping.h"
#include "worker/farewell.h"

namespace porterd::worker {
namespace {

using std::chrono::milliseconds;

class StreamSessionTest : public testing::Test {
 protected:
  std::unique_ptr<StreamSession> serve(std::unique_ptr<StreamBuiltin> builtin, milliseconds idle = milliseconds(0)) {
    auto pair = tcp_pair();
    client_ = std::move(pair.far);
    return std::make_unique<StreamSession>(
        looping_.loop(),
        StreamSession::Request{
            .id = 7, .socket = std::move(pair.near), .builtin = std::move(builtin), .idle_timeout = idle},
        owner_);
  }
  std::unique_ptr<StreamSession> serve(std::string_view name, milliseconds idle = milliseconds(0)) {
    return serve(find_builtin(name)->make_stream(settings_), idle);
  }
  [[nodiscard]] int client() const { return client_.number(); }
  /// What the client hears until the end of the stream.
  std::string heard_to_the_end() {
    std::string text;
    EXPECT_TRUE(looping_.run_until([&] { return !drain(client(), text); }));
    return text;
  }
  bool ended() {
    return looping_.run_until([this] { return owner_.has_ended(); });
  }

  Looping looping_;
  RememberingOwner owner_;
  BuiltinSettings settings_;
  base::Fd client_;
};

TEST_F(StreamSessionTest, EchoesUntilTheClientEnds) {
  const auto session = serve("echo");
  say(client(), "hello");
  std::string text;
  EXPECT_TRUE(looping_.run_until([&] { return drain(client(), text) && text == "hello"; }));
  say(client(), " again");
  ::shutdown(client(), SHUT_WR);
  EXPECT_EQ(heard_to_the_end(), " again");
  ASSERT_TRUE(ended());
  EXPECT_EQ(owner_.id(), 7U);
  EXPECT_EQ(owner_.outcome().ending, Ending::done);
  EXPECT_EQ(owner_.outcome().bytes_in, 11U);
  EXPECT_EQ(owner_.outcome().bytes_out, 11U);
}

TEST_F(StreamSessionTest, AClientThatNeverReadsIsNotReadFrom) {
  const auto session = serve("echo");
  const std::string much(65536, 'x');
  std::size_t taken = 0;
  // Until nothing more is taken for a while: both sockets' buffers are full.
  std::size_t before = 1;
  while (before != taken) {
    before = taken;
    looping_.run_until(
        [&] {
          const ssize_t size = ::send(client(), much.data(), much.size(), MSG_NOSIGNAL);
          if (size > 0) taken += static_cast<std::size_t>(size);
          return false;
        },
        milliseconds(100));
  }
  const auto read = session->so_far().bytes_in;
  EXPECT_LE(read - session->so_far().bytes_out, kChunk);
  // And all of it comes when the client reads.
  ::shutdown(client(), SHUT_WR);
  EXPECT_EQ(heard_to_the_end().size(), taken);
}

TEST_F(StreamSessionTest, AnswersAreNotOvertakenByAReset) {
  const auto session = serve(make_farewell("all there is to say\r\n"));
  say(client(), std::string(100'000, 'u'));
  EXPECT_EQ(heard_to_the_end(), "all there is to say\r\n");
  EXPECT_FALSE(owner_.has_ended());
  client_.reset();
  ASSERT_TRUE(ended());
  EXPECT_EQ(owner_.outcome().ending, Ending::done);
}

TEST_F(StreamSessionTest, AFarewellMayBeLargerThanASocketsBuffer) {
  const std::string large(20'000'000, 'b');
  const auto session = serve(make_farewell(large));
  EXPECT_EQ(heard_to_the_end(), large);
}

TEST_F(StreamSessionTest, ChargenGoesOnUntilTheClientGoes) {
  const auto session = serve("chargen");
  std::string text;
  EXPECT_TRUE(looping_.run_until([&] { return drain(client(), text) && text.size() > 10'000'000; }));
  for (std::size_t line = 0; line < 100'000; line += 997)
    EXPECT_EQ(text[line * 74], static_cast<char>(' ' + line % 95)) << line;
  client_.reset();
  ASSERT_TRUE(ended());
  EXPECT_EQ(owner_.outcome().ending, Ending::client_broke);
}

TEST_F(StreamSessionTest, AResetIsNamed) {
  const auto session = serve("echo");
  looping_.run_for(milliseconds(5));
  reset(client_);
  ASSERT_TRUE(ended());
  EXPECT_EQ(owner_.outcome().ending, Ending::client_broke);
  EXPECT_EQ(owner_.outcome().error, ECONNRESET);
}

TEST_F(StreamSessionTest, WhoIsIdleTooLongIsLetGo) {
  const auto session = serve("discard", milliseconds(150));
  for (int times = 0; times < 5; ++times) {
    say(client(), "x");
    looping_.run_for(milliseconds(60));
  }
  EXPECT_FALSE(owner_.has_ended());
  ASSERT_TRUE(ended());
  EXPECT_EQ(owner_.outcome().ending, Ending::idle);
  EXPECT_EQ(owner_.outcome().bytes_in, 5U);
}

TEST_F(StreamSessionTest, AClientThatNeverReadsChargenIsIdle) {
  const auto session = serve("chargen", milliseconds(100));
  ASSERT_TRUE(ended());
  EXPECT_EQ(owner_.outcome().ending, Ending::idle);
}

TEST_F(StreamSessionTest, DestroyingItTellsNobody) {
  auto session = serve("echo");
  looping_.run_for(milliseconds(5));
  session.reset();
  EXPECT_EQ(heard_to_the_end(), "");
  EXPECT_FALSE(owner_.has_ended());
}

}  // namespace
}  // namespace porterd::worker
