// SPDX-License-Identifier: Apache-2.0
//
// A fuzzer's input as what one end of a channel sends: messages of any size and content, most of them of a kind and
// size that there are, with or without a descriptor.
#pragma once

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/fd.h"
#include "os/descriptor_passing.h"
#include "worker/wire.h"

namespace porterd::fuzz {

struct Message {
  std::vector<std::byte> bytes;
  unsigned descriptor = 0;  ///< which, of those that the fuzzer has; 0: none
};

/// The next message of `input`, which becomes shorter. A first byte below the number of permits is a message of that
/// kind and size, with the descriptor that belongs to it; any other is a size.
inline Message next_message(std::span<const std::uint8_t>& input, std::span<const worker::Permit> permits) {
  const std::size_t head = input[0];
  Message message;
  message.descriptor = input.size() > 1 ? input[1] : 0;
  input = input.subspan(std::min<std::size_t>(2, input.size()));
  const bool is_known = head < permits.size();
  message.bytes.resize(is_known ? permits[head].size : head);
  const auto given = std::min(message.bytes.size(), input.size());
  if (given > 0) std::memcpy(message.bytes.data(), input.data(), given);
  input = input.subspan(given);
  if (!is_known) return message;
  std::memcpy(message.bytes.data(), &permits[head].kind, sizeof permits[head].kind);
  if (!permits[head].has_descriptor) message.descriptor = 0;
  return message;
}

}  // namespace porterd::fuzz
