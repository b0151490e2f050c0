// SPDX-License-Identifier: Apache-2.0
#include "session/session_table.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace porterd::session {
namespace {

struct RecordingOwner final : Owner {
  void on_end(Session& session, const os::Ended& ended) noexcept override {
    ends.push_back(session.pid);
    statuses.push_back(WEXITSTATUS(ended.wait_status));
  }
  [[nodiscard]] std::string_view id() const override { return "test"; }
  std::vector<pid_t> ends;
  std::vector<int> statuses;
};

class SessionTableTest : public testing::Test {
 protected:
  /// A session whose server has ended with `status` when this returns.
  pid_t add_ended(int status) {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(status);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
    add(pid);
    return pid;
  }
  void add(pid_t pid) {
    Session session;
    session.pid = pid;
    session.owner = owner_;
    sessions_.add(std::move(session));
  }
  void count_end() { ++ended_; }

  int ended_ = 0;
  event::Loop loop_ = event::Loop::make().value();
  std::shared_ptr<RecordingOwner> owner_ = std::make_shared<RecordingOwner>();
  SessionTable sessions_{loop_, event::callback<&SessionTableTest::count_end>(*this)};
};

TEST_F(SessionTableTest, SignalThatNamesOneChildEndsAllThatHaveEnded) {
  const pid_t first = add_ended(3);
  add_ended(4);
  sessions_.on_child_signal(first);
  EXPECT_EQ(sessions_.size(), 0U);
  EXPECT_EQ(owner_->ends.size(), 2U);
  EXPECT_EQ(ended_, 2);
}

TEST_F(SessionTableTest, EndedSessionGivesItsOwnerBack) {
  const pid_t pid = add_ended(0);
  EXPECT_EQ(owner_.use_count(), 2);
  sessions_.on_child_signal(pid);
  EXPECT_EQ(owner_.use_count(), 1);
}

TEST_F(SessionTableTest, StrangersAreReapedAndNothingElse) {
  const pid_t stranger = ::fork();
  if (stranger == 0) ::_exit(0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(stranger), &info, WEXITED | WNOWAIT);
  sessions_.on_child_signal(stranger);
  EXPECT_TRUE(owner_->ends.empty());
  EXPECT_EQ(::waitpid(stranger, nullptr, 0), -1);
}

TEST_F(SessionTableTest, WithManyChildrenTheNamedOneEndsAtOnceAndTheOthersAtTheNextSweep) {
  const pid_t sleeper = ::fork();
  if (sleeper == 0) {
    ::pause();
    ::_exit(0);
  }
  // More than the table thinks few: numbers that are no children of ours are as good as children that live.
  for (pid_t number = 0; number < 300; ++number) add(0x40000000 + number);
  const pid_t named = add_ended(0);
  const pid_t merged = add_ended(0);
  sessions_.on_child_signal(named);
  EXPECT_EQ(owner_->ends, std::vector{named});
  sessions_.sweep();
  EXPECT_EQ(owner_->ends, (std::vector{named, merged}));
  os::signal_process(sleeper, SIGKILL);
  ::waitpid(sleeper, nullptr, 0);
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
