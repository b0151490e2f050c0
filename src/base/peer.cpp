// SPDX-License-Identifier: Apache-2.0
#include "base/peer.h"

namespace porterd::base {

std::string text_of(const Peer& peer) {
  if (const auto* endpoint = std::get_if<Endpoint>(&peer)) return endpoint->text();
  const auto* local = std::get_if<LocalPeer>(&peer);
  if (local == nullptr) return "-";
  return "pid=" + std::to_string(local->pid) + ",uid=" + std::to_string(local->uid) +
         ",gid=" + std::to_string(local->gid);
}

}  // namespace porterd::base
