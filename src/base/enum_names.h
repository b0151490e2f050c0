// SPDX-License-Identifier: Apache-2.0
//
// Names of enumerators. A type E that is printed or parsed has, beside it, an overload
// `constexpr std::span<const std::string_view> enum_names(E)` whose n-th entry names the value n.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace porterd::base {

/// The name of `value`, e.g. "refuse". `value` must be one of the enumerators.
template <typename E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
  return enum_names(E{})[static_cast<std::size_t>(value)];
}

/// The enumerator named `name` (exact, case matters), or nothing.
template <typename E>
[[nodiscard]] constexpr std::optional<E> value_named(std::string_view name) {
  const auto names = enum_names(E{});
  for (std::size_t index = 0; index < names.size(); ++index)
    if (names[index] == name) return static_cast<E>(index);
  return std::nullopt;
}

}  // namespace porterd::base
