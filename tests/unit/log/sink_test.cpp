// SPDX-License-Identifier: Apache-2.0
#include "log/sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "json_check.h"
#include "log/descriptor_sink.h"
#include "log/level_filter.h"
#include "record_samples.h"

namespace porterd::log {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

std::unique_ptr<Sink> sink_for(const Target& target, Format format = Format::text) {
  auto sink = make_sink(target, format, base::Level::debug);
  EXPECT_TRUE(sink) << sink.error().text();
  return std::move(*sink);
}

Target to_descriptor(int descriptor) {
  return {.kind = Target::Kind::descriptor, .descriptor = descriptor, .path = {}};
}

/// All that can be read now without waiting.
std::string drained(int descriptor) {
  std::string text;
  char chunk[65536];
  for (pollfd poll{descriptor, POLLIN, 0}; ::poll(&poll, 1, 0) == 1 && (poll.revents & POLLIN) != 0;) {
    const ssize_t size = ::read(descriptor, chunk, sizeof chunk);
    if (size <= 0) break;
    text.append(chunk, static_cast<std::size_t>(size));
  }
  return text;
}

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool is_nonblocking(int descriptor) { return (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0; }

class SinkTest : public testing::Test {
 protected:
  SinkTest() {
    std::string pattern = testing::TempDir() + "porterd-log-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    ::unsetenv("JOURNAL_STREAM");
  }
  ~SinkTest() override { std::filesystem::remove_all(folder); }

  struct Ends {
    base::Fd reader;
    base::Fd writer;
  };
  static Ends make_pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    return {base::Fd(ends[0]), base::Fd(ends[1])};
  }

  // Binds a datagram socket where a logger would.
  base::Fd listen_at(const std::string& path) {
    base::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto address = base::raw_address(base::UnixAddress{path, false});
    EXPECT_EQ(::bind(fd.number(), address->pointer(), address->length), 0);
    return fd;
  }

  std::string folder;
};

TEST_F(SinkTest, WritesLinesWithTimeToADescriptor) {
  const Ends pipe = make_pipe();
  const auto sink = sink_for(to_descriptor(pipe.writer.number()));
  sink->write(record(SessionStart{connection(), 123}));
  sink->write(message("stopped"));
  EXPECT_EQ(drained(pipe.reader.number()),
            "2026-11-22T06:09:10.123Z start service=finger conn=5f3a peer=192.0.2.1:40001 local=192.0.2.9:79 pid=123\n"
            "2026-11-22T06:09:10.123Z stopped\n");
}

TEST_F(SinkTest, WritesJsonLinesToADescriptor) {
  const Ends pipe = make_pipe();
  sink_for(to_descriptor(pipe.writer.number()), Format::json)->write(message("stopped"));
  EXPECT_EQ(drained(pipe.reader.number()), R"({"time":"2026-11-22T06:09:10.123Z","level":"info","event":"stopped"})"
                                           "\n");
}

TEST_F(SinkTest, LeavesTheSharedDescriptorBlocking) {
  const Ends pipe = make_pipe();
  const auto sink = sink_for(to_descriptor(pipe.writer.number()));
  EXPECT_FALSE(is_nonblocking(pipe.writer.number()));
}

TEST_F(SinkTest, LosesLinesInsteadOfWaitingForAFullPipeAndSaysSo) {
  const Ends pipe = make_pipe();
  const auto sink = sink_for(to_descriptor(pipe.writer.number()));
  const std::string line(1000, 'x');
  int written = -1;
  for (; !sink->has_pending(); ++written) sink->write(record(ServerOutput{"finger", 1, 2, line}));
  const std::string before = drained(pipe.reader.number());
  EXPECT_EQ(before.substr(before.size() - 3), "x\"\n");
  EXPECT_EQ(std::count(before.begin(), before.end(), '\n'), written);
  sink->flush(kTime);
  EXPECT_FALSE(sink->has_pending());
  EXPECT_EQ(drained(pipe.reader.number()), "2026-11-22T06:09:10.123Z log_lost lines=1\n");
}

TEST_F(SinkTest, ReportsLossesOnceASecondAtMost) {
  const Ends pipe = make_pipe();
  const auto sink = sink_for(to_descriptor(pipe.writer.number()));
  const std::string line(3000, 'x');
  for (int count = 0; count < 1000; ++count) sink->write(record(ServerOutput{"finger", 1, 2, line}));
  const std::string before = drained(pipe.reader.number());
  EXPECT_THAT(before.substr(before.find("log_lost")), "log_lost lines=1\n");
  sink->write(message("room again"));
  EXPECT_EQ(drained(pipe.reader.number()), "2026-11-22T06:09:10.123Z room again\n");
  sink->write(record(Message{"stopped", {}, {}, {}}, base::Level::info, kTime + std::chrono::seconds(1)));
  EXPECT_THAT(drained(pipe.reader.number()), MatchesRegex(".* log_lost lines=[0-9]+\n.* stopped\n"));
  EXPECT_FALSE(sink->has_pending());
}

TEST_F(SinkTest, ReportsLossesBeforeTheNextLine) {
  const Ends pipe = make_pipe();
  const auto sink = sink_for(to_descriptor(pipe.writer.number()));
  const std::string line(3000, 'x');
  while (!sink->has_pending()) sink->write(record(ServerOutput{"finger", 1, 2, line}));
  drained(pipe.reader.number());
  sink->write(message("stopped"));
  EXPECT_EQ(drained(pipe.reader.number()),
            "2026-11-22T06:09:10.123Z log_lost lines=1\n2026-11-22T06:09:10.123Z stopped\n");
}

TEST_F(SinkTest, KeepsLinesShortEnoughToStayWhole) {
  const Ends pipe = make_pipe();
  const std::string line(10'000, '\n');
  for (const Format format : {Format::text, Format::json}) {
    sink_for(to_descriptor(pipe.writer.number()), format)->write(record(ServerOutput{"finger", 1, 2, line}));
    const std::string written = drained(pipe.reader.number());
    EXPECT_LE(written.size(), std::size_t{PIPE_BUF});
    EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 1);
    EXPECT_EQ(is_json_object(std::string_view(written).substr(0, written.size() - 1)), format == Format::json);
  }
}

TEST_F(SinkTest, LosesLinesInsteadOfWaitingForAFullSocket) {
  for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), 0);
    const Ends pair{base::Fd(ends[0]), base::Fd(ends[1])};
    const auto sink = sink_for(to_descriptor(pair.writer.number()));
    const std::string line(3000, 'x');
    while (!sink->has_pending()) sink->write(record(ServerOutput{"finger", 1, 2, line}));
    EXPECT_FALSE(is_nonblocking(pair.writer.number()));
    drained(pair.reader.number());
    sink->write(message("stopped"));
    EXPECT_THAT(drained(pair.reader.number()), EndsWith("log_lost lines=1\n2026-11-22T06:09:10.123Z stopped\n"));
  }
}

