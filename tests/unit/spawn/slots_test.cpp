// SPDX-License-Identifier: Apache-2.0
#include "spawn/slots.h"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <thread>

namespace porterd::spawn {
namespace {

TEST(Slots, AreReusedOnceTheChildHasGone) {
  Slots slots;
  Slot* const slot = slots.take();
  slot->tid.store(17);
  slots.watch(slot);
  EXPECT_NE(slots.take(), slot);
  slot->tid.store(0);
  slots.collect();
  EXPECT_TRUE(slots.busy().empty());
  EXPECT_EQ(slots.take(), slot);
}

TEST(Slots, OneThatHangsDoesNotHoldTheOthers) {
  Slots slots;
  Slot* const hanging = slots.take();
  hanging->tid.store(1);
  slots.watch(hanging);
  Slot* const done = slots.take();
  slots.watch(done);
  slots.collect();
  ASSERT_EQ(slots.busy().size(), 1U);
  EXPECT_EQ(slots.busy().front(), hanging);
}

TEST(Slots, RunOutInsteadOfGrowingForEver) {
  Slots slots;
  std::set<Slot*> taken;
  while (Slot* const slot = slots.take()) ASSERT_TRUE(taken.insert(slot).second);
  EXPECT_EQ(taken.size(), 1024U);
  slots.give_back(*taken.begin());
  EXPECT_EQ(slots.take(), *taken.begin());
}

TEST(Slots, LeaveTheirMemoryToAChildThatIsStillInIt) {
  Slot* slot = nullptr;
  {
    Slots slots;
    slot = slots.take();
    slot->tid.store(1);
    slots.watch(slot);
  }
  EXPECT_EQ(slot->tid.load(), 1);
}

TEST(Slots, SettleWhenTheChildHasGone) {
  Slots slots;
  Slot* const slot = slots.take();
  slot->tid.store(1);
  slots.watch(slot);
  // What the kernel does when a child leaves our memory.
  std::thread leaving([slot] {
    slot->tid.store(0);
    ::syscall(SYS_futex, &slot->tid, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  });
  const auto before = std::chrono::steady_clock::now();
  slots.settle(std::chrono::minutes(10));
  EXPECT_EQ(slot->tid.load(), 0);
  leaving.join();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::minutes(5));
}

TEST(Slots, DoNotWaitForAChildThatHangs) {
  Slots slots;
  Slot* const slot = slots.take();
  slot->tid.store(1);
  slots.watch(slot);
  slots.settle(std::chrono::milliseconds(1));
  EXPECT_EQ(slots.busy().size(), 1U);
}

TEST(Slots, StackIsAlignedAsTheCallingConventionAsks) {
  Slots slots;
  Slot* const slot = slots.take();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(slot->stack.data() + slot->stack.size()) % 16, 0U);
}

TEST(Reports, LeaveTheirMemoryToWhoeverMayStillWriteOne) {
  Report* report = nullptr;
  {
    Reports reports;
    report = &reports.at(reports.take().value());
  }
  report->error = 7;
  EXPECT_EQ(report->error, 7);
}

TEST(Reports, AreDistinctAndBeginEmpty) {
  Reports reports;
  std::set<Reports::Number> taken;
  for (int count = 0; count < 1500; ++count) {
    const auto number = reports.take();
    ASSERT_TRUE(number);
    ASSERT_TRUE(taken.insert(*number).second);
    EXPECT_EQ(reports.at(*number).stage.load(), Stage::none);
    reports.at(*number).stage.store(Stage::exec);
  }
  reports.give_back(700);
  EXPECT_EQ(reports.take(), 700U);
  EXPECT_EQ(reports.at(700).stage.load(), Stage::none);
}

}  // namespace
}  // namespace porterd::spawn
