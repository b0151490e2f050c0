// SPDX-License-Identifier: Apache-2.0
#include "session/reaper.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "children.h"

namespace porterd::session {
namespace {

class ReaperTest : public testing::Test {
 protected:
  static os::SignalQueue child_signals() {
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    const std::array number{SIGCHLD};
    return os::SignalQueue::open(number).value();
  }
  pid_t add_ended(bool is_awaited = false) {
    const pid_t pid = ended_child();
    Session session = session_of(pid, owner_);
    session.is_awaited = is_awaited;
    sessions_.add(std::move(session));
    return pid;
  }
  void on_end() { loop_.stop(); }
  void give_up() {
    has_given_up_ = true;
    loop_.stop();
  }
  /// Runs the loop until `count` sessions have ended; false when that takes too long.
  bool run_until(std::size_t count) {
    has_given_up_ = false;
    deadline_.start(std::chrono::seconds(10));
    while (owner_->ends.size() < count && !has_given_up_) loop_.run();
    deadline_.stop();
    return !has_given_up_;
  }
  /// Lets one session after the other end, whose ends are noticed; `count` of them, or until a look before an accept
  /// finds one. Whether it did.
  bool finds_before_accept(int count, bool is_awaited) {
    for (int round = 0; round < count; ++round) {
      const auto ends = owner_->ends.size();
      add_ended(is_awaited);
      reaper_.poll();
      if (owner_->ends.size() > ends) return true;
      EXPECT_TRUE(run_until(ends + 1));
    }
    return false;
  }

  bool has_given_up_ = false;
  event::Loop loop_ = event::Loop::make().value();
  event::Timer deadline_{loop_, event::callback<&ReaperTest::give_up>(*this)};
  std::shared_ptr<RecordingOwner> owner_ = std::make_shared<RecordingOwner>();
  SessionTable sessions_{event::callback<&ReaperTest::on_end>(*this)};
  Reaper reaper_{loop_, sessions_, child_signals()};
};

TEST_F(ReaperTest, SignalEndsTheSession) {
  reaper_.listen();
  const pid_t pid = add_ended();
  ASSERT_TRUE(run_until(1));
  EXPECT_EQ(owner_->ends, std::vector{pid});
}

TEST_F(ReaperTest, OneSignalEndsAllThatHaveEnded) {
  add_ended();
  add_ended();
  reaper_.listen();
  EXPECT_TRUE(run_until(2));
}

// Two ends must come within kPause for that: on a busy machine not the first two.
TEST_F(ReaperTest, EndsThatComeThickAreCollectedBeforeAnAccept) {
  reaper_.listen();
  EXPECT_TRUE(finds_before_accept(10'000, false));
  EXPECT_EQ(sessions_.size(), 0U);
}

TEST_F(ReaperTest, EndsThatSomebodyWaitsForAreNoticedByTheSignalHoweverThickTheyCome) {
  reaper_.listen();
  EXPECT_FALSE(finds_before_accept(200, true));
}

TEST_F(ReaperTest, AcceptCollectsWhatNoSignalIsListenedToFor) {
  add_ended();
  reaper_.poll();
  EXPECT_EQ(owner_->ends.size(), 1U);
}

TEST_F(ReaperTest, AcceptLeavesItToTheSignalWhenThatIsListenedTo) {
  reaper_.listen();
  add_ended();
  reaper_.poll();
  EXPECT_TRUE(owner_->ends.empty());
  EXPECT_TRUE(run_until(1));
}

TEST_F(ReaperTest, ListensAgainWhenItHasBecomeQuiet) {
  reaper_.listen();
  ASSERT_TRUE(finds_before_accept(10'000, false));
  const pid_t late = ::fork();
  if (late == 0) {
    ::usleep(5 * 1000 * static_cast<useconds_t>(Reaper::kPause.count()));  // the child's own time, which is waited for
    ::_exit(0);
  }
  sessions_.add(session_of(late, owner_));
  EXPECT_TRUE(run_until(owner_->ends.size() + 1));
}

TEST_F(ReaperTest, WithManyChildrenTheNamedOneEndsAtOnceAndTheOthersInALaterSweep) {
  // Numbers that are no children of ours are as good as children that live.
  for (pid_t number = 0; number < 300; ++number) sessions_.add(session_of(0x40000000 + number, owner_));
  add_ended();
  add_ended();  // its signal is merged with that of the first
  reaper_.listen();
  ASSERT_TRUE(run_until(1));
  EXPECT_EQ(owner_->ends.size(), 1U);
  EXPECT_TRUE(run_until(2));
}

}  // namespace
}  // namespace porterd::session
