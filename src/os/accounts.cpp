// SPDX-License-Identifier: Apache-2.0
#include "os/accounts.h"

#include <grp.h>
#include <pwd.h>

#include <array>

namespace porterd::os {

std::vector<gid_t> supplementary_groups(const std::string& user, gid_t primary) {
  int count = 32;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  // -1 says that the list was too short and leaves the needed size in `count`.
  while (::getgrouplist(user.c_str(), primary, groups.data(), &count) < 0 &&
         static_cast<std::size_t>(count) > groups.size())
    groups.resize(static_cast<std::size_t>(count));
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

Account account_of(uid_t uid) {
  std::array<char, 16384> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return {.name = std::to_string(uid), .home = "/", .shell = "/bin/sh"};
  return {.name = found->pw_name, .home = found->pw_dir, .shell = found->pw_shell};
}

std::optional<Ids> ids_of(const std::string& user) {
  std::array<char, 16384> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return Ids{.uid = found->pw_uid, .gid = found->pw_gid};
}

Ids nobody() { return ids_of("nobody").value_or(Ids()); }

}  // namespace porterd::os
