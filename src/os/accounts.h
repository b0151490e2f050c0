// SPDX-License-Identifier: Apache-2.0
//
// The account database, through NSS. Load time only: a look-up may read files or ask a server.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace porterd::os {

/// The groups that `user` is in, `primary` first (getgrouplist(3)). Just `primary` for an account that is not known.
[[nodiscard]] std::vector<gid_t> supplementary_groups(const std::string& user, gid_t primary);

}  // namespace porterd::os
