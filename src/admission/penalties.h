// SPDX-License-Identifier: Apache-2.0
//
// Who has connected to a sensor and is refused by all services for a time: xinetd's global_no_access list. Pure: the
// time is a parameter. Bounded, so that nobody can fill the memory from outside.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>

#include "base/address.h"
#include "base/clock.h"

namespace porterd::admission {

class Penalties {
 public:
  /// As in xinetd.
  static constexpr std::size_t kMost = 10240;
  /// The end of a penalty that has none.
  static constexpr base::WallTime kForever = base::WallTime::max();

  enum class Outcome : std::uint8_t {
    added,
    known,  ///< it is there already, and stays for the longer of both times
    full,   ///< there are kMost; nothing was done
  };

  /// What a client shares its penalty with: an IPv4 address, or the IPv6 network of 64 bits that it can take any
  /// address of. A link-local IPv6 address stands for itself.
  [[nodiscard]] static base::Prefix source_of(const base::IpAddress& address);

  /// `source` is refused until `end`.
  Outcome add(const base::Prefix& source, base::WallTime end);
  [[nodiscard]] bool contains(const base::IpAddress& address, base::WallTime now) const;
  /// Takes out what is over, and says how many that were.
  std::size_t scrub(base::WallTime now);

  /// By source, with the end of each.
  [[nodiscard]] const std::map<base::Prefix, base::WallTime>& all() const { return ends_; }

 private:
  std::map<base::Prefix, base::WallTime> ends_;
};

}  // namespace porterd::admission
