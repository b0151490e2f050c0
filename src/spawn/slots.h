// SPDX-License-Identifier: Apache-2.0
//
// Memory for children on their way to exec. A slot is one child's stack and the strings of its environment; it is taken
// for the time until the kernel clears its tid word, which it does when the child has left our memory
// (CLONE_CHILD_CLEARTID, clone(2)). A report is where a child leaves word of what failed; it belongs to the session
// until the child is reaped.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/fd.h"
#include "spawn/child.h"
#include "spawn/plan.h"

namespace porterd::spawn {

/// The slot's stack grows down towards the slot's start; what it must not reach stands above it.
struct Slot {
  static constexpr std::size_t kStack = 8192;
  static constexpr std::size_t kText = 2048;

  alignas(64) std::array<std::byte, kStack> stack;
  std::atomic<pid_t> tid{0};  ///< the kernel sets it before the child runs and clears it when it has gone
  std::atomic<std::uint32_t> detached{0};
  std::atomic<std::uint32_t> awaited{0};
  ChildLaunch launch;
  std::shared_ptr<const Plan> plan;  ///< what the child reads while it is in our memory
  base::Fd connection;               ///< shared table: open until the child has detached
  std::array<char, kText> text;
  std::array<char*, kPlanVariables + kConnectionVariables + 1> environment;
};

/// All slots. They come from the kernel in blocks and stay.
class Slots {
 public:
  Slots() = default;
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;
  /// Leaves the memory to the children that still are in it.
  ~Slots();

  /// Gets the first block from the kernel, so that the first launch need not.
  [[nodiscard]] bool prepare() { return !free_.empty() || grow(); }
  /// A free slot, or null when kMost children are on their way to exec or memory is out.
  [[nodiscard]] Slot* take();
  /// Gives back a slot whose child was never made.
  void give_back(Slot* slot);
  /// The slot is in use by a child from now on.
  void watch(Slot* slot) { busy_.push_back(slot); }
  /// Frees the slots whose child has gone. Looks at the oldest first and stops at the first few that are still there.
  void collect();
  /// Waits until all children have gone, at most `patience`.
  void settle(std::chrono::milliseconds patience);
  [[nodiscard]] const std::deque<Slot*>& busy() const { return busy_; }

 private:
  [[nodiscard]] bool grow();

  static constexpr std::size_t kBlock = 8;
  static constexpr std::size_t kMost = 1024;
  std::vector<Slot*> free_;  ///< last in, first out: the warm ones serve
  std::deque<Slot*> busy_;   ///< oldest first
  std::vector<Slot*> blocks_;
};

/// All reports, in memory that a child made by fork shares as well.
class Reports {
 public:
  using Number = std::uint32_t;

  Reports() = default;
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;
  /// Leaves the memory to whoever may still write a report.
  ~Reports();

  /// Gets the first block from the kernel, so that the first launch need not.
  [[nodiscard]] bool prepare() { return !free_.empty() || grow(); }
  /// A report that says nothing yet. Nothing when memory is out.
  [[nodiscard]] std::optional<Number> take();
  [[nodiscard]] Report& at(Number number) { return blocks_[number / kBlock][number % kBlock]; }
  void give_back(Number number) { free_.push_back(number); }

 private:
  [[nodiscard]] bool grow();

  static constexpr std::size_t kBlock = 512;  ///< one page of reports
  std::vector<Report*> blocks_;
  std::vector<Number> free_;
};

}  // namespace porterd::spawn
