// SPDX-License-Identifier: Apache-2.0
//
// xinetd.conf and what it includes to sections, one for each service, with xinetd's grammar, its order of defaults and
// its consequences of errors. A section of xinetd.conf carries everything that applies to it: nothing of porterd.yaml's
// `defaults` does, and no default of porterd's where xinetd has another one (implied settings).
//
// What differs on purpose: a bad value in `defaults` does not end porterd, but leaves out the services that would
// inherit it; a bad only_from, no_access or access_times keeps its service out whatever follows; a file that includes
// itself is not read again; a line may be of any length.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/diagnostics.h"
#include "config/document.h"
#include "config/world.h"

namespace porterd::config {

/// Opens an included file, or reports why not at the place that names it.
using OpenSource = std::function<std::shared_ptr<const SourceFile>(const std::string& path, const Location& where)>;

/// How much is read of an entry that is disabled by itself. xinetd skips what stands after `disable = yes`; only who
/// wants to see what the service would be reads on, and gets it as a disabled section.
enum class XinetdDisabled : std::uint8_t { skipped, read };

/// Puts the services of `file`, and of the files that it includes, at the end of `document`.
void read_xinetd(const std::shared_ptr<const SourceFile>& file, const OpenSource& open, const World& world,
                 XinetdDisabled disabled, Document& document, Diagnostics& diagnostics);

}  // namespace porterd::config
