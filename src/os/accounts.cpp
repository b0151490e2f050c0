// SPDX-License-Identifier: Apache-2.0
#include "os/accounts.h"

#include <grp.h>

namespace porterd::os {

std::vector<gid_t> supplementary_groups(const std::string& user, gid_t primary) {
  int count = 32;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  // -1 says that the list was too short and leaves the needed size in `count`.
  while (::getgrouplist(user.c_str(), primary, groups.data(), &count) < 0 && static_cast<std::size_t>(count) > groups.size())
    groups.resize(static_cast<std::size_t>(count));
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

}  // namespace porterd::os
