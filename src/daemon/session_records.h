// SPDX-License-Identifier: Apache-2.0
//
// Records about one service: made from what its log plan shows, sent where its log plan says.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "admission/reason.h"
#include "base/address.h"
#include "base/level.h"
#include "base/peer.h"
#include "daemon/log_router.h"
#include "daemon/service_plan.h"
#include "os/process.h"
#include "session/session.h"
#include "spawn/launcher.h"
#include "worker/ident.h"

namespace porterd::daemon {

/// The connection a record is about.
struct RecordedConnection {
  base::Peer peer;
  std::optional<base::SocketAddress> local;
  std::uint64_t id = 0;
};

/// Why somebody is refused.
struct Refusal {
  admission::Reason reason = admission::Reason::address;
  std::string_view detail{};  ///< of `ident`: an Identity's failure; of `banner`: a worker::Ending; or empty
};

/// What became of a client.
enum class Outcome : std::uint8_t { served, refused };

/// With nothing in log_on_success there are no records of start and end, with nothing in log_on_failure none of
/// refusals. What went wrong on our side is always written. In xinetd's form a refused address and a server that could
/// not be started leave the same lines as there: START, FAIL, EXIT and START, EXIT.
void write_start(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection, pid_t pid);
void write_end(LogRouter& log, const ServicePlan& plan, const session::Session& session, const os::Ended& ended);
/// Of a session that a worker served.
void write_finished(LogRouter& log, const ServicePlan& plan, const session::Session& session,
                    const session::Finished& finished);
void write_refusal(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                   const Refusal& refusal);
/// Whose connection it is, as the client's machine says.
void write_user(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                const worker::IdentUser& user);
/// It says nothing, and it was asked for the log only. Not in xinetd's service logs.
void write_no_user(LogRouter& log, const ServicePlan& plan, const RecordedConnection& connection,
                   std::string_view failure, Outcome outcome);
/// Refused by porterd-tcpd, whose start was recorded.
void write_libwrap_refusal(LogRouter& log, const ServicePlan& plan, const session::Session& session);
void write_failure(LogRouter& log, const ServicePlan& plan, const session::Session& session,
                   const spawn::Failure& failure);
/// A wait server took nothing: how it ended and how long we wait.
void write_back_off(LogRouter& log, const ServicePlan& plan, const os::Ended& ended, std::chrono::milliseconds delay);
/// Its port is closed for `wait` after too many connections, and opened again.
void write_disabled(LogRouter& log, const ServicePlan& plan, std::chrono::milliseconds wait);
void write_enabled(LogRouter& log, const ServicePlan& plan);
/// Something about the service as a whole.
void write_message(LogRouter& log, const ServicePlan& plan, base::Level level, std::string_view event,
                   std::string_view text);

}  // namespace porterd::daemon
