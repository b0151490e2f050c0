// SPDX-License-Identifier: Apache-2.0
//
// The identification protocol (RFC 1413): the query, and the reply as a value. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace porterd::worker {

/// A reply longer than RFC 1413's section 4 allows (1000 characters) is no reply.
inline constexpr std::size_t kLongestIdentReply = 1024;

/// The two ports of the connection that is asked about, as the server at the client's machine sees them.
struct IdentPorts {
  std::uint16_t there = 0;  ///< the client's port, at the machine asked
  std::uint16_t here = 0;   ///< ours
  friend bool operator==(const IdentPorts&, const IdentPorts&) = default;
};

/// "6193, 23\r\n".
[[nodiscard]] std::string ident_query(IdentPorts ports);

/// Why there is no name.
enum class IdentFailure : std::uint8_t {
  malformed,  ///< not a reply, or one about other ports
  error,      ///< the server said ERROR: NO-USER, HIDDEN-USER, …
  unreachable,
  too_late,
};

/// The user's name in the reply line `line` (without its end): 1 to 512 bytes, without controls. OTHER's names
/// (RFC 1413: not to be used as names of users) are accepted, as all that is done with one is to log it.
[[nodiscard]] std::expected<std::string, IdentFailure> read_ident_reply(std::string_view line, IdentPorts ports);

}  // namespace porterd::worker
