// SPDX-License-Identifier: Apache-2.0
//
// A bound socket of a service. It is opened or adopted once and kept over reloads as long as some service
// listens at its place; it tells its owner when somebody waits.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "event/loop.h"
#include "listen/point.h"
#include "os/socket.h"

namespace porterd::listen {

class Listener;

/// Whoever serves what comes in.
class Owner {
 public:
  virtual ~Owner() = default;
  /// Somebody waits at `listener`: a connection, or for a datagram socket a datagram.
  virtual void on_waiting(Listener& listener) noexcept = 0;
};

class Listener {
 public:
  /// Binds and listens. The listener is not armed yet and has no owner.
  [[nodiscard]] static base::Result<std::unique_ptr<Listener>> open(event::Loop& loop, Point point);
  /// Takes a socket that came in bound (LISTEN_FDS) and listens on it if nobody has.
  [[nodiscard]] static base::Result<std::unique_ptr<Listener>> adopt(event::Loop& loop, Point point, base::Fd socket);

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /// Closes the socket; removes the path of a UNIX socket that open() made, if it still is its own.
  ~Listener();

  [[nodiscard]] const Point& point() const { return point_; }
  [[nodiscard]] int number() const { return socket_.number(); }
  /// Never the same for two listeners of one process, as their addresses in memory may be.
  [[nodiscard]] std::uint64_t serial() const { return serial_; }
  /// The place it is bound to, when that is one address: what a connection's local address is without asking.
  [[nodiscard]] const std::optional<base::SocketAddress>& fixed_address() const { return fixed_address_; }

  /// Whether clients can find it: false when the path of a UNIX socket has been removed, or is another one's by now.
  [[nodiscard]] bool is_in_place() const;
  /// Whether it serves `point`: it is bound there, or at [::] for both families where `point` is 0.0.0.0.
  [[nodiscard]] bool serves(const Point& point) const;
  /// Takes over the settings of `point`, which is the same place.
  [[nodiscard]] base::Status update(const Point& point);
  void set_owner(Owner* owner) { owner_ = owner; }
  /// Tells the owner when somebody waits, or stops telling: they wait in the backlog meanwhile.
  void arm() { watch_.arm(); }
  void disarm() { watch_.disarm(); }

  /// accept4(2); see os::accept_connection.
  [[nodiscard]] std::expected<os::Accepted, int> accept() { return os::accept_connection(socket_.number()); }

 private:
  Listener(event::Loop& loop, Point point, base::Fd socket, bool owns_path);
  [[nodiscard]] base::Status start();
  void on_readable();
  [[nodiscard]] std::string path() const;  ///< of a UNIX socket; else empty

  std::uint64_t serial_;
  base::Fd socket_;
  Point point_;
  std::optional<base::SocketAddress> fixed_address_;
  Owner* owner_ = nullptr;
  std::optional<os::FileIdentity> path_identity_;  ///< of the path that open() made
  event::Watch watch_;  ///< after the socket: it is taken out of the loop before the socket closes
};

}  // namespace porterd::listen
