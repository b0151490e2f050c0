// SPDX-License-Identifier: Apache-2.0
//
// What an access list says about an address.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace porterd::admission {

/// Where two rules are equally long, the later one here holds.
enum class Verdict : std::uint8_t {
  allowed,
  unresolved,  ///< might be refused: a host name in no_access has no addresses yet
  refused,
};
inline constexpr std::string_view kVerdictNames[] = {"allowed", "unresolved", "refused"};
constexpr std::span<const std::string_view> enum_names(Verdict) { return kVerdictNames; }

}  // namespace porterd::admission
