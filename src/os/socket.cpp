// SPDX-License-Identifier: Apache-2.0
#include "os/socket.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

#include "base/text.h"
#include "os/files.h"

namespace porterd::os {
namespace {

base::Status set_flag(int socket, int level, int option, const char* name, int value) {
  if (::setsockopt(socket, level, option, &value, sizeof value) != 0)
    return base::failure_errno(std::string("setsockopt ") + name);
  return {};
}

base::Status set_internet_options(int socket, const BindRequest& request, base::Family family) {
  if (family == base::Family::ipv6) PORTERD_TRY(set_flag(socket, IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY", 1));
  if (request.freebind) PORTERD_TRY(set_flag(socket, IPPROTO_IP, IP_FREEBIND, "IP_FREEBIND", 1));
  if (request.type != SOCK_DGRAM) PORTERD_TRY(set_flag(socket, SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR", 1));
  if (!request.device.empty() && ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, request.device.c_str(),
                                              static_cast<socklen_t>(request.device.size() + 1)) != 0)
    return base::failure_errno("bind to device " + request.device);
  return set_inherited_options(socket, request.keepalive, request.nodelay);
}

/// Whether somebody answers at a UNIX path. A stale path refuses connections.
bool is_alive(const base::RawAddress& raw, int type) {
  const base::Fd probe(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe.is_open()) return true;
  return ::connect(probe.number(), raw.pointer(), raw.length) == 0 || errno != ECONNREFUSED;
}

void remove_stale_path(const base::UnixAddress& address, const base::RawAddress& raw, int type) {
  struct stat status{};
  if (address.is_abstract || ::lstat(address.name.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  if (!is_alive(raw, type)) ::unlink(address.name.c_str());
}

int family_of(const base::SocketAddress& address) {
  const auto* endpoint = std::get_if<base::Endpoint>(&address);
  if (endpoint == nullptr) return AF_UNIX;
  return endpoint->address.family == base::Family::ipv4 ? AF_INET : AF_INET6;
}

/// When a message came, as SO_TIMESTAMPNS puts it beside the message; 0 without one.
std::int64_t stamp_of(msghdr& message) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(header), sizeof stamp);
    return stamp.tv_sec * 1'000'000'000 + stamp.tv_nsec;
  }
  return 0;
}

}  // namespace

base::Result<base::Fd> bind_socket(const BindRequest& request) {
  const auto raw = base::raw_address(request.address);
  const std::string what = "bind " + base::text_of(request.address);
  if (!raw) return base::failure(ENAMETOOLONG, what);
  base::Fd socket(::socket(family_of(request.address), request.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return base::failure_errno("socket for " + base::text_of(request.address));
  if (const auto* endpoint = std::get_if<base::Endpoint>(&request.address))
    PORTERD_TRY(set_internet_options(socket.number(), request, endpoint->address.family));
  else
    remove_stale_path(std::get<base::UnixAddress>(request.address), *raw, request.type);
  if (::bind(socket.number(), raw->pointer(), raw->length) != 0) return base::failure_errno(what);
  return socket;
}

base::Status set_inherited_options(int socket, bool keepalive, bool nodelay) {
  int domain = AF_UNIX;
  int type = 0;
  socklen_t length = sizeof domain;
  ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &length);
  length = sizeof type;
  ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length);
  if (domain == AF_UNIX || type != SOCK_STREAM) return {};
  PORTERD_TRY(set_flag(socket, SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE", keepalive ? 1 : 0));
  return set_flag(socket, IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY", nodelay ? 1 : 0);
}

base::Status listen_on(int socket, std::uint32_t backlog) {
  const std::uint32_t length = backlog == 0 ? somaxconn() : std::min(backlog, somaxconn());
  if (::listen(socket, static_cast<int>(length)) != 0) return base::failure_errno("listen");
  return {};
}

base::Status set_path_access(const std::string& path, uid_t owner, gid_t group, mode_t mode) {
  constexpr uid_t kUnchanged = static_cast<uid_t>(-1);
  // Whoever may write to the folder could have put a symbolic link there, to a file that only root may change.
  const base::Fd file(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) return base::failure_errno("open " + path);
  if (!S_ISSOCK(status.st_mode)) return base::failure(ENOTSOCK, "chmod " + path);
  // fchmod(2) refuses O_PATH.
  if (::chmod(("/proc/self/fd/" + std::to_string(file.number())).c_str(), mode) != 0)
    return base::failure_errno("chmod " + path);
  if (owner == kUnchanged && group == static_cast<gid_t>(-1)) return {};
  if (::fchownat(file.number(), "", owner, group, AT_EMPTY_PATH) != 0) return base::failure_errno("chown " + path);
  return {};
}

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{.device = status.st_dev, .inode = status.st_ino};
}

std::uint32_t somaxconn() {
  static const std::uint32_t value = [] {
    constexpr std::uint32_t kKernelDefault = 4096;
    const auto text = read_file("/proc/sys/net/core/somaxconn");
    const auto number = text ? base::parse_unsigned(base::trim(*text)) : std::nullopt;
    return number ? static_cast<std::uint32_t>(*number) : kKernelDefault;
  }();
  return value;
}

std::expected<Accepted, int> accept_connection(int listener) {
  Accepted accepted;
  accepted.socket.reset(::accept4(listener, accepted.peer.pointer(), &accepted.peer.length, SOCK_CLOEXEC));
  if (!accepted.socket.is_open()) return std::unexpected(errno);
  return accepted;
}

base::Result<base::SocketAddress> local_address(int socket) {
  base::RawAddress raw;
  if (::getsockname(socket, raw.pointer(), &raw.length) != 0) return base::failure_errno("getsockname");
  return base::socket_address(raw);
}

base::Result<base::SocketAddress> peer_address(int socket) {
  base::RawAddress raw;
  if (::getpeername(socket, raw.pointer(), &raw.length) != 0) return base::failure_errno("getpeername");
  return base::socket_address(raw);
}

std::string bound_device(int socket) {
  std::array<char, IFNAMSIZ> name{};
  socklen_t length = name.size();
  if (::getsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, name.data(), &length) != 0) return {};
  return name.data();
}

bool is_dual_stack(int socket) {
  int is_v6_only = 1;
  socklen_t length = sizeof is_v6_only;
  return ::getsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &is_v6_only, &length) == 0 && is_v6_only == 0;
}

base::Result<int> socket_type(int socket) {
  int type = 0;
  socklen_t length = sizeof type;
  if (::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return base::failure_errno("getsockopt SO_TYPE");
  return type;
}

bool is_listening(int socket) {
  int accepting = 0;
  socklen_t length = sizeof accepting;
  return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &length) == 0 && accepting != 0;
}

std::optional<base::LocalPeer> local_peer(int socket) {
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return std::nullopt;
  return base::LocalPeer{.pid = credentials.pid, .uid = credentials.uid, .gid = credentials.gid};
}

void send_now(int socket, std::string_view text) {
  if (text.empty()) return;
  // A client that has gone, or whose window is full, loses the text: there is nobody to tell.
  [[maybe_unused]] const auto sent = ::send(socket, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool is_readable(int socket) {
  pollfd entry{.fd = socket, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

bool is_shut_down(int socket) {
  pollfd entry{.fd = socket, .events = POLLRDHUP, .revents = 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & (POLLRDHUP | POLLHUP)) != 0;
}

void enable_stamps(int socket) {
  // The first call only switches stamping on and fails with ENOENT, as nothing was received yet.
  timespec ignored{};
  [[maybe_unused]] const int result = ::ioctl(socket, SIOCGSTAMPNS_OLD, &ignored);
}

std::optional<DatagramHead> datagram_head(int socket) {
  // A datagram that came before stamping had begun, or on a UNIX socket, has no stamp yet. Asked for in this way, it
  // gets one that stays (__sock_recv_timestamp()); SIOCGSTAMPNS would tell the present time, another one at each look.
  constexpr int kOn = 1;
  constexpr int kOff = 0;
  base::RawAddress source;
  // The stamp comes first, and there is room for nothing else: no descriptor comes in with it (SCM_RIGHTS).
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control{};
  msghdr message{};
  message.msg_name = &source.storage;
  message.msg_namelen = source.length;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &kOn, sizeof kOn);
  const ssize_t bytes = ::recvmsg(socket, &message, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &kOff, sizeof kOff);
  if (bytes < 0) return std::nullopt;
  source.length = message.msg_namelen;
  DatagramHead head;
  if (source.length > 0) head.source = base::socket_address(source);
  head.stamp_ns = stamp_of(message);
  return head;
}

void discard_datagram(int socket) {
  msghdr message{};
  [[maybe_unused]] const auto discarded = ::recvmsg(socket, &message, MSG_DONTWAIT);
}

std::uint32_t queued_connections(int listener) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return 0;
  return info.tcpi_unacked;
}

base::Result<std::pair<base::Fd, base::Fd>> make_socket_pair(int type) {
  int numbers[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, numbers) != 0)
    return base::failure_errno("socketpair");
  return std::pair{base::Fd(numbers[0]), base::Fd(numbers[1])};
}

std::expected<Connecting, int> start_connect(const base::SocketAddress& target,
                                             const std::optional<base::IpAddress>& source) {
  const auto raw = base::raw_address(target);
  if (!raw) return std::unexpected(ENAMETOOLONG);
  base::Fd socket(::socket(raw->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return std::unexpected(errno);
  if (source) {
    const auto own = base::raw_address(base::Endpoint{*source, 0});
    const int on = 1;
    // The port is chosen when the target is known, so that more than 28,000 connections are possible (ip(7)).
    ::setsockopt(socket.number(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (::bind(socket.number(), own->pointer(), own->length) != 0) return std::unexpected(errno);
  }
  if (::connect(socket.number(), raw->pointer(), raw->length) == 0)
    return Connecting{.socket = std::move(socket), .is_made = true};
  if (errno != EINPROGRESS) return std::unexpected(errno);
  return Connecting{.socket = std::move(socket), .is_made = false};
}

int connect_error(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace porterd::os
