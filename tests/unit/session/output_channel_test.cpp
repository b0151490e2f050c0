// SPDX-License-Identifier: Apache-2.0
#include "session/output_channel.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace porterd::session {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

struct RecordingReader final : OutputReader {
  void on_line(pid_t writer, std::string_view line, std::size_t cut) noexcept override {
    writers.push_back(writer);
    lines.emplace_back(line);
    cuts.push_back(cut);
  }
  std::vector<std::size_t> cuts;
  std::vector<pid_t> writers;
  std::vector<std::string> lines;
};

class OutputChannelTest : public testing::Test {
 protected:
  void write(std::string_view text) {
    ASSERT_EQ(::write(channel_->writing_end(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void read_all() { channel_->finish(0); }

  event::Loop loop_ = event::Loop::make().value();
  RecordingReader reader_;
  std::unique_ptr<OutputChannel> channel_ = OutputChannel::open(loop_, reader_).value();
};

TEST_F(OutputChannelTest, HandsOutLineByLineWithItsWriter) {
  write("one\ntwo\n");
  read_all();
  EXPECT_THAT(reader_.lines, ElementsAre("one", "two"));
  EXPECT_EQ(reader_.writers.front(), ::getpid());
}

TEST_F(OutputChannelTest, NamesTheProcessThatWroteThoughAllShareOneSocket) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::write(channel_->writing_end(), "child\n", 6) == 6 ? 0 : 1);
  ::waitpid(child, nullptr, 0);
  write("parent\n");
  read_all();
  EXPECT_THAT(reader_.writers, ElementsAre(child, ::getpid()));
}

TEST_F(OutputChannelTest, JoinsWhatWasWrittenInPieces) {
  write("one ");
  write("line\nand ");
  write("another\n");
  read_all();
  EXPECT_THAT(reader_.lines, ElementsAre("one line", "and another"));
}

TEST_F(OutputChannelTest, LineWithoutAnEndComesWhenItsWriterEnds) {
  write("no end");
  channel_->finish(::getpid());
  EXPECT_THAT(reader_.lines, ElementsAre("no end"));
}

TEST_F(OutputChannelTest, EmptyLinesAreNone) {
  write("\n\none\n\n");
  write("\n");
  read_all();
  EXPECT_THAT(reader_.lines, ElementsAre("one"));
}

TEST_F(OutputChannelTest, SaysHowMuchOfOneWriteWasTooMuch) {
  write(std::string(8190, 'x') + "\ny" + std::string(100, 'z') + "\n");
  write("next\n");
  read_all();
  EXPECT_THAT(reader_.lines, ElementsAre(std::string(8190, 'x'), "y", "next"));
  EXPECT_THAT(reader_.cuts, ElementsAre(0, 101, 0));
}

TEST_F(OutputChannelTest, FloodLosesLinesAndDoesNotStopTheWriter) {
  const std::string line(100, 'x');
  bool is_full = false;
  for (int count = 0; count < 100'000 && !is_full; ++count)
    is_full = ::write(channel_->writing_end(), line.data(), line.size()) < 0;
  EXPECT_TRUE(is_full);
  EXPECT_EQ(errno, EAGAIN);
}

TEST_F(OutputChannelTest, MoreThanTenMessagesWaitUnread) {
  for (int count = 0; count < 200; ++count) write("line\n");
  for (int round = 0; round < 40; ++round) read_all();
  EXPECT_THAT(reader_.lines, SizeIs(200));
}

TEST_F(OutputChannelTest, AllThatWaitsIsReadBeforeTheEndOfItsWriter) {
  for (int count = 0; count < 200; ++count) write("line\n");
  channel_->finish(::getpid());
  EXPECT_THAT(reader_.lines, SizeIs(200));
}

TEST_F(OutputChannelTest, MessageWithoutBytesIsNotAShutDown) {
  const base::Fd older(::fcntl(channel_->writing_end(), F_DUPFD_CLOEXEC, 100));
  write("");
  read_all();
  ASSERT_EQ(::send(older.number(), "heard\n", 6, MSG_NOSIGNAL), 6);
  read_all();
  EXPECT_THAT(reader_.lines, ElementsAre("heard"));
}

TEST_F(OutputChannelTest, ShutDownByOneServerIsNewForTheNext) {
  const int before = channel_->writing_end();
  const base::Fd kept(::fcntl(before, F_DUPFD_CLOEXEC, 100));
  write("last words\n");
  ASSERT_EQ(::shutdown(kept.number(), SHUT_RDWR), 0);
  read_all();
  EXPECT_EQ(channel_->writing_end(), before);
  write("new words\n");
  read_all();
  EXPECT_THAT(reader_.lines, ElementsAre("last words", "new words"));
}

TEST_F(OutputChannelTest, PairThatCouldNotBeMadeIsMadeLater) {
#ifdef PORTERD_SANITIZED
  GTEST_SKIP() << "without descriptors the sanitizers cannot tell what memory can be read";
#endif
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_EQ(::shutdown(channel_->writing_end(), SHUT_RDWR), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  read_all();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(::send(channel_->writing_end(), "lost\n", 5, MSG_NOSIGNAL), -1);
  event::Timer deadline(loop_, event::callback<&event::Loop::stop>(loop_));
  deadline.start(std::chrono::milliseconds(1500));
  loop_.run();
  write("heard\n");
  read_all();
  EXPECT_THAT(reader_.lines, ElementsAre("heard"));
}

}  // namespace
}  // namespace porterd::session
