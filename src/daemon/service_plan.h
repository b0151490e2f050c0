// SPDX-License-Identifier: Apache-2.0
//
// Everything about one service that a generation holds ready: where it listens, who gets in, what is launched, what is
// said and logged. Immutable; sessions and launches keep it alive.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admission/gate.h"
#include "base/fd.h"
#include "base/result.h"
#include "config/config.h"
#include "config/diagnostics.h"
#include "daemon/log_router.h"
#include "daemon/worker_plan.h"
#include "listen/point.h"
#include "session/session.h"
#include "spawn/plan.h"

namespace porterd::daemon {

/// A text sent to clients, read at load time.
struct Announcement {
  std::string text;                             ///< what a socket's buffer takes at once
  std::shared_ptr<const WorkerPlan> by_worker;  ///< or what a worker says, which waits for the client; or null
};

/// The banners as they are sent, each as a whole.
struct Banners {
  Announcement welcome;         ///< `banner` and `banner_success`, to who is served
  Announcement before_wrapper;  ///< `banner` alone: porterd-tcpd sends the other when it knows which
  Announcement farewell;        ///< `banner` and `banner_fail`, to who is refused
};

/// What ident servers are asked for.
struct IdentPlan {
  bool is_required = false;     ///< nobody gets in without an answer
  bool is_for_served = false;   ///< for the log
  bool is_for_refused = false;  ///< for the log
  std::chrono::milliseconds timeout{};
};

/// How records about a service look and where they go.
struct LogPlan {
  Destination destination;
  config::LogFields on_success = 0;
  config::LogFields on_failure = 0;
  bool is_childless = false;  ///< xinetd forks nothing for it, so its log shows no server for one who is refused

  [[nodiscard]] bool shows_on_success(config::LogField field) const {
    return (on_success & config::log_field(field)) != 0;
  }
  [[nodiscard]] bool shows_on_failure(config::LogField field) const {
    return (on_failure & config::log_field(field)) != 0;
  }
};

struct ServicePlan {
  std::string id;
  std::string name;  ///< of the service, which several may have
  std::vector<listen::Point> points;
  std::optional<config::RpcProgram> rpc;  ///< rpcbind is to know where it listens
  admission::Policy policy;
  std::shared_ptr<const spawn::Plan> spawn;    ///< null: a worker serves it, by `worker`, or `inner`'s server
  std::string libwrap;                         ///< the name that hosts.allow and hosts.deny know it by; or empty
  std::shared_ptr<const spawn::Plan> wrapped;  ///< by way of porterd-tcpd, for `libwrap`; or null
  std::shared_ptr<const WorkerPlan> worker;
  std::shared_ptr<const WorkerPlan> not_available;  ///< tcpmux: said to who asks for what there is not
  /// What `worker` was made from, where that has host names, of which only the addresses are of use; or null.
  std::shared_ptr<const worker::Facts> named_facts;
  std::shared_ptr<const ServicePlan> inner;    ///< intercepted: its server's, behind it; or null
  std::chrono::milliseconds intercept_idle{};  ///< until a client of intercepted datagrams is forgotten
  uid_t uid = 0;                               ///< whom the server runs as
  std::chrono::milliseconds deny_time{};       ///< the penalty of a sensor's clients; config::kDenyNever: none
  Banners banners;
  IdentPlan ident;
  LogPlan log;
  base::Fd error_file;  ///< open, for `stderr: file`
  bool is_wait = false;
  bool is_datagram = false;
  bool is_inner = false;    ///< its clients are workers, who relay others
  bool is_tcpmux = false;   ///< it is tcpmux
  bool has_tcpmux = false;  ///< clients of tcpmux can ask for it
  bool says_go = false;     ///< and are told so for it

  /// Whether a worker has something to do for it, now or then.
  [[nodiscard]] bool needs_worker() const;
};

/// A session's service as it was when the session began.
[[nodiscard]] inline const ServicePlan& plan_of(const session::Session& session) {
  return *static_cast<const ServicePlan*>(session.plan.get());
}

/// The names that `help` of tcpmux answers with, each on a line.
[[nodiscard]] std::string tcpmux_names(const std::vector<config::Service>& services);

/// Load time only. A banner or error file that cannot be opened is a warning: the service runs without it.
[[nodiscard]] base::Result<std::shared_ptr<const ServicePlan>> make_service_plan(const config::Service& service,
                                                                                 const spawn::Inheritance& inheritance,
                                                                                 config::Diagnostics& diagnostics,
                                                                                 const std::string& tcpmux_help = {});

}  // namespace porterd::daemon
