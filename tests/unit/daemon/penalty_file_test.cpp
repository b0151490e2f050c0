// SPDX-License-Identifier: Apache-2.0
#include "daemon/penalty_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace porterd::daemon {
namespace {

using admission::Penalties;
using std::chrono::seconds;

constexpr base::WallTime kNow{seconds(1'790'000'000)};

TEST(PenaltyFile, ReadsWhatItWrites) {
  Penalties penalties;
  penalties.add(*base::parse_prefix("192.0.2.1"), kNow + seconds(60));
  penalties.add(*base::parse_prefix("2001:db8::/64"), Penalties::kForever);
  const auto text = penalty_text(penalties);
  EXPECT_EQ(text, "2001:db8::/64 forever\n192.0.2.1 1790000060\n");
  Penalties again;
  read_penalties(text, kNow, again);
  EXPECT_EQ(again.all(), penalties.all());
}

TEST(PenaltyFile, LeavesOutWhatIsOverAndWhatItCannotRead) {
  Penalties penalties;
  read_penalties(
      "192.0.2.1 1790000000\n192.0.2.0/24 forever\nx forever\n192.0.2.3 99999999999999999999\n192.0.2.4\n"
      "192.0.2.5 1790000001",
      kNow, penalties);
  EXPECT_EQ(penalty_text(penalties), "192.0.2.5 1790000001\n");
}

TEST(PenaltyFile, IsReplacedWithItsFolderAndTrustedOnlyIfOurs) {
  std::string folder = testing::TempDir() + "penaltiesXXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/new/penalties";
  Penalties penalties;
  EXPECT_TRUE(load_penalties(path, kNow, penalties));
  penalties.add(*base::parse_prefix("192.0.2.1"), Penalties::kForever);
  ASSERT_TRUE(save_penalties(path, penalties));
  Penalties again;
  ASSERT_TRUE(load_penalties(path, kNow, again));
  EXPECT_EQ(again.all(), penalties.all());

  ASSERT_EQ(::chmod(path.c_str(), 0622), 0);
  EXPECT_FALSE(load_penalties(path, kNow, again));
  ::unlink(path.c_str());
  ::rmdir((folder + "/new").c_str());
  ::rmdir(folder.c_str());
}

}  // namespace
}  // namespace porterd::daemon
