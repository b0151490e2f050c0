// SPDX-License-Identifier: Apache-2.0
//
// The line with which a TCPMUX client names the service that it wants (RFC 1078). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace porterd::worker {

/// The longest name that is read; services(5) knows none longer.
inline constexpr std::size_t kLongestTcpmuxName = 64;

/// What the bytes seen so far are.
struct TcpmuxLine {
  enum class State : std::uint8_t {
    incomplete,  ///< more must come
    complete,    ///< `name` is there
    malformed,   ///< no name, too long, or bytes that no name has
  };
  State state = State::incomplete;
  std::string name{};    ///< in lower case, as names have no case here
  std::size_t size = 0;  ///< bytes of the line with its end; what follows belongs to the service
  [[nodiscard]] bool is_help() const { return state == State::complete && name == "help"; }
};

/// Reads the line at the beginning of `bytes`. It ends with CRLF; a bare LF is taken, too.
[[nodiscard]] TcpmuxLine read_tcpmux_line(std::string_view bytes);

/// What a service that does not speak for itself is announced with (TCPMUXPLUS).
inline constexpr std::string_view kTcpmuxGo = "+Go\r\n";
/// To whom asks for what there is not, or may not be had.
inline constexpr std::string_view kTcpmuxNotAvailable = "-Service not available\r\n";

}  // namespace porterd::worker
