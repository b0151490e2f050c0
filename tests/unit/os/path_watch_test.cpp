// SPDX-License-Identifier: Apache-2.0
#include "os/path_watch.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace porterd::os {
namespace {

class PathWatchTest : public testing::Test {
 protected:
  PathWatchTest() {
    std::string pattern = testing::TempDir() + "porterd-watch-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    path = folder + "/socket";
    std::ofstream(path) << "one\n";
  }
  ~PathWatchTest() override { std::filesystem::remove_all(folder); }

  static bool is_readable(const PathWatch& watch) {
    pollfd waiting{.fd = watch.number(), .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 0) == 1;
  }

  std::string folder;
  std::string path;
};

TEST_F(PathWatchTest, TellsWhenAFileIsRemovedThatSomebodyHasOpen) {
  auto watch = PathWatch::open();
  ASSERT_TRUE(watch);
  ASSERT_TRUE(watch->watch(path));
  const std::ifstream open(path);
  std::ofstream(folder + "/other") << "other\n";
  EXPECT_FALSE(is_readable(*watch));
  std::filesystem::remove(path);
  EXPECT_TRUE(is_readable(*watch));
}

TEST_F(PathWatchTest, TellsOfWhatStandsThereNowAlone) {
  auto watch = PathWatch::open();
  ASSERT_TRUE(watch);
  ASSERT_TRUE(watch->watch(path));
  std::filesystem::rename(path, folder + "/old");
  EXPECT_TRUE(is_readable(*watch));
  EXPECT_FALSE(watch->watch(path));
  std::ofstream(path) << "two\n";
  ASSERT_TRUE(watch->watch(path));
  std::filesystem::remove(folder + "/old");
  EXPECT_FALSE(is_readable(*watch));
  std::filesystem::remove(path);
  EXPECT_TRUE(is_readable(*watch));
}

}  // namespace
}  // namespace porterd::os
