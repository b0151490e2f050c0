// SPDX-License-Identifier: Apache-2.0
#include "daemon/state_report.h"

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

class OpenDump : public testing::Test {
 protected:
  OpenDump() {
    std::string pattern = testing::TempDir() + "porterd-dump-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    path = folder + "/dump";
  }
  ~OpenDump() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string contents() const {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  std::string folder;
  std::string path;
};

TEST_F(OpenDump, MakesAFileThatItsOwnerAloneReads) {
  for (const std::string_view text : {"one\n", "two\n"}) {
    const auto file = open_dump(path);
    ASSERT_TRUE(file);
    ASSERT_EQ(::write(file->number(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  EXPECT_EQ(contents(), "one\ntwo\n");
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(OpenDump, FollowsNoLink) {
  ASSERT_EQ(::symlink((folder + "/elsewhere").c_str(), path.c_str()), 0);
  EXPECT_FALSE(open_dump(path));
  EXPECT_FALSE(std::filesystem::exists(folder + "/elsewhere"));
}

TEST_F(OpenDump, WaitsForNoReaderOfAPipe) {
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(open_dump(path));
}

TEST_F(OpenDump, WritesToNobodyElsesFile) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give a file away";
  std::ofstream(path) << "theirs\n";
  ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  const auto opened = open_dump(path);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text(), HasSubstr("not a regular file of our own"));
  EXPECT_EQ(contents(), "theirs\n");
}

}  // namespace
}  // namespace porterd::daemon
