// SPDX-License-Identifier: Apache-2.0
#include "admission/source_count.h"

#include <sys/auxv.h>

#include <cassert>
#include <cstring>
#include <new>
#include <utility>

namespace porterd::admission {
namespace {

constexpr std::size_t kSmallest = 8;  // slots; always a power of two

// Random bytes that the kernel gives every process: clients choose their addresses, they must not choose collisions.
std::uint64_t seed() {
  static const std::uint64_t value = [] {
    std::uint64_t random = 0;
    if (const auto* bytes = reinterpret_cast<const void*>(::getauxval(AT_RANDOM)))
      std::memcpy(&random, bytes, sizeof random);
    return random;
  }();
  return value;
}

// The finalizer of MurmurHash3: every bit of the input reaches every bit of the output.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 33)) * 0xff51afd7ed558ccdULL;
  value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return value ^ (value >> 33);
}

std::uint64_t hash_of(const base::Prefix& source) {
  std::uint64_t halves[2];
  std::memcpy(halves, source.address.bytes.data(), sizeof halves);
  const auto kind = std::uint64_t{source.length} << 1 | static_cast<std::uint64_t>(source.address.family);
  return mixed(mixed(halves[0] ^ seed()) ^ halves[1] ^ (kind << 56));
}

struct Slot {
  base::Prefix source;
  std::uint32_t count = 0;  // 0: free
};

}  // namespace

// Linear probing with removal by shifting back, so that no tombstones pile up. At most half full.
struct SourceCount::Table {
  std::unique_ptr<Slot[]> slots;
  std::size_t capacity = 0;
  std::size_t size = 0;

  [[nodiscard]] std::size_t home(const base::Prefix& source) const { return hash_of(source) & (capacity - 1); }
  [[nodiscard]] std::size_t after(std::size_t index) const { return (index + 1) & (capacity - 1); }

  // The slot that holds `source`, or the free one where it would go.
  [[nodiscard]] std::size_t find(const base::Prefix& source) const {
    std::size_t index = home(source);
    while (slots[index].count != 0 && slots[index].source != source) index = after(index);
    return index;
  }

  void take_over(std::unique_ptr<Slot[]> larger, std::size_t new_capacity) noexcept {
    const std::unique_ptr<Slot[]> old = std::exchange(slots, std::move(larger));
    const std::size_t old_capacity = std::exchange(capacity, new_capacity);
    for (std::size_t index = 0; index < old_capacity; ++index)
      if (old[index].count != 0) slots[find(old[index].source)] = old[index];
  }

  void make_room() {
    if (2 * (size + 1) <= capacity) return;
    const std::size_t wanted = capacity == 0 ? kSmallest : 2 * capacity;
    take_over(std::make_unique<Slot[]>(wanted), wanted);
  }

  // After a burst. Without memory it stays large: giving back must not fail.
  void shrink() noexcept {
    if (capacity == kSmallest || 8 * size > capacity) return;
    const std::size_t wanted = capacity / 2;
    if (std::unique_ptr<Slot[]> smaller(new (std::nothrow) Slot[wanted]); smaller)
      take_over(std::move(smaller), wanted);
  }

  // Moves back what stands behind `gap` and would not be found any more.
  void close_gap(std::size_t gap) noexcept {
    for (std::size_t index = after(gap); slots[index].count != 0; index = after(index)) {
      const std::size_t distance_home = (index - home(slots[index].source)) & (capacity - 1);
      const std::size_t distance_gap = (index - gap) & (capacity - 1);
      if (distance_home < distance_gap) continue;
      slots[gap] = slots[index];
      gap = index;
    }
    slots[gap].count = 0;
  }
};

SourceCount::SourceCount() noexcept = default;
SourceCount::SourceCount(SourceCount&&) noexcept = default;
SourceCount& SourceCount::operator=(SourceCount&&) noexcept = default;
SourceCount::~SourceCount() = default;

std::uint32_t SourceCount::count(const base::Prefix& source) const {
  return table_ ? table_->slots[table_->find(source)].count : 0;
}

void SourceCount::add(const base::Prefix& source) {
  if (!table_) table_ = std::make_unique<Table>();
  table_->make_room();
  Slot& slot = table_->slots[table_->find(source)];
  if (slot.count++ != 0) return;
  slot.source = source;
  ++table_->size;
}

void SourceCount::remove(const base::Prefix& source) noexcept {
  assert(count(source) > 0);
  const std::size_t index = table_->find(source);
  if (--table_->slots[index].count != 0) return;
  --table_->size;
  table_->close_gap(index);
  table_->shrink();
}

std::size_t SourceCount::size() const { return table_ ? table_->size : 0; }

}  // namespace porterd::admission
