// SPDX-License-Identifier: Apache-2.0
#include "worker/ident.h"

#include <algorithm>

#include "base/text.h"

namespace porterd::worker {
namespace {

/// Takes what stands before the next `separator` away from `rest`; all of it when there is none.
std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

bool has_controls(std::string_view text) {
  return std::ranges::any_of(text,
                             [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == '\x7f'; });
}

bool is_port(std::string_view text, std::uint16_t port) { return base::parse_unsigned(base::trim(text)) == port; }

}  // namespace

std::string ident_query(IdentPorts ports) {
  return std::to_string(ports.there) + ", " + std::to_string(ports.here) + "\r\n";
}

IdentReply read_ident_reply(std::string_view line, IdentPorts ports) {
  auto there_and_here = take_until(line, ':');
  const auto there = take_until(there_and_here, ',');
  if (!is_port(there, ports.there) || !is_port(there_and_here, ports.here))
    return std::unexpected(IdentFailure::malformed);
  const auto kind = base::trim(take_until(line, ':'));
  if (base::equal_ignoring_case(kind, "ERROR")) return std::unexpected(IdentFailure::no_user);
  if (!base::equal_ignoring_case(kind, "USERID") || !line.contains(':'))
    return std::unexpected(IdentFailure::malformed);
  const auto system = base::trim(take_until(line, ':'));
  // Blanks before a name are not part of it in practice, though RFC 1413 would have them so; colons in it are.
  const auto name = base::trim(line);
  const bool is_short = !name.empty() && name.size() <= kLongestIdentUser && system.size() <= kLongestIdentSystem;
  if (!is_short || has_controls(system) || has_controls(name)) return std::unexpected(IdentFailure::malformed);
  return IdentUser{.system = std::string(system), .name = std::string(name)};
}

}  // namespace porterd::worker
