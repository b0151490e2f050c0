// SPDX-License-Identifier: Apache-2.0
//
// Sockets: made, bound, accepted, asked. Everything is CLOEXEC from birth. Nothing here reads what a peer sent.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "base/fd.h"
#include "base/peer.h"
#include "base/result.h"

namespace porterd::os {

/// What a bound socket is made from.
struct BindRequest {
  base::SocketAddress address;
  int type = SOCK_STREAM;  ///< SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET
  std::string device;      ///< SO_BINDTODEVICE, socket(7); empty: any
  bool freebind = false;   ///< IP_FREEBIND, ip(7)
  bool keepalive = false;  ///< SO_KEEPALIVE, inherited by accepted sockets
  bool nodelay = false;    ///< TCP_NODELAY, inherited by accepted sockets
};

/// A non-blocking bound socket. IPv6 ones are IPV6_V6ONLY, so that no peer is ever v4-mapped; stream ones have
/// SO_REUSEADDR. A UNIX path left over by a socket that nobody listens at any more is removed first; one that is alive
/// is EADDRINUSE. Does not listen(2) yet.
[[nodiscard]] base::Result<base::Fd> bind_socket(const BindRequest& request);

/// Sets or clears what accepted sockets inherit.
[[nodiscard]] base::Status set_inherited_options(int socket, bool keepalive, bool nodelay);

/// listen(2); `backlog` 0 means net.core.somaxconn, which also bounds every other value.
[[nodiscard]] base::Status listen_on(int socket, std::uint32_t backlog);

/// Owner, group (-1: unchanged) and mode of a UNIX socket's path. ENOTSOCK when something else, such as a symbolic
/// link, stands there by now.
[[nodiscard]] base::Status set_path_access(const std::string& path, uid_t owner, gid_t group, mode_t mode);

/// Which file a path names, to see later whether it is still the same.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};
/// Symbolic links are not followed. Nothing when there is no such file.
[[nodiscard]] std::optional<FileIdentity> identity_of(const std::string& path);

/// net.core.somaxconn, read once; 4096 (the kernel's default since 5.4) when it cannot be read.
[[nodiscard]] std::uint32_t somaxconn();

/// An accepted connection: blocking, CLOEXEC.
struct Accepted {
  base::Fd socket;
  base::RawAddress peer;
};

/// accept4(2). The error is the plain errno: EAGAIN when nobody waits, EMFILE and the like to pause on,
/// ECONNABORTED and network errors (accept(2)) to ignore.
[[nodiscard]] std::expected<Accepted, int> accept_connection(int listener);

/// Where the socket is bound (getsockname(2)).
[[nodiscard]] base::Result<base::SocketAddress> local_address(int socket);

/// Where the other end of a connection is bound (getpeername(2)).
[[nodiscard]] base::Result<base::SocketAddress> peer_address(int socket);

/// The device it is bound to (SO_BINDTODEVICE); empty: any.
[[nodiscard]] std::string bound_device(int socket);
/// Whether it is an IPv6 socket that takes IPv4 clients as well (IPV6_V6ONLY is off), as service managers make them.
[[nodiscard]] bool is_dual_stack(int socket);
/// SO_TYPE: SOCK_STREAM, …
[[nodiscard]] base::Result<int> socket_type(int socket);
/// Whether listen(2) was called (SO_ACCEPTCONN).
[[nodiscard]] bool is_listening(int socket);

/// SO_PEERCRED of a UNIX connection.
[[nodiscard]] std::optional<base::LocalPeer> local_peer(int socket);

/// Sends what fits into the socket's buffer now and forgets the rest; never blocks, never raises SIGPIPE.
void send_now(int socket, std::string_view text);

/// Whether something waits: a connection to accept or a datagram.
[[nodiscard]] bool is_readable(int socket);
/// Whether shutdown(2) has ended what a listening or datagram socket can receive.
[[nodiscard]] bool is_shut_down(int socket);

/// The datagram at the head of the queue, without a byte of its content.
struct DatagramHead {
  std::optional<base::SocketAddress> source;
  std::int64_t stamp_ns =
      0;  ///< when it came or was first looked at, CLOCK_REALTIME, the same at each look; 0: not known
  friend bool operator==(const DatagramHead&, const DatagramHead&) = default;
};

/// Asks the kernel to stamp datagrams from now on, for datagram_head(). The stamps are not shown to whoever reads
/// the socket (SO_TIMESTAMPNS is on only while porterd looks, socket(7)).
void enable_stamps(int socket);
/// Looks at the head of the queue with a buffer of no bytes (recvmsg(2), MSG_PEEK). Nothing when it is empty.
[[nodiscard]] std::optional<DatagramHead> datagram_head(int socket);
/// Takes the head of the queue away unseen: a buffer of no bytes discards a datagram.
void discard_datagram(int socket);

/// Connections that wait to be accepted (TCP_INFO's tcpi_unacked of a listener); 0 when unknown.
[[nodiscard]] std::uint32_t queued_connections(int listener);

/// A connection that is being made.
struct Connecting {
  base::Fd socket;       ///< stream, non-blocking
  bool is_made = false;  ///< else it is when the socket is writable and connect_error() is 0
};
/// Begins to connect to `target`, from the address `source` when there is one. The error is an errno; EAGAIN is a UNIX
/// listener whose queue is full: nobody will tell when it is not.
[[nodiscard]] std::expected<Connecting, int> start_connect(const base::SocketAddress& target,
                                                           const std::optional<base::IpAddress>& source = {});
/// How connecting went, once the socket is writable: an errno, or 0 (SO_ERROR).
[[nodiscard]] int connect_error(int socket);

/// A pair of connected UNIX sockets of `type` (SOCK_DGRAM, SOCK_SEQPACKET …), CLOEXEC, non-blocking.
[[nodiscard]] base::Result<std::pair<base::Fd, base::Fd>> make_socket_pair(int type);

}  // namespace porterd::os