TEST_F(SinkTest, SurvivesAReaderThatIsGone) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  Ends pair{base::Fd(ends[0]), base::Fd(ends[1])};
  const auto sink = sink_for(to_descriptor(pair.writer.number()));
  pair.reader.reset();
  sink->write(message("stopped"));
  EXPECT_TRUE(sink->has_pending());
}

TEST_F(SinkTest, RefusesADescriptorThatIsNotOpen) {
  const auto sink = make_sink(to_descriptor(9999), Format::text, base::Level::info);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().text(), "log to descriptor 9999: Bad file descriptor");
}

TEST_F(SinkTest, MarksThePriorityWhereJournaldReads) {
  const Ends pipe = make_pipe();
  struct stat status{};
  ASSERT_EQ(::fstat(pipe.writer.number(), &status), 0);
  const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  EXPECT_EQ(prefix_for(pipe.writer.number(), stream.c_str()), Prefix::priority);
  EXPECT_EQ(prefix_for(pipe.writer.number(), "1:1"), Prefix::time);
  EXPECT_EQ(prefix_for(pipe.writer.number(), nullptr), Prefix::time);

  ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
  sink_for(to_descriptor(pipe.writer.number()))->write(record(Message{"stopped", {}, {}, {}}, base::Level::error));
  EXPECT_EQ(drained(pipe.reader.number()), "<3>stopped\n");
}

TEST_F(SinkTest, AppendsToAFileThatOthersCannotRead) {
  const std::string path = folder + "/log";
  const Target target{.kind = Target::Kind::file, .path = path};
  sink_for(target)->write(message("started"));
  sink_for(target)->write(message("stopped"));
  EXPECT_EQ(contents(path), "2026-11-22T06:09:10.123Z started\n2026-11-22T06:09:10.123Z stopped\n");
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0007, 0U);
}

