// SPDX-License-Identifier: Apache-2.0
//
// A connection that is being served, from launch to reap.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "admission/gate.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/peer.h"
#include "os/process.h"

namespace porterd::session {

struct Session;

/// How a session ended that had no process of its own.
struct Finished {
  std::string_view reason{};    ///< why, when it was not its natural end; or empty
  int error = 0;                ///< errno, or 0
  std::uint64_t bytes_in = 0;   ///< from the client
  std::uint64_t bytes_out = 0;  ///< to the client
};

/// What a client of tcpmux has asked for.
struct Naming {
  std::string_view name;       ///< of a service, in lower case
  std::uint64_t bytes_in = 0;  ///< what it took to say so
};

/// Whom a session belongs to. It is kept alive by its sessions, also when a reload has removed it.
class Owner {
 public:
  virtual ~Owner() = default;
  /// The server has ended and was reaped. The session, and its ticket, go when this returns; it must not launch
  /// anything.
  virtual void on_end(Session& session, const os::Ended& ended) noexcept = 0;
  /// The same of a session that a worker served.
  virtual void on_finished(Session& /*session*/, const Finished& /*finished*/) noexcept {}
  /// A worker has read a name from the client, and the connection comes back. The session is over with this, and the
  /// connection may be served.
  virtual void on_named(Session& /*session*/, base::Fd /*socket*/, const Naming& /*naming*/) noexcept {}
  /// A worker has told the client what there was to tell, and the connection comes back; so with this.
  virtual void on_given_back(Session& /*session*/, base::Fd /*socket*/) noexcept {}
  /// A worker that has a datagram socket by this session asks whether `peer` may be served, by a session of its own.
  /// The number of its connection; 0: it may not.
  [[nodiscard]] virtual std::uint64_t on_asked(const Session& /*session*/, const base::Endpoint& /*peer*/) noexcept {
    return 0;
  }
  /// How the owner is called in log lines.
  [[nodiscard]] virtual std::string_view id() const = 0;
};

struct Session {
  pid_t pid = 0;             ///< also its process group and session (setsid(2)); 0: a worker serves it
  pid_t worker = 0;          ///< which
  std::uint32_t report = 0;  ///< spawn::Reports::Number
  std::uint64_t connection_id = 0;
  base::SteadyTime start{};
  base::Peer peer{};
  admission::Ticket ticket{};
  std::shared_ptr<Owner> owner{};
  bool is_preparing = false;           ///< a worker only prepares it, and gives the connection back
  bool is_awaited = false;             ///< its end is to be noticed at once: the next client waits for it
  std::shared_ptr<const void> plan{};  ///< the owner's, as it was when the session began
};

}  // namespace porterd::session
