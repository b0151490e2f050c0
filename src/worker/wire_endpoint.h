// SPDX-License-Identifier: Apache-2.0
//
// Endpoints on their way through the channel.
#pragma once

#include "base/address.h"
#include "worker/wire.h"

namespace porterd::worker {

[[nodiscard]] inline WireEndpoint wire_endpoint(const base::Endpoint& endpoint) {
  return {.address = endpoint.address.bytes,
          .scope = endpoint.address.scope,
          .port = endpoint.port,
          .is_ipv6 = endpoint.address.family == base::Family::ipv6 ? std::uint16_t{1} : std::uint16_t{0}};
}

[[nodiscard]] inline base::Endpoint endpoint_of(const WireEndpoint& wire) {
  return {.address = {.bytes = wire.address,
                      .scope = wire.scope,
                      .family = wire.is_ipv6 != 0 ? base::Family::ipv6 : base::Family::ipv4},
          .port = wire.port};
}

}  // namespace porterd::worker
