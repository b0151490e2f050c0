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
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/fd.h"
#include "event/loop.h"
#include "event/resolver.h"
#include "worker/outcome.h"
#include "worker/pipe_pool.h"

namespace porterd::worker {

/// A name to be resolved each time its answer has become old (event::Resolver).
struct HostTarget {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const HostTarget&, const HostTarget&) = default;
};
using RelayTarget = std::variant<base::SocketAddress, HostTarget>;

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
};

class Relay {
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
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  [[nodiscard]] const Outcome& so_far() const;
  /// Which target is in use or was tried last, as an index into the plan's.
  [[nodiscard]] std::size_t target() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace porterd::worker
