// SPDX-License-Identifier: Apache-2.0
//
// The account database, through NSS. Load time only: a look-up may read files or ask a server.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace porterd::os {

/// The groups that `user` is in, `primary` first (getgrouplist(3)). Just `primary` for an account that is not known.
[[nodiscard]] std::vector<gid_t> supplementary_groups(const std::string& user, gid_t primary);

/// What the environment says of an account.
struct Account {
  std::string name;   ///< the number when nobody has it
  std::string home;   ///< "/" when nobody has it
  std::string shell;  ///< "/bin/sh" when nobody has it
};

/// The account of user `uid` (getpwuid_r(3)).
[[nodiscard]] Account account_of(uid_t uid);

/// Ids of an account without rights.
struct Ids {
  uid_t uid = 65534;
  gid_t gid = 65534;
};

/// The ids of a user (getpwnam_r(3)); nothing when there is none of that name.
[[nodiscard]] std::optional<Ids> ids_of(const std::string& user);

/// User "nobody", or 65534 where there is none.
[[nodiscard]] Ids nobody();

}  // namespace porterd::os
