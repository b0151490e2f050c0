// SPDX-License-Identifier: Apache-2.0
#include "config/os_world.h"

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netdb.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/fd.h"
#include "base/scope_exit.h"
#include "os/accounts.h"
#include "os/helpers.h"

namespace porterd::config {
namespace {

// NSS says ERANGE when an entry does not fit; a group may have thousands of members.
constexpr std::size_t kFirstBuffer = 1024;
constexpr std::size_t kLastBuffer = std::size_t{1} << 20;

// Calls `look_up(buffer)` with a growing buffer until it says something else than ERANGE.
template <typename LookUp>
void with_buffer(LookUp look_up) {
  std::vector<char> buffer(kFirstBuffer);
  while (look_up(buffer) == ERANGE && buffer.size() < kLastBuffer) buffer.resize(buffer.size() * 4);
}

template <typename Call>
std::optional<Account> find_account(Call call) {
  std::optional<Account> account;
  with_buffer([&](std::vector<char>& buffer) {
    passwd entry{};
    passwd* found = nullptr;
    const int error = call(&entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr)
      account = Account{found->pw_name, found->pw_uid, found->pw_gid, found->pw_dir, found->pw_shell};
    return error;
  });
  return account;
}

std::optional<gid_t> find_group(const std::string& name) {
  std::optional<gid_t> number;
  with_buffer([&](std::vector<char>& buffer) {
    group entry{};
    group* found = nullptr;
    const int error = getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) number = found->gr_gid;
    return error;
  });
  return number;
}

std::optional<std::uint16_t> find_port(const std::string& name, const std::string& protocol) {
  std::optional<std::uint16_t> port;
  with_buffer([&](std::vector<char>& buffer) {
    servent entry{};
    servent* found = nullptr;
    const int error = getservbyname_r(name.c_str(), protocol.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) port = ntohs(static_cast<std::uint16_t>(found->s_port));
    return error;
  });
  return port;
}

std::vector<base::IpAddress> find_addresses(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return {};
  const base::ScopeExit release([&] { ::freeaddrinfo(found); });
  std::vector<base::IpAddress> addresses;
  for (const auto* one = found; one != nullptr; one = one->ai_next) {
    base::RawAddress raw;
    std::memcpy(&raw.storage, one->ai_addr, one->ai_addrlen);
    raw.length = one->ai_addrlen;
    const auto address = base::socket_address(raw);
    const auto* endpoint = std::get_if<base::Endpoint>(&address);
    if (endpoint != nullptr && std::ranges::find(addresses, endpoint->address) == addresses.end())
      addresses.push_back(endpoint->address);
  }
  return addresses;
}

PathKind find_kind(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return PathKind::missing;
  if (S_ISDIR(status.st_mode)) return PathKind::directory;
  if (!S_ISREG(status.st_mode)) return PathKind::other;
  return (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0 ? PathKind::executable : PathKind::file;
}

// The answer for `key`, asked for once.
template <typename Map, typename Key, typename Ask>
auto remembered(Map& answers, const Key& key, Ask ask) {
  const auto known = answers.find(key);
  if (known != answers.end()) return known->second;
  return answers.emplace(key, ask()).first->second;
}

base::Status read_into(const base::Fd& file, std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto got = ::read(file.number(), text.data() + done, text.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::failure_errno("read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return {};
}

}  // namespace

std::optional<Account> OsWorld::user_named(const std::string& name) const {
  return remembered(users_, name,
                    [&] { return find_account([&](auto... rest) { return getpwnam_r(name.c_str(), rest...); }); });
}

std::optional<Account> OsWorld::user_numbered(uid_t uid) const {
  // A colon cannot stand in a name, so numbers and names share the map.
  return remembered(users_, ':' + std::to_string(uid),
                    [&] { return find_account([&](auto... rest) { return getpwuid_r(uid, rest...); }); });
}

std::optional<gid_t> OsWorld::group_named(const std::string& name) const {
  return remembered(groups_, name, [&] { return find_group(name); });
}

std::vector<gid_t> OsWorld::supplementary_groups(const std::string& user, gid_t primary) const {
  return os::supplementary_groups(user, primary);
}

std::optional<std::uint16_t> OsWorld::service_port(const std::string& name, const std::string& protocol) const {
  return remembered(ports_, std::pair(name, protocol), [&] { return find_port(name, protocol); });
}

std::optional<std::uint32_t> OsWorld::rpc_program(const std::string& name) const {
  std::optional<std::uint32_t> number;
  with_buffer([&](std::vector<char>& buffer) {
    rpcent entry{};
    rpcent* found = nullptr;
    const int error = ::getrpcbyname_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) number = static_cast<std::uint32_t>(found->r_number);
    return error;
  });
  return number;
}

std::vector<base::IpAddress> OsWorld::host_addresses(const std::string& name) const {
  if (hosts_ == nullptr) return find_addresses(name);
  hosts_->asked.insert(name);
  if (const auto found = hosts_->known.find(name); found != hosts_->known.end()) return found->second;
  if (hosts_->may_wait) return hosts_->known[name] = find_addresses(name);
  hosts_->missing.insert(name);
  return {};
}

bool OsWorld::has_interface(const std::string& name) const { return ::if_nametoindex(name.c_str()) != 0; }

std::optional<std::string> OsWorld::environment(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

PathKind OsWorld::path_kind(const std::string& path) const {
  return remembered(paths_, path, [&] { return find_kind(path); });
}

base::Result<FileText> OsWorld::read_file(const std::string& path, std::size_t limit) const {
  // Without O_NONBLOCK a FIFO would hold the load until somebody writes to it.
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.is_open()) return base::failure_errno("open");
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return base::failure_errno("fstat");
  if (S_ISDIR(status.st_mode)) return base::failure(EISDIR, "read");
  if (!S_ISREG(status.st_mode)) return base::failure("not a regular file");
  if (static_cast<std::uint64_t>(status.st_size) > limit) return base::failure(EFBIG, "read");
  FileText result{.text = std::string(static_cast<std::size_t>(status.st_size), '\0'),
                  .owner = status.st_uid,
                  .mode = status.st_mode & 07777U};
  PORTERD_TRY(read_into(file, result.text));
  return result;
}

std::vector<std::string> OsWorld::glob(const std::string& pattern) const {
  glob_t found{};
  const base::ScopeExit release([&] { ::globfree(&found); });
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) != 0) return {};
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  std::ranges::sort(paths);
  return paths;
}

std::string OsWorld::helper_path(std::string_view name) const {
  return remembered(helpers_, std::string(name), [&] { return os::helper_path(name); });
}

uid_t OsWorld::uid() const { return ::geteuid(); }
gid_t OsWorld::gid() const { return ::getegid(); }

bool OsWorld::can_change_user() const {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return ::geteuid() == 0;
  constexpr std::uint32_t kNeeded = (1U << CAP_SETUID) | (1U << CAP_SETGID);
  return (sets[0].effective & kNeeded) == kNeeded;
}

}  // namespace porterd::config
