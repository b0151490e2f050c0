// SPDX-License-Identifier: Apache-2.0
#include "session/output_channel.h"

#include <fcntl.h>
#include <gmock/gmock.h>
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
  void on_line(pid_t writer, std::string_view line) noexcept override {
    writers.push_back(writer);
    lines.emplace_back(line);
  }
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
  write("one\ntwo\n\n");
  read_all();
  EXPECT_THAT(reader_.lines, ElementsAre("one", "two", ""));
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

}  // namespace
}  // namespace porterd::session
