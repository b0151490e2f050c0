// SPDX-License-Identifier: Apache-2.0
//
// Who is at the other end of a connection: an internet endpoint, a local process (SO_PEERCRED), or
// nobody that we know (a stream service with wait: yes, which accepts for itself).
#pragma once

#include <sys/types.h>

#include <string>
#include <variant>

#include "base/address.h"

namespace porterd::base {

/// A process on this machine, as SO_PEERCRED gave it when it connected (unix(7)).
struct LocalPeer {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  friend bool operator==(const LocalPeer&, const LocalPeer&) = default;
};

using Peer = std::variant<std::monostate, Endpoint, LocalPeer>;

/// "192.0.2.1:40001", "[::1]:40001", "pid=17,uid=0,gid=0", or "-" when unknown.
[[nodiscard]] std::string text_of(const Peer& peer);

}  // namespace porterd::base