TEST_F(SinkTest, OpensARenamedFileAgain) {
  const std::string path = folder + "/log";
  const auto sink = sink_for({.kind = Target::Kind::file, .path = path});
  sink->write(message("one"));
  std::filesystem::rename(path, path + ".1");
  sink->write(message("two"));
  ASSERT_TRUE(sink->reopen());
  sink->write(message("three"));
  EXPECT_EQ(contents(path + ".1"), "2026-11-22T06:09:10.123Z one\n2026-11-22T06:09:10.123Z two\n");
  EXPECT_EQ(contents(path), "2026-11-22T06:09:10.123Z three\n");
}

TEST_F(SinkTest, KeepsTheOldFileWhenTheNewOneCannotBeOpened) {
  const std::string path = folder + "/sub/log";
  std::filesystem::create_directory(folder + "/sub");
  const auto sink = sink_for({.kind = Target::Kind::file, .path = path});
  std::filesystem::rename(folder + "/sub", folder + "/moved");
  const auto status = sink->reopen();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text(), "open log file " + path + ": No such file or directory");
  sink->write(message("still here"));
  EXPECT_THAT(contents(folder + "/moved/log"), HasSubstr("still here"));
}

TEST_F(SinkTest, RefusesAFileThatCannotBeOpened) {
  const auto sink = make_sink({.kind = Target::Kind::file, .path = folder}, Format::text, base::Level::info);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().text(), "open log file " + folder + ": Is a directory");
}

TEST_F(SinkTest, WritesToSyslogAsSyslog3Does) {
  const base::Fd logger = listen_at(folder + "/dev-log");
  const auto sink = sink_for(
      {.kind = Target::Kind::syslog, .path = folder + "/dev-log", .facility = LOG_DAEMON, .success = LOG_NOTICE});
  const std::string header =
      "[A-Z][a-z][a-z] [ 0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9] porterd\\[" + std::to_string(::getpid()) + "\\]: ";
  sink->write(record(Message{"stopped", {}, {}, {}}, base::Level::error));
  EXPECT_THAT(drained(logger.number()), MatchesRegex("<27>" + header + "stopped"));
  sink->write(record(SessionStart{{.service = "finger", .id = 1, .peer = {}, .local = {}}, 5}));
  EXPECT_THAT(drained(logger.number()), MatchesRegex("<29>" + header + "start service=finger conn=1 pid=5"));
}

TEST_F(SinkTest, FindsSyslogAgainAfterItsRestartAndSaysWhatWasLost) {
  const std::string path = folder + "/dev-log";
  const auto sink = sink_for({.kind = Target::Kind::syslog, .path = path});
  sink->write(message("too early"));
  EXPECT_TRUE(sink->has_pending());
  base::Fd logger = listen_at(path);
  sink->flush(kTime);
  EXPECT_THAT(drained(logger.number()), EndsWith(": log_lost lines=1"));
  logger.reset();
  std::filesystem::remove(path);
  logger = listen_at(path);
  sink->write(message("again"));
  EXPECT_THAT(drained(logger.number()), EndsWith(": again"));
}

TEST_F(SinkTest, LosesRecordsInsteadOfWaitingForSyslog) {
  const base::Fd logger = listen_at(folder + "/dev-log");
  const auto sink = sink_for({.kind = Target::Kind::syslog, .path = folder + "/dev-log"});
  while (!sink->has_pending()) sink->write(record(SessionStart{connection(), 1}));
  drained(logger.number());
  sink->flush(kTime);
  EXPECT_FALSE(sink->has_pending());
  EXPECT_THAT(drained(logger.number()), EndsWith(": log_lost lines=1"));
}

TEST_F(SinkTest, WritesFieldsToTheJournal) {
  const base::Fd journal = listen_at(folder + "/journal");
  const auto sink = sink_for({.kind = Target::Kind::journal, .path = folder + "/journal"});
  sink->write(record(SessionEnd{.connection = {.service = "finger", .id = 0x5f, .peer = {}, .local = {}},
                                .pid = 5,
                                .wait_status = 9,
                                .duration = std::chrono::microseconds(1500)}));
  EXPECT_EQ(drained(journal.number()),
            "MESSAGE=end service=finger conn=5f pid=5 signal=9 duration=0.001500 user=0.000 system=0.000\n"
            "PRIORITY=6\nSYSLOG_IDENTIFIER=porterd\nPORTERD_EVENT=end\nPORTERD_SERVICE=finger\nPORTERD_CONN=5f\n"
            "PORTERD_PID=5\nPORTERD_SIGNAL=9\nPORTERD_DURATION=0.001500\nPORTERD_USER=0.000\nPORTERD_SYSTEM=0.000\n");
}

