// SPDX-License-Identifier: Apache-2.0
//
// What all services share. One object, made by the daemon, alive as long as any service.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "admission/gate.h"
#include "base/clock.h"
#include "daemon/log_router.h"
#include "daemon/output_router.h"
#include "daemon/penalty_keeper.h"
#include "daemon/wrapper_rules.h"
#include "event/loop.h"
#include "session/reaper.h"
#include "session/session_table.h"
#include "spawn/launcher.h"

namespace porterd::daemon {

/// What the machine can run out of.
class ResourceGuard {
 public:
  virtual ~ResourceGuard() = default;
  /// Accepting or launching failed with `error` (EMFILE, ENOMEM, EAGAIN …): every service pauses, and goes on by itself
  /// when a session has ended or a little time has passed. Said once.
  virtual void on_shortage(int error) noexcept = 0;
  /// A service has a place that could not be bound: it is to be tried again.
  virtual void on_missing() noexcept = 0;
  /// An RPC service has a new socket, of which rpcbind is to know.
  virtual void on_rpc_change() noexcept = 0;
};

class IdentLookups;
class Service;
class WorkerPool;

/// Who knows all services.
class ServiceDirectory {
 public:
  virtual ~ServiceDirectory() = default;
  /// The service that a client of tcpmux may ask for by this name, in lower case; null: there is none.
  [[nodiscard]] virtual std::shared_ptr<Service> tcpmux_service(std::string_view name) = 0;
  /// A service holds a client that could not be served yet: should it be one that a reload has removed, it is resumed
  /// like the others until it has served it.
  virtual void on_held(const std::shared_ptr<Service>& service) = 0;
};

struct Machinery {
  event::Loop& loop;
  spawn::Launcher& launcher;
  session::SessionTable& sessions;
  session::Reaper& reaper;
  LogRouter& log;
  OutputRouter& output;
  ResourceGuard& guard;
  WorkerPool& workers;
  IdentLookups& idents;
  ServiceDirectory& directory;
  std::shared_ptr<admission::GlobalTally> tally;
  PenaltyKeeper& penalties;
  std::uint64_t last_connection_id = 0;
  WrapperRules wrapper_rules{};

  /// Unique over restarts: it starts at the time of the start.
  [[nodiscard]] std::uint64_t next_connection_id() { return ++last_connection_id; }
};

}  // namespace porterd::daemon
