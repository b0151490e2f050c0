// SPDX-License-Identifier: Apache-2.0
#include "event/loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace porterd::event {
namespace {

using namespace std::chrono_literals;

/// Counts calls and ends the loop at the n-th.
struct Counter {
  Loop& loop;
  int last = 1;
  int count = 0;
  void on_call() {
    if (++count >= last) loop.stop();
  }
};

class LoopTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(ends_.data()), 0); }
  void TearDown() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void make_readable() { ASSERT_EQ(::write(ends_[1], "x", 1), 1); }
  std::array<int, 2> ends_{};
  Loop loop_ = Loop::make().value();
};

TEST_F(LoopTest, WatchCallsAsLongAsTheDescriptorIsReadable) {
  Counter counter{.loop = loop_, .last = 3};
  Watch watch(loop_, ends_[0], callback<&Counter::on_call>(counter));
  watch.arm();
  make_readable();
  loop_.run();
  EXPECT_EQ(counter.count, 3);
}

TEST_F(LoopTest, DisarmedWatchIsSilent) {
  Counter silent{.loop = loop_};
  Watch watch(loop_, ends_[0], callback<&Counter::on_call>(silent));
  watch.arm();
  watch.disarm();
  make_readable();
  Counter end{.loop = loop_};
  Timer timer(loop_, callback<&Counter::on_call>(end));
  timer.start(1ms);
  loop_.run();
  EXPECT_EQ(silent.count, 0);
  EXPECT_FALSE(watch.is_armed());
}

TEST_F(LoopTest, TimerCallsOnceAndIsOver) {
  Counter counter{.loop = loop_};
  Timer timer(loop_, callback<&Counter::on_call>(counter));
  timer.start(0s);
  EXPECT_TRUE(timer.is_running());
  loop_.run();
  EXPECT_FALSE(timer.is_running());
  EXPECT_EQ(counter.count, 1);
}

TEST_F(LoopTest, StoppedTimerIsSilent) {
  Counter silent{.loop = loop_};
  Timer stopped(loop_, callback<&Counter::on_call>(silent));
  stopped.start(0s);
  stopped.stop();
  Counter end{.loop = loop_};
  Timer timer(loop_, callback<&Counter::on_call>(end));
  timer.start(2ms);
  loop_.run();
  EXPECT_EQ(silent.count, 0);
}

/// A watch that is destroyed by what it calls, as when a service closes its own port.
struct Suicide {
  Loop& loop;
  std::unique_ptr<Watch> watch;
  void on_call() {
    watch.reset();
    loop.stop();
  }
};

TEST_F(LoopTest, WatchMayBeDestroyedFromItsOwnCallback) {
  Suicide suicide{.loop = loop_, .watch = nullptr};
  suicide.watch = std::make_unique<Watch>(loop_, ends_[0], callback<&Suicide::on_call>(suicide));
  suicide.watch->arm();
  make_readable();
  loop_.run();
  EXPECT_EQ(suicide.watch, nullptr);
}

}  // namespace
}  // namespace porterd::event
