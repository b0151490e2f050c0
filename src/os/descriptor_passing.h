// SPDX-License-Identifier: Apache-2.0
//
// Messages with a descriptor beside them, over UNIX sockets that keep message boundaries (SCM_RIGHTS, unix(7)). Never
// blocks, never raises SIGPIPE; what comes in is CLOEXEC.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace porterd::os {

/// Sends one message, with `descriptor` unless it is -1, which stays open here. The error is the errno: EAGAIN when the
/// other end has to read first, ETOOMANYREFS when too many descriptors are on their way, EPIPE when it has gone.
[[nodiscard]] std::expected<void, int> send_message(int socket, std::span<const std::byte> bytes, int descriptor = -1);

/// A message that came in.
struct ReceivedMessage {
  std::size_t size = 0;     ///< bytes written to the caller's room
  base::Fd descriptor;      ///< the one that came with it, if any
  bool is_cut = false;      ///< it was longer than the room, or brought more than one descriptor
  bool is_nothing = false;  ///< no bytes: the other end will send no more
};

/// Takes one message. The error is the errno: EAGAIN when there is none.
[[nodiscard]] std::expected<ReceivedMessage, int> receive_message(int socket, std::span<std::byte> room);

/// A file in memory with this text, which nobody can change any more (memfd_create(2), sealed). `name` is shown in
/// /proc only.
[[nodiscard]] base::Result<base::Fd> make_sealed_file(const char* name, std::string_view text);

}  // namespace porterd::os
