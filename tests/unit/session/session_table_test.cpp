// SPDX-License-Identifier: Apache-2.0
#include "session/session_table.h"

#include <gtest/gtest.h>

#include "children.h"

namespace porterd::session {
namespace {

class SessionTableTest : public testing::Test {
 protected:
  pid_t add_ended(int status) {
    const pid_t pid = ended_child(status);
    sessions_.add(session_of(pid, owner_));
    return pid;
  }
  void count_end() { ++ended_; }

  int ended_ = 0;
  std::shared_ptr<RecordingOwner> owner_ = std::make_shared<RecordingOwner>();
  SessionTable sessions_{event::callback<&SessionTableTest::count_end>(*this)};
};

TEST_F(SessionTableTest, SweepEndsAllThatHaveEnded) {
  add_ended(3);
  add_ended(4);
  EXPECT_EQ(sessions_.sweep(), 2U);
  EXPECT_EQ(sessions_.size(), 0U);
  EXPECT_EQ(owner_->statuses.size(), 2U);
  EXPECT_EQ(ended_, 2);
}

TEST_F(SessionTableTest, ReapingEndsTheNamedOneAlone) {
  const pid_t named = add_ended(0);
  const pid_t other = add_ended(0);
  sessions_.reap(named);
  EXPECT_EQ(owner_->ends, std::vector{named});
  EXPECT_NE(sessions_.find(other), nullptr);
  sessions_.sweep();
  EXPECT_EQ(owner_->ends, (std::vector{named, other}));
}

TEST_F(SessionTableTest, EndedSessionGivesItsOwnerBack) {
  add_ended(0);
  EXPECT_EQ(owner_.use_count(), 2);
  sessions_.sweep();
  EXPECT_EQ(owner_.use_count(), 1);
}

TEST_F(SessionTableTest, StrangersAreReapedAndNothingElse) {
  const pid_t stranger = ended_child();
  EXPECT_EQ(sessions_.sweep(), 1U);
  EXPECT_TRUE(owner_->ends.empty());
  EXPECT_EQ(::waitpid(stranger, nullptr, 0), -1);
}

TEST_F(SessionTableTest, CountsThoseWhoseEndIsAwaited) {
  add_ended(0);
  Session awaited = session_of(ended_child(), owner_);
  awaited.is_awaited = true;
  sessions_.add(std::move(awaited));
  EXPECT_EQ(sessions_.awaited(), 1U);
  sessions_.sweep();
  EXPECT_EQ(sessions_.awaited(), 0U);
}

TEST_F(SessionTableTest, FindsByPid) {
  const pid_t pid = add_ended(0);
  EXPECT_NE(sessions_.find(pid), nullptr);
  EXPECT_EQ(sessions_.find(pid + 1), nullptr);
  sessions_.sweep();
  EXPECT_EQ(sessions_.find(pid), nullptr);
}

}  // namespace
}  // namespace porterd::session
