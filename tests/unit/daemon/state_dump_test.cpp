// SPDX-License-Identifier: Apache-2.0
#include "daemon/state_dump.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace porterd::daemon {
namespace {

using testing::HasSubstr;

class AppendDump : public testing::Test {
 protected:
  AppendDump() {
    std::string pattern = testing::TempDir() + "porterd-dump-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    path = folder + "/dump";
  }
  ~AppendDump() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string contents() const {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  std::string folder;
  std::string path;
};

TEST_F(AppendDump, MakesAFileThatItsOwnerAloneReads) {
  ASSERT_TRUE(append_dump(path, "one\n"));
  ASSERT_TRUE(append_dump(path, "two\n"));
  EXPECT_EQ(contents(), "one\ntwo\n");
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(AppendDump, FollowsNoLink) {
  ASSERT_EQ(::symlink((folder + "/elsewhere").c_str(), path.c_str()), 0);
  EXPECT_FALSE(append_dump(path, "text"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/elsewhere"));
}

TEST_F(AppendDump, WaitsForNoReaderOfAPipe) {
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(append_dump(path, "text"));
}

TEST_F(AppendDump, WritesToNobodyElsesFile) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give a file away";
  std::ofstream(path) << "theirs\n";
  ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  const auto written = append_dump(path, "text");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text(), HasSubstr("not a regular file of our own"));
  EXPECT_EQ(contents(), "theirs\n");
}

}  // namespace
}  // namespace porterd::daemon
