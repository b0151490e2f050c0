// SPDX-License-Identifier: Apache-2.0
//
// From which of our addresses an answer to a datagram goes: from the one that the datagram came to.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace porterd::worker {

/// Room for what the kernel says about where a datagram came to.
using ReplyControl = std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))>;

/// Has the kernel say so with each datagram (IP_PKTINFO, IPV6_RECVPKTINFO); does nothing with a UNIX socket.
void enable_reply_address(int socket);

/// Turns what the kernel says about where a datagram came to into what it wants to hear about where the reply is to
/// come from. False when that is no address of one machine, so that nobody can make many machines answer one datagram.
/// True when there is nothing to turn.
[[nodiscard]] bool turn_round(msghdr& message);

}  // namespace porterd::worker
