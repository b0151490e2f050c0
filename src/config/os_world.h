// SPDX-License-Identifier: Apache-2.0
//
// The machine that we run on. Answers about accounts, services and paths are remembered as long as the object
// lives: ten thousand services that name the same user ask NSS once. Make one for each load.
#pragma once

#include <map>
#include <utility>

#include "config/host_book.h"
#include "config/world.h"

namespace porterd::config {

class OsWorld final : public World {
 public:
  OsWorld() = default;
  /// Addresses of hosts are those of `hosts`, which gets to know others if it may wait for them.
  explicit OsWorld(HostBook& hosts) : hosts_(&hosts) {}
  [[nodiscard]] std::optional<Account> user_named(const std::string& name) const override;
  [[nodiscard]] std::optional<Account> user_numbered(uid_t uid) const override;
  [[nodiscard]] std::optional<gid_t> group_named(const std::string& name) const override;
  [[nodiscard]] std::vector<gid_t> supplementary_groups(const std::string& user, gid_t primary) const override;
  [[nodiscard]] std::optional<std::uint16_t> service_port(const std::string& name,
                                                          const std::string& protocol) const override;
  [[nodiscard]] std::optional<std::uint32_t> rpc_program(const std::string& name) const override;
  [[nodiscard]] std::vector<base::IpAddress> host_addresses(const std::string& name) const override;
  [[nodiscard]] bool has_interface(const std::string& name) const override;
  [[nodiscard]] std::optional<std::string> environment(const std::string& name) const override;
  [[nodiscard]] PathKind path_kind(const std::string& path) const override;
  [[nodiscard]] base::Result<FileText> read_file(const std::string& path, std::size_t limit) const override;
  [[nodiscard]] std::vector<std::string> glob(const std::string& pattern) const override;
  [[nodiscard]] std::string helper_path(std::string_view name) const override;
  [[nodiscard]] uid_t uid() const override;
  [[nodiscard]] gid_t gid() const override;
  [[nodiscard]] bool can_change_user() const override;

 private:
  mutable std::map<std::string, std::optional<Account>> users_;
  mutable std::map<std::string, std::optional<gid_t>> groups_;
  mutable std::map<std::pair<std::string, std::string>, std::optional<std::uint16_t>> ports_;
  mutable std::map<std::string, PathKind> paths_;
  mutable std::map<std::string, std::string> helpers_;
  HostBook* hosts_ = nullptr;
};

}  // namespace porterd::config
