// SPDX-License-Identifier: Apache-2.0
//
// What the files of the TCP wrappers, hosts.allow and hosts.deny, come to when nobody can ask them: porterd-tcpd, which
// does, may not be installed. Then nobody may get in whom they might refuse. Load time only.
#pragma once

#include "config/world.h"

namespace porterd::config {

/// Whether porterd-tcpd is there to ask them.
[[nodiscard]] bool can_ask_wrappers(const World& world);

/// Whether there is a rule that may refuse somebody (hosts_options(5)): any of hosts.deny, and one of hosts.allow with
/// an option that does; also when a file is there and cannot be read.
[[nodiscard]] bool wrappers_may_refuse(const World& world);

}  // namespace porterd::config
