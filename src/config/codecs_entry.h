// SPDX-License-Identifier: Apache-2.0
//
// Reading a codec's map form one entry at a time.
#pragma once

#include "config/codec.h"

namespace porterd::config {

/// Parses the entry `key` of `map`, if it is there, into `field`; else leaves the field as it is.
template <typename Codec, typename Field>
Parsed<void> parse_entry(const Value& map, std::string_view key, Field& field, const Context& context) {
  const auto* value = entry_named(map, key);
  if (value == nullptr) return {};
  auto parsed = Codec::parse(*value, context);
  if (!parsed) {
    if (parsed.error().hint.empty()) parsed.error().hint = Codec::kForm;
    return std::unexpected(std::move(parsed).error());
  }
  field = std::move(*parsed);
  return {};
}

}  // namespace porterd::config
