// SPDX-License-Identifier: Apache-2.0
//
// How many sessions each source (a prefix) has. An open hash table: adding and removing allocate only when it grows
// or shrinks, and look-ups take about the same time with one source or a hundred thousand. An object
// that never counted costs one pointer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/address.h"

namespace porterd::admission {

class SourceCount {
 public:
  SourceCount() noexcept;
  SourceCount(SourceCount&&) noexcept;
  SourceCount& operator=(SourceCount&&) noexcept;
  SourceCount(const SourceCount&) = delete;
  SourceCount& operator=(const SourceCount&) = delete;
  ~SourceCount();

  /// Sessions of `source`; 0 for one that is not there.
  [[nodiscard]] std::uint32_t count(const base::Prefix& source) const;
  /// One more.
  void add(const base::Prefix& source);
  /// One less; the entry vanishes at zero. `source` must be there.
  void remove(const base::Prefix& source) noexcept;
  /// Sources with at least one session.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace porterd::admission
