// SPDX-License-Identifier: Apache-2.0
//
// The effective configuration as text, and what the table says about itself.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"

namespace porterd::config {

/// The configuration as one porterd.yaml: defaults, drop-ins and includes worked in, what is as the program has it left
/// out. Loading it gives an equal Config.
[[nodiscard]] std::string dump_yaml(const Config& config);
/// What of it is not as the program has it, for porterd itself and for one service; a line each.
[[nodiscard]] std::string dump_yaml(const Global& global);
[[nodiscard]] std::string dump_yaml(const Service& service);
/// The same as one JSON object with the services under "services". Loading it from a file named *.json gives an equal
/// Config.
[[nodiscard]] std::string dump_json(const Config& config);

/// JSON Schema (draft 7) of porterd.yaml, service files and drop-ins, for editors.
[[nodiscard]] std::string schema();

/// What --explain says about an attribute: meaning, what it takes, where it may stand, its default.
/// All attributes when `name` is empty. The error of an unknown name says what might have been meant.
[[nodiscard]] base::Result<std::string> explain(std::string_view name);

/// A libFuzzer dictionary: names, operators and words that the parsers know.
[[nodiscard]] std::string fuzz_dictionary();

}  // namespace porterd::config
