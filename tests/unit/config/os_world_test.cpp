// SPDX-License-Identifier: Apache-2.0
#include "config/os_world.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace porterd::config {
namespace {

// A directory of its own, gone with the test.
class OsWorldTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "porterd-world-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::string put(const std::string& name, const std::string& text, mode_t mode) {
    const auto path = directory_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::string directory_;
  OsWorld world_;
};

TEST_F(OsWorldTest, KnowsAccounts) {
  const auto root = world_.user_named("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->uid, 0U);
  EXPECT_EQ(world_.user_numbered(0)->name, "root");
  EXPECT_EQ(world_.group_named("root"), gid_t{0});
  EXPECT_FALSE(world_.user_named("no-such-user-here"));
  EXPECT_FALSE(world_.group_named("no-such-group-here"));
  EXPECT_FALSE(world_.user_numbered(4'000'000'000U));
}

TEST_F(OsWorldTest, KnowsInterfacesAndIds) {
  EXPECT_TRUE(world_.has_interface("lo"));
  EXPECT_FALSE(world_.has_interface("nosuchdevice"));
  EXPECT_EQ(world_.uid(), ::geteuid());
  EXPECT_EQ(world_.gid(), ::getegid());
}

TEST_F(OsWorldTest, ReadsAFileWithItsOwnerAndMode) {
  const auto file = world_.read_file(put("a.yaml", "port: 79\n", 0602), 100);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text, "port: 79\n");
  EXPECT_EQ(file->owner, ::geteuid());
  EXPECT_EQ(file->mode, 0602U);
}

TEST_F(OsWorldTest, ReadsNeitherLongFilesNorOtherThings) {
  EXPECT_EQ(world_.read_file(put("long", "12345", 0600), 4).error().text(), "read: File too large");
  EXPECT_EQ(world_.read_file(directory_, 100).error().text(), "read: Is a directory");
  EXPECT_EQ(world_.read_file(directory_ + "/none", 100).error().text(), "open: No such file or directory");
  ASSERT_EQ(::mkfifo((directory_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(world_.read_file(directory_ + "/fifo", 100).error().text(), "not a regular file");
}

TEST_F(OsWorldTest, FindsFilesSortedByByteValue) {
  const auto upper = put("B.yaml", "", 0600);
  const auto lower = put("a.yaml", "", 0600);
  put("c.txt", "", 0600);
  EXPECT_EQ(world_.glob(directory_ + "/*.yaml"), (std::vector<std::string>{upper, lower}));
  EXPECT_TRUE(world_.glob(directory_ + "/*.none").empty());
}

TEST_F(OsWorldTest, TellsWhatStandsAtAPath) {
  EXPECT_EQ(world_.path_kind(put("x", "", 0700)), PathKind::executable);
  EXPECT_EQ(world_.path_kind(put("y", "", 0600)), PathKind::file);
  EXPECT_EQ(world_.path_kind(directory_), PathKind::directory);
  EXPECT_EQ(world_.path_kind("/dev/null"), PathKind::other);
  EXPECT_EQ(world_.path_kind(directory_ + "/none"), PathKind::missing);
}

TEST(OsWorld, KnowsTheAddressesOfHosts) {
  const auto addresses = OsWorld().host_addresses("127.0.0.7");
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses[0].text(), "127.0.0.7");
}

}  // namespace
}  // namespace porterd::config
