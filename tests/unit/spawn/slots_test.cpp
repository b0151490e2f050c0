// SPDX-License-Identifier: Apache-2.0
#include "spawn/slots.h"

#include <gtest/gtest.h>

#include <set>

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

TEST(Slots, StackIsAlignedAsTheCallingConventionAsks) {
  Slots slots;
  Slot* const slot = slots.take();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(slot->stack.data() + slot->stack.size()) % 16, 0U);
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