TEST_F(SinkTest, FramesLineEndsForTheJournal) {
  const base::Fd journal = listen_at(folder + "/journal");
  sink_for({.kind = Target::Kind::journal, .path = folder + "/journal"})
      ->write(record(ServerOutput{"", 0, 0, "a\nPRIORITY=0"}));
  const std::string size("\x0c\0\0\0\0\0\0\0", 8);
  EXPECT_EQ(drained(journal.number()),
            "MESSAGE=output line=\"a\\nPRIORITY=0\"\nPRIORITY=6\nSYSLOG_IDENTIFIER=porterd\nPORTERD_EVENT=output\n"
            "PORTERD_LINE\n" +
                size + "a\nPRIORITY=0\n");
}

TEST_F(SinkTest, HandsALargeRecordToTheJournalInASealedFile) {
  const base::Fd journal = listen_at(folder + "/journal");
  const std::string line(2'000'000, 'x');
  sink_for({.kind = Target::Kind::journal, .path = folder + "/journal"})
      ->write(record(ServerOutput{"finger", 1, 2, line}));

  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ASSERT_EQ(::recvmsg(journal.number(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC), 0);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  ASSERT_NE(header, nullptr);
  int number = -1;
  std::memcpy(&number, CMSG_DATA(header), sizeof number);
  const base::Fd memory(number);
  EXPECT_EQ(::fcntl(memory.number(), F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  EXPECT_THAT(contents("/proc/self/fd/" + std::to_string(memory.number())), EndsWith("\nPORTERD_LINE=" + line + "\n"));
}

TEST_F(SinkTest, LeavesOutWhatIsLessSevereThanItsLevel) {
  std::vector<std::string> lines;
  LevelFilter filter(std::make_unique<KeepingSink>(lines), base::Level::notice);
  filter.write(record(Message{"one", {}, {}, {}}, base::Level::info));
  filter.write(record(Message{"two", {}, {}, {}}, base::Level::notice));
  filter.write(record(Message{"three", {}, {}, {}}, base::Level::error));
  filter.set_level(base::Level::debug);
  filter.write(record(Message{"four", {}, {}, {}}, base::Level::debug));
  EXPECT_THAT(lines, testing::ElementsAre("two", "three", "four"));
}

TEST_F(SinkTest, LeavesOutNoneOfXinetdsLines) {
  const auto path = folder + "/log";
  const auto made = make_sink({.kind = Target::Kind::file, .path = path}, Format::xinetd, base::Level::error);
  ASSERT_TRUE(made);
  SessionStart start;
  start.connection.service = "hello";
  (*made)->write(record(start, base::Level::info));
  (*made)->write(record(Message{"ready", {}, {}, {}}, base::Level::notice));
  EXPECT_THAT(contents(path), EndsWith(": START: hello from=<no address>\n"));
}

TEST_F(SinkTest, WritesNothingWhenThereIsNoTarget) {
  const auto sink = sink_for({.kind = Target::Kind::none, .path = {}});
  sink->write(message("stopped"));
  EXPECT_FALSE(sink->has_pending());
}

std::set<int> open_descriptors() {
  std::set<int> numbers;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    numbers.insert(std::stoi(entry.path().filename()));
  std::erase_if(numbers, [](int number) { return ::fcntl(number, F_GETFD) == -1; });  // that of the folder
  return numbers;
}

TEST_F(SinkTest, OpensEverythingCloseOnExec) {
  const base::Fd journal = listen_at(folder + "/journal");
  const Ends pipe = make_pipe();
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const Ends pair{base::Fd(ends[0]), base::Fd(ends[1])};
  const std::set<int> before = open_descriptors();
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(sink_for(to_descriptor(pipe.writer.number())));
  sinks.push_back(sink_for(to_descriptor(pair.writer.number())));
  sinks.push_back(sink_for({.kind = Target::Kind::file, .path = folder + "/log"}));
  sinks.push_back(sink_for({.kind = Target::Kind::journal, .path = folder + "/journal"}));
  for (const auto& sink : sinks) sink->write(message("started"));
  int found = 0;
  for (const int number : open_descriptors()) {
    if (before.contains(number)) continue;
    EXPECT_NE(::fcntl(number, F_GETFD) & FD_CLOEXEC, 0) << number;
    ++found;
  }
  EXPECT_EQ(found, 4);
}

}  // namespace
}  // namespace porterd::log
