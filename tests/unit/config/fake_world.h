// SPDX-License-Identifier: Apache-2.0
//
// A machine for tests: two users, a few ports of services(5), and the files that the test puts there. Every path that a
// configuration names exists as an executable unless the test says otherwise.
#pragma once

#include <fnmatch.h>

#include <map>
#include <set>
#include <string>

#include "config/world.h"

namespace porterd::config {

class FakeWorld : public World {
 public:
  std::map<std::string, FileText> files;
  std::map<std::string, PathKind> kinds{{"/var/empty", PathKind::directory}};
  std::set<std::string> interfaces{"lo", "eth0"};
  std::map<std::string, std::vector<base::IpAddress>> hosts;
  uid_t own_uid = 0;
  gid_t own_gid = 0;
  bool is_privileged = true;

  /// Puts a file there that root owns.
  void put(const std::string& path, std::string text, uid_t owner = 0, mode_t mode = 0644) {
    files[path] = {std::move(text), owner, mode};
  }

  std::optional<Account> user_named(const std::string& name) const override {
    if (name == "root") return Account{"root", 0, 0, "/root", "/bin/bash"};
    if (name == "nobody") return Account{"nobody", 65534, 65534, "/nonexistent", "/usr/sbin/nologin"};
    return std::nullopt;
  }
  std::optional<Account> user_numbered(uid_t uid) const override {
    return uid == 0 || uid == 65534 ? user_named(uid == 0 ? "root" : "nobody") : std::nullopt;
  }
  std::optional<gid_t> group_named(const std::string& name) const override {
    if (name == "adm") return 4;
    if (name == "mail") return 8;
    return std::nullopt;
  }
  std::vector<gid_t> supplementary_groups(const std::string&, gid_t primary) const override { return {primary}; }
  std::optional<std::uint16_t> service_port(const std::string& name, const std::string& protocol) const override {
    if (name == "finger" && protocol == "tcp") return std::uint16_t{79};
    if (name == "daytime" && protocol == "tcp") return std::uint16_t{13};
    if (name == "tftp" && protocol == "udp") return std::uint16_t{69};
    return std::nullopt;
  }
  std::optional<std::uint32_t> rpc_program(const std::string& name) const override {
    return name == "rquotad" ? std::optional<std::uint32_t>(100011) : std::nullopt;
  }
  std::vector<base::IpAddress> host_addresses(const std::string& name) const override {
    const auto found = hosts.find(name);
    return found == hosts.end() ? std::vector<base::IpAddress>() : found->second;
  }
  bool has_interface(const std::string& name) const override { return interfaces.contains(name); }
  std::optional<std::string> environment(const std::string&) const override { return std::nullopt; }
  PathKind path_kind(const std::string& path) const override {
    const auto known = kinds.find(path);
    return known == kinds.end() ? PathKind::executable : known->second;
  }
  base::Result<FileText> read_file(const std::string& path, std::size_t limit) const override {
    const auto found = files.find(path);
    if (found == files.end()) return base::failure(ENOENT, "open");
    if (found->second.text.size() > limit) return base::failure(EFBIG, "read");
    return found->second;
  }
  std::vector<std::string> glob(const std::string& pattern) const override {
    std::vector<std::string> paths;
    for (const auto& [path, file] : files)
      if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) paths.push_back(path);
    return paths;
  }
  std::string helper_path(std::string_view name) const override { return std::string("/libexec/").append(name); }
  uid_t uid() const override { return own_uid; }
  gid_t gid() const override { return own_gid; }
  bool can_change_user() const override { return is_privileged; }
};

}  // namespace porterd::config
