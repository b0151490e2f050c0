// SPDX-License-Identifier: Apache-2.0
#include "admission/penalties.h"

#include <algorithm>

namespace porterd::admission {

base::Prefix Penalties::source_of(const base::IpAddress& address) {
  constexpr int kNetwork = 64;
  const bool is_network = address.family == base::Family::ipv6 && !address.is_link_local() && !address.is_loopback();
  return base::prefix_of(address, is_network ? kNetwork : address.bits());
}

Penalties::Outcome Penalties::add(const base::Prefix& source, base::WallTime end) {
  if (const auto found = ends_.find(source); found != ends_.end()) {
    found->second = std::max(found->second, end);
    return Outcome::known;
  }
  if (ends_.size() >= kMost) return Outcome::full;
  ends_.emplace(source, end);
  return Outcome::added;
}

bool Penalties::contains(const base::IpAddress& address, base::WallTime now) const {
  if (ends_.empty()) return false;
  const auto found = ends_.find(source_of(address));
  return found != ends_.end() && now < found->second;
}

std::size_t Penalties::scrub(base::WallTime now) {
  return std::erase_if(ends_, [&](const auto& entry) { return entry.second <= now; });
}

}  // namespace porterd::admission
