// SPDX-License-Identifier: Apache-2.0
//
// A service of an original as a file of porterd's: YAML with the original's comments.
#pragma once

#include <string>

#include "config/document.h"
#include "migration/comments.h"

namespace porterd::migration {

/// The settings in the order of the original, each below the comments that stood at it; then those that nobody wrote
/// there, because the original's program has them by itself or by defaults. `source` is what is imported, for the first
/// line.
[[nodiscard]] std::string service_text(const config::Section& section, const std::string& source, Comments& comments);

/// What the service is called: its id, or the name of the section.
[[nodiscard]] std::string service_id(const config::Section& section);

}  // namespace porterd::migration
