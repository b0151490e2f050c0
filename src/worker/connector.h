// SPDX-License-Identifier: Apache-2.0
//
// Connects to the first of several targets that takes the connection, in the loop. A target that is a name is tried
// with all its addresses. Each look-up and each address has the same deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "base/fd.h"
#include "event/loop.h"
#include "event/resolver.h"
#include "worker/dead_targets.h"

namespace porterd::worker {

/// A name to be looked up, and the port there.
struct HostTarget {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const HostTarget&, const HostTarget&) = default;
};
using RelayTarget = std::variant<base::SocketAddress, HostTarget>;

/// Who wants the connection. One of both is called, once, as the last thing: the connector may be destroyed there.
class ConnectorOwner {
 public:
  ConnectorOwner() = default;
  ConnectorOwner(const ConnectorOwner&) = delete;
  ConnectorOwner& operator=(const ConnectorOwner&) = delete;
  virtual ~ConnectorOwner() = default;
  /// `socket` is connected and non-blocking.
  virtual void on_connected(base::Fd socket) noexcept = 0;
  /// Nobody took the connection; `error` is the errno of the last one.
  virtual void on_no_target(int error) noexcept = 0;
};

class Connector final : private event::Resolved {
 public:
  /// `targets` and `dead` must outlive it; those in `dead` are tried last.
  Connector(event::Loop& loop, event::Resolver& resolver, const std::vector<RelayTarget>& targets,
            DeadTargets<RelayTarget>& dead, std::chrono::milliseconds timeout, ConnectorOwner& owner);

  /// May call the owner at once.
  void start() { try_next(); }
  /// The target that is being tried, or was last, as an index.
  [[nodiscard]] std::size_t target() const { return next_target_ == 0 ? 0 : order_[next_target_ - 1]; }

 private:
  enum class Begun : std::uint8_t { connected, waiting, failed };

  void on_resolved(const std::vector<base::IpAddress>& addresses) noexcept override;
  void on_writable();
  void on_timer();
  void try_next();
  [[nodiscard]] Begun begin(const base::SocketAddress& address);
  void give_up_attempt(int error);
  void hand_over();

  event::Loop& loop_;
  event::Resolver& resolver_;
  const std::vector<RelayTarget>& targets_;
  DeadTargets<RelayTarget>& dead_;
  std::chrono::milliseconds timeout_;
  ConnectorOwner& owner_;
  std::vector<std::size_t> order_;              ///< indices of targets_
  std::size_t next_target_ = 0;                 ///< of order_
  std::vector<base::SocketAddress> addresses_;  ///< of the present target
  std::size_t next_address_ = 0;
  int error_ = 0;
  base::Fd socket_;
  std::optional<event::Watch> writing_;
  event::Timer timer_;
  base::SteadyTime give_up_at_;        ///< the present address or look-up
  bool is_waiting_for_queue_ = false;  ///< the present one is a UNIX listener whose queue is full
};

}  // namespace porterd::worker
