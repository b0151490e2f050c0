// SPDX-License-Identifier: Apache-2.0
//
// The identification protocol (RFC 1413): the query, and the reply as a value. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
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

/// Why there is no name. Their names are printed.
enum class IdentFailure : std::uint8_t {
  malformed,    ///< not a reply, or one about other ports
  no_user,      ///< the server said ERROR: NO-USER, HIDDEN-USER, …
  unreachable,  ///< nobody takes connections there
  too_late,
  broke,  ///< the server went without a reply
};
inline constexpr std::string_view kIdentFailureNames[] = {"malformed", "no_user", "unreachable", "too_late", "broke"};
constexpr std::span<const std::string_view> enum_names(IdentFailure) { return kIdentFailureNames; }

inline constexpr std::size_t kLongestIdentUser = 512;  ///< RFC 1413, section 6: <user-id>
inline constexpr std::size_t kLongestIdentSystem =
    128;  ///< 40 and a character set would do for those that are assigned

/// Whose connection it is, as the machine says. Neither has a control character.
struct IdentUser {
  std::string system;  ///< "UNIX", "OTHER", with or without ", CHARSET"; up to kLongestIdentSystem bytes
  std::string name;    ///< 1 to kLongestIdentUser bytes
  friend bool operator==(const IdentUser&, const IdentUser&) = default;
};
using IdentReply = std::expected<IdentUser, IdentFailure>;

/// What the reply line `line` (without its end) says. OTHER's names (RFC 1413: not to be used as names of users) are
/// accepted, as all that is done with one is to log it.
[[nodiscard]] IdentReply read_ident_reply(std::string_view line, IdentPorts ports);

}  // namespace porterd::worker
