// SPDX-License-Identifier: Apache-2.0
#include "spawn/slots.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <new>

namespace porterd::spawn {
namespace {

void* map(std::size_t bytes, int sharing) {
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

Slots::~Slots() {
  std::erase_if(busy_, [](const Slot* slot) { return slot->tid.load(std::memory_order_acquire) == 0; });
  if (!busy_.empty()) return;
  for (Slot* const block : blocks_) {
    std::destroy_n(block, kBlock);
    ::munmap(block, kBlock * sizeof(Slot));
  }
}

bool Slots::grow() {
  if (blocks_.size() * kBlock >= kMost) return false;
  auto* const block = static_cast<Slot*>(map(kBlock * sizeof(Slot), MAP_PRIVATE));
  if (block == nullptr) return false;
  blocks_.push_back(block);
  for (std::size_t index = kBlock; index-- > 0;) {
    // Default-initialised: what the kernel gave is zero already, and pages that nobody touches cost nothing.
    free_.push_back(::new (static_cast<void*>(block + index)) Slot);
  }
  return true;
}

Slot* Slots::take() {
  collect();
  if (free_.empty() && !grow()) return nullptr;
  Slot* const slot = free_.back();
  free_.pop_back();
  return slot;
}

void Slots::give_back(Slot* slot) {
  slot->plan.reset();
  slot->connection.reset();
  free_.push_back(slot);
}

void Slots::collect() {
  // A child that hangs in exec (a server on a dead network file system) must not hold the others up, nor may looking
  // at all of them be the price of each launch.
  constexpr std::size_t kLooks = 4;
  for (std::size_t look = 0; look < kLooks && !busy_.empty(); ++look) {
    Slot* const slot = busy_.front();
    busy_.pop_front();
    if (slot->tid.load(std::memory_order_acquire) == 0)
      give_back(slot);
    else
      busy_.push_back(slot);
  }
}

void Slots::settle(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (Slot* const slot : busy_) {
    for (pid_t tid = slot->tid.load(); tid != 0; tid = slot->tid.load()) {
      const auto left = end - std::chrono::steady_clock::now();
      if (left <= left.zero()) return;
      const auto nanoseconds = std::chrono::nanoseconds(left).count();
      const timespec wait{.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
      // The kernel wakes whoever waits for the word that it clears (set_tid_address(2)).
      ::syscall(SYS_futex, &slot->tid, FUTEX_WAIT, tid, &wait, nullptr, 0);
    }
  }
}

Reports::~Reports() {
  if (free_.size() != blocks_.size() * kBlock) return;
  for (Report* const block : blocks_) ::munmap(block, kBlock * sizeof(Report));
}

bool Reports::grow() {
  auto* const block = static_cast<Report*>(map(kBlock * sizeof(Report), MAP_SHARED));
  if (block == nullptr) return false;
  const auto first = static_cast<Number>(blocks_.size() * kBlock);
  blocks_.push_back(block);
  for (Number number = kBlock; number-- > 0;) free_.push_back(first + number);
  return true;
}

std::optional<Reports::Number> Reports::take() {
  if (free_.empty() && !grow()) return std::nullopt;
  const Number number = free_.back();
  free_.pop_back();
  ::new (&at(number)) Report;
  return number;
}

}  // namespace porterd::spawn
