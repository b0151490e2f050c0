// SPDX-License-Identifier: Apache-2.0
//
// Who waits to be accepted at a listening socket, which the socket itself does not tell: asked of the kernel by
// sock_diag(7). For deciding whether a server that was given the listener has taken anybody.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace porterd::os {

/// The connections that wait at `listener`, each as a number that no other has while it lives; in rising order.
/// TCP: all of the listener's port and family, established or closed by the client, at whatever local address. The
/// kernel walks its table of connections for it, so it is for moments of doubt, not for each connection.
/// UNIX stream and seqpacket: those of this listener.
[[nodiscard]] base::Result<std::vector<std::uint64_t>> waiting_connections(int listener);

}  // namespace porterd::os
