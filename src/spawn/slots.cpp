// SPDX-License-Identifier: Apache-2.0
#include "spawn/slots.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace porterd::spawn {
namespace {

void* map(std::size_t bytes, int sharing) {
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

Slots::~Slots() {
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

Reports::~Reports() {
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
