// SPDX-License-Identifier: Apache-2.0
//
// The header by which a relay tells its target whose connection it passes on: PROXY protocol, version 2 (HAProxy's
// proxy-protocol.txt, section 2.2). Pure.
#pragma once

#include <string>

#include "base/address.h"

namespace porterd::worker {

/// For a TCP connection from `peer` to `local`, both of one family. For a UNIX one, whose ends have no name worth
/// telling, the header says "unspecified", and the target uses what it sees itself.
[[nodiscard]] std::string proxy_header(const base::SocketAddress& peer, const base::SocketAddress& local);

}  // namespace porterd::worker
