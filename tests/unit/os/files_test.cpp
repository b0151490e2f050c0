// SPDX-License-Identifier: Apache-2.0
#include "os/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace porterd::os {
namespace {

class Files : public testing::Test {
 protected:
  Files() { EXPECT_NE(::mkdtemp(folder_.data()), nullptr); }
  ~Files() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string folder_ = testing::TempDir() + "filesXXXXXX";
};

TEST_F(Files, AreReadWhole) {
  std::ofstream(path("a")) << std::string(70'000, 'x');
  EXPECT_EQ(read_file(path("a")).value().size(), 70'000U);
}

TEST_F(Files, SayWhatIsWrongWithAPath) {
  EXPECT_EQ(read_file(path("none")).error().text(), "open " + path("none") + ": No such file or directory");
  EXPECT_EQ(read_file(folder_).error().text(), "open " + folder_ + ": not a regular file");
}

TEST_F(Files, DoNotWaitForTheOtherEndOfAFifo) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_FALSE(read_file(path("fifo")));
}

TEST_F(Files, OpenForAppendingWhoeverReadsThem) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(open_for_append(path("fifo"), 0600).error().code.value(), ENXIO);
  const auto file = open_for_append(path("log"), 0600);
  ASSERT_TRUE(file);
  EXPECT_EQ(::fcntl(file->number(), F_GETFL) & (O_APPEND | O_NONBLOCK), O_APPEND) << "its user may wait";
}

TEST_F(Files, DoNotFollowALinkWhereALogWasToBe) {
  std::ofstream(path("secret")) << "root's\n";
  std::filesystem::create_symlink(path("secret"), path("log"));
  EXPECT_EQ(open_for_append(path("log"), 0600).error().code.value(), ELOOP);
}

TEST_F(Files, PidFileHoldsOurPidAndGoesWithItsObject) {
  {
    const auto file = PidFile::create(path("pid"));
    ASSERT_TRUE(file);
    EXPECT_EQ(read_file(path("pid")).value(), std::to_string(::getpid()) + "\n");
  }
  EXPECT_FALSE(std::filesystem::exists(path("pid")));
}

TEST_F(Files, SecondPidFileIsRefusedAndLeavesTheFirst) {
  const auto first = PidFile::create(path("pid"));
  ASSERT_TRUE(first);
  const auto second = PidFile::create(path("pid"));
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text().find("another porterd runs"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(path("pid")));
}

TEST_F(Files, StalePidFileIsReplaced) {
  std::ofstream(path("pid")) << "999999999999\n";
  const auto file = PidFile::create(path("pid"));
  ASSERT_TRUE(file);
  EXPECT_EQ(read_file(path("pid")).value(), std::to_string(::getpid()) + "\n");
}

}  // namespace
}  // namespace porterd::os
