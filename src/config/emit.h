// SPDX-License-Identifier: Apache-2.0
//
// Values as text: on one line of YAML that reads back as the same Value, or as JSON.
#pragma once

#include <string>

#include "config/document.h"

namespace porterd::config {

/// YAML in flow style, for after "name: " or inside another value. Texts are put in quotes wherever a reader of
/// YAML 1.1 or 1.2 might take them for something else.
[[nodiscard]] std::string emit_yaml(const Value& value);

/// JSON: plain yes and no as true and false, plain decimal numbers as numbers, everything else as strings.
[[nodiscard]] std::string emit_json(const Value& value);

}  // namespace porterd::config
