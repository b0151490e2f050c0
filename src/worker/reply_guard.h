// SPDX-License-Identifier: Apache-2.0
//
// Keeps a datagram built-in from being used against others, as source addresses can be forged: no reply to a port where
// something would answer in turn, none to who is not let in, and at most so many replies a second to one network. Pure;
// the table is bounded.
#pragma once

#include <cstdint>
#include <vector>

#include "admission/access_list.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/token_bucket.h"

namespace porterd::worker {

/// Whether something listens at this port that answers whatever it gets, so that two such ports would keep each other
/// busy for ever: echo, chargen and the like, and every well-known port that replies to anything it cannot read.
[[nodiscard]] bool is_reflecting_port(std::uint16_t port);

class ReplyGuard {
 public:
  /// `rate` holds for each source network: /24 of IPv4, /56 of IPv6.
  explicit ReplyGuard(base::TokenRate rate = {.per_second = 10, .burst = 20}, admission::AccessList access = {});

  /// Whether a request from `source` may have a reply at `now`.
  [[nodiscard]] bool may_reply(const base::Endpoint& source, base::SteadyTime now);

 private:
  base::TokenRate rate_;
  admission::AccessList access_;
  std::vector<base::TokenBucket> slots_;  ///< by hash of the network; two may share one
};

}  // namespace porterd::worker
