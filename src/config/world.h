// SPDX-License-Identifier: Apache-2.0
//
// What loading a configuration may ask of the machine. Everything that depends on it passes through here, so
// that tests bring their own World and a load can be followed without reading the machine's files.
// Asked at load time only; never while a client waits. os_world.h is the real one.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace porterd::config {

/// An entry of passwd(5).
struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;
  std::string shell;
};

/// What stands at a path, as far as a configuration cares.
enum class PathKind : std::uint8_t {
  missing,     ///< nothing, or out of reach
  executable,  ///< a regular file with an execute bit
  file,        ///< a regular file without one
  directory,
  other,
};

/// A configuration file with what decides whether it may be trusted.
struct FileText {
  std::string text;
  uid_t owner = 0;
  mode_t mode = 0;
};

class World {
 public:
  virtual ~World() = default;

  [[nodiscard]] virtual std::optional<Account> user_named(const std::string& name) const = 0;
  [[nodiscard]] virtual std::optional<Account> user_numbered(uid_t uid) const = 0;
  [[nodiscard]] virtual std::optional<gid_t> group_named(const std::string& name) const = 0;
  /// The groups that `user` is in, `primary` among them.
  [[nodiscard]] virtual std::vector<gid_t> supplementary_groups(const std::string& user, gid_t primary) const = 0;
  /// The port of services(5) for "tcp" or "udp", in host order.
  [[nodiscard]] virtual std::optional<std::uint16_t> service_port(const std::string& name,
                                                                  const std::string& protocol) const = 0;
  /// The number of a program in rpc(5).
  [[nodiscard]] virtual std::optional<std::uint32_t> rpc_program(const std::string& name) const = 0;
  /// The addresses of a host, each once, as the resolver orders them; none when it has none. May wait for a name
  /// server.
  [[nodiscard]] virtual std::vector<base::IpAddress> host_addresses(const std::string& name) const = 0;
  [[nodiscard]] virtual bool has_interface(const std::string& name) const = 0;
  [[nodiscard]] virtual std::optional<std::string> environment(const std::string& name) const = 0;

  [[nodiscard]] virtual PathKind path_kind(const std::string& path) const = 0;
  /// The whole of a regular file of at most `limit` bytes.
  [[nodiscard]] virtual base::Result<FileText> read_file(const std::string& path, std::size_t limit) const = 0;
  /// The paths that match a glob(7) pattern, sorted by byte value.
  [[nodiscard]] virtual std::vector<std::string> glob(const std::string& pattern) const = 0;

  /// Where porterd's own program of this name is, or would be (os/helpers.h).
  [[nodiscard]] virtual std::string helper_path(std::string_view name) const = 0;

  /// Ids that this process runs with.
  [[nodiscard]] virtual uid_t uid() const = 0;
  [[nodiscard]] virtual gid_t gid() const = 0;
  /// Whether a server can be given other ids than ours: root, or CAP_SETUID and CAP_SETGID (capabilities(7)).
  [[nodiscard]] virtual bool can_change_user() const = 0;
};

}  // namespace porterd::config
