// SPDX-License-Identifier: Apache-2.0
//
// The keys of systemd.socket(5), systemd.service(5) and systemd.exec(5): what each becomes, or why it becomes nothing.
#pragma once

#include "migration/unit_builder.h"

namespace porterd::migration {

/// Takes one setting of a unit. Whatever becomes of it is said through `builder`.
void take_unit_setting(UnitBuilder& builder, const UnitSetting& setting);

/// Sections as "[Socket]" and keys as "Accept=", for a fuzzer's dictionary.
[[nodiscard]] std::vector<std::string> unit_words();

/// The part of it for keys that become nothing: that there is nothing to do, or what to do about it.
void take_other_unit_setting(UnitBuilder& builder, const UnitSetting& setting);

/// What only all settings together say: the command, standard input and output, the rate.
void finish_unit(UnitBuilder& builder, const config::Location& service);

/// The places to listen, one list for each type of socket.
struct UnitPlaces {
  std::string socket_type;
  config::Value listen;      ///< a list
  config::Location where{};  ///< of the first one
};
[[nodiscard]] std::vector<UnitPlaces> places_of_unit(UnitBuilder& builder);

}  // namespace porterd::migration
