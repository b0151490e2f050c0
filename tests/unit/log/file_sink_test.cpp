// SPDX-License-Identifier: Apache-2.0
#include "log/file_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "record_samples.h"

namespace porterd::log {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kLineLength = sizeof "2026-11-22T06:09:10.123Z stopped";  // with its end

class FileSinkTest : public testing::Test {
 protected:
  FileSinkTest() {
    std::string pattern = testing::TempDir() + "porterd-file-sink-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    path = folder + "/log";
  }
  ~FileSinkTest() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<Sink> open(std::uint64_t soft = 0, std::uint64_t hard = 0) {
    auto sink = make_sink(target(soft, hard), Format::text, base::Level::debug);
    EXPECT_TRUE(sink) << sink.error().text();
    return std::move(*sink);
  }
  Target target(std::uint64_t soft = 0, std::uint64_t hard = 0) {
    Target result{.kind = Target::Kind::file, .path = path};
    result.limits = {.soft = soft, .hard = hard};
    result.on_limit = [this](SizeLimit limit) { said.emplace_back(limit == SizeLimit::soft ? "soft" : "hard"); };
    return result;
  }
  [[nodiscard]] std::uintmax_t size() const { return std::filesystem::file_size(path); }
  static void write(Sink& sink, int times) {
    for (int count = 0; count < times; ++count)
      sink.write(record(Message{"stopped", {}, {}, {}}, base::Level::info, kTime));
  }

  std::string folder;
  std::string path;
  std::vector<std::string> said;
};

TEST_F(FileSinkTest, GrowsWithoutLimits) {
  const auto sink = open();
  write(*sink, 9);
  EXPECT_EQ(size(), 9 * kLineLength);
  EXPECT_THAT(said, IsEmpty());
}

TEST_F(FileSinkTest, SaysOnceThatItHasPassedTheSoftLimitAndEndsBeyondTheHardOne) {
  const auto sink = open(2 * kLineLength, 4 * kLineLength);
  write(*sink, 2);
  EXPECT_THAT(said, IsEmpty());
  write(*sink, 2);
  EXPECT_THAT(said, ElementsAre("soft"));
  write(*sink, 5);
  EXPECT_THAT(said, ElementsAre("soft", "hard"));
  EXPECT_EQ(size(), 5 * kLineLength) << "the line that passes the limit is written, and none after it";
  EXPECT_FALSE(sink->has_pending()) << "these are not lost: it was said that they would not be written";
}

TEST_F(FileSinkTest, CountsWhatIsThereAlready) {
  std::ofstream(path) << std::string(100, 'x');
  const auto sink = open(50, 60);
  write(*sink, 2);
  EXPECT_THAT(said, ElementsAre("soft", "hard"));
  EXPECT_EQ(size(), 100 + kLineLength);
}

TEST_F(FileSinkTest, BeginsAnewWhenItIsOpenedAgain) {
  const auto sink = open(kLineLength, kLineLength);
  write(*sink, 3);
  std::filesystem::rename(path, path + ".1");
  ASSERT_TRUE(sink->reopen());
  write(*sink, 1);
  EXPECT_EQ(size(), kLineLength);
  write(*sink, 3);
  EXPECT_THAT(said, ElementsAre("soft", "hard", "soft", "hard"));
}

TEST_F(FileSinkTest, MayBeCutShortByARotation) {
  const auto sink = open(2 * kLineLength, 4 * kLineLength);
  write(*sink, 4);
  std::filesystem::resize_file(path, 0);
  write(*sink, 2);
  EXPECT_EQ(size(), 2 * kLineLength);
  write(*sink, 1);
  EXPECT_THAT(said, ElementsAre("soft", "soft"));
}

TEST_F(FileSinkTest, WhatIsSaidAboutItMayComeToItself) {
  std::unique_ptr<Sink> sink;
  Target own = target(kLineLength, 2 * kLineLength);
  own.on_limit = [&](SizeLimit limit) { sink->write(message(limit == SizeLimit::soft ? "soft" : "hard")); };
  sink = std::move(*make_sink(own, Format::text, base::Level::debug));
  write(*sink, 5);
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_THAT(text.str(), testing::AllOf(HasSubstr(" soft\n"), testing::EndsWith(" hard\n")));
  EXPECT_LT(size(), 6 * kLineLength);
}

TEST_F(FileSinkTest, FollowsALinkThatIsRootsOwn) {
  ASSERT_EQ(::symlink((folder + "/elsewhere").c_str(), path.c_str()), 0);
  write(*open(), 1);
  EXPECT_TRUE(std::filesystem::exists(folder + "/elsewhere"));
}

TEST_F(FileSinkTest, DoesNotFollowALinkThatOthersMayHaveMade) {
  if (::geteuid() != 0) GTEST_SKIP() << "concerns root";
  ASSERT_EQ(::symlink((folder + "/elsewhere").c_str(), path.c_str()), 0);
  ASSERT_EQ(::chmod(folder.c_str(), 01777), 0);
  const auto sink = make_sink(target(), Format::text, base::Level::debug);
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().text(), HasSubstr(path + ": a link in a folder that others may write to"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/elsewhere"));
}

}  // namespace
}  // namespace porterd::log
