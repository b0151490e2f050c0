// SPDX-License-Identifier: Apache-2.0
//
// The normal form of a configuration: what every front end says about a service, in xinetd's words and as JSON, so that
// readings can be compared with each other and with what xinetd itself says. porterd(8) has the list of its fields. It
// is for reading only; what it is made from stands beside it as native configuration, which porterd reads back.
#pragma once

#include <string>

#include "config/loader.h"
#include "config/world.h"

namespace porterd::config {

/// What --dump=json prints: one JSON object with
///   services       one object for each place where a service listens
///   dropped        {name, id, reason} of each service that does not run
///   messages       {level, file, line, text} of each diagnostic
///   configuration  the native configuration; a file named *.json with this object in it loads as the same Config
[[nodiscard]] std::string dump_normal(const Loaded& loaded, const World& world);

}  // namespace porterd::config
