// SPDX-License-Identifier: Apache-2.0
//
// A connection passed on to a target (redirect), in the loop. Targets are tried in turn, each name with all its
// addresses, IPv4 and IPv6 whatever the client's family is; a connection attempt has a deadline. Bytes go through a
// pipe by splice(2) and never come into this process; the end of one direction is passed on while the other goes on;
// what one side does not take is not read from the other.
//
//   resolving ─▶ connecting ─▶ relaying ─▶ over (Owner::on_end)
//       ▲  refused, too late │
//       └────next target─────┘──no more targets──▶ over (no_target)
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "base/fd.h"
#include "event/loop.h"
#include "event/resolver.h"
#include "worker/connector.h"
#include "worker/outcome.h"
#include "worker/pipe_pool.h"
#include "worker/pump.h"

namespace porterd::worker {

/// How a service's connections are passed on; made at load.
struct RelayPlan {
  std::vector<RelayTarget> targets;                   ///< in the order in which they are tried
  std::chrono::milliseconds connect_timeout{10'000};  ///< for each address
  std::chrono::milliseconds idle_timeout{0};          ///< nothing moved either way; 0: never
  bool sends_proxy_header = false;                    ///< PROXY protocol version 2, before the client's bytes
};

/// What the relays of a worker share.
struct RelayParts {
  event::Loop& loop;
  event::Resolver& resolver;
  PipePool& pipes;
  DeadTargets<RelayTarget>& dead;
};

class Relay final : private ConnectorOwner {
 public:
  struct Request {
    std::uint64_t id = 0;       ///< for Owner::on_end
    base::Fd client;            ///< connected; made non-blocking here
    base::SocketAddress peer;   ///< of the client, for the PROXY header
    base::SocketAddress local;  ///< where the client connected to, for the PROXY header
    std::shared_ptr<const RelayPlan> plan;
  };

  /// Begins when the loop runs. Destroying it closes both connections and tells nobody.
  Relay(RelayParts parts, Request request, Owner& owner);

  [[nodiscard]] const Outcome& so_far() const { return outcome_; }
  /// Which target is in use or was tried last, as an index into the plan's.
  [[nodiscard]] std::size_t target() const { return connector_.target(); }

 private:
  /// One direction and what it waits for.
  struct Direction {
    Direction(event::Loop& loop, int source, int sink, PipePool& pipes, event::Callback callback);
    void wait_for(Pump::Need need);
    Pump pump;
    event::Watch source_readable;
    event::Watch sink_writable;
  };

  void on_connected(base::Fd socket) noexcept override;
  void on_no_target(int error) noexcept override;
  void on_timer();
  [[nodiscard]] bool send_proxy_header();
  void move_up();
  void move_down();
  /// False when the relay is over, and may be gone.
  bool move(Direction& direction);
  void end_broken(const Direction& direction, const Pump::Step& step);
  void end(Ending ending, int error = 0);

  RelayParts parts_;
  Request request_;
  Owner& owner_;
  Connector connector_;
  base::Fd target_;
  std::optional<Direction> up_;    ///< from the client to the target
  std::optional<Direction> down_;  ///< from the target to the client
  base::SteadyTime last_moved_;
  event::Timer timer_;  ///< begins, then watches the idle deadline
  Outcome outcome_;
};

}  // namespace porterd::worker
