// SPDX-License-Identifier: Apache-2.0
//
// Keeps rpcbind(8) informed of where the RPC services are. porterd-rpc speaks to it, as it may be slow or not there;
// what could not be registered is tried again until it can be, and what rpcbind forgot when it was started anew is
// registered again: as soon as its socket has gone, or else within five minutes.
//
//   want() ─▶ porterd-rpc runs ─▶ all is registered ─▶ its socket has gone, or 5 min: run again
//                   │  ▲
//                   ▼  │ 5 s, doubling up to a minute
//                 failed                              another want() meanwhile: run again
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/address.h"
#include "daemon/helper_run.h"
#include "daemon/machinery.h"
#include "event/loop.h"
#include "os/path_watch.h"
#include "spawn/plan.h"

namespace porterd::daemon {

/// A version of a program at one address.
struct RpcRegistration {
  std::uint32_t program = 0;
  std::uint32_t version = 0;
  std::string netid;  ///< "tcp", "udp", "tcp6" or "udp6" (netconfig(5))
  base::Endpoint at;
  friend auto operator<=>(const RpcRegistration&, const RpcRegistration&) = default;
};
using RpcRegistrations = std::set<RpcRegistration>;

/// Whether rpcbind knows all that is believed of it.
enum class Belief : std::uint8_t {
  certain,
  old,       ///< it did, and may have been started anew since
  doubtful,  ///< and may know more
};

/// What porterd-rpc is to do so that rpcbind, which should know `known`, knows `wanted`: its arguments. None: nothing.
[[nodiscard]] std::vector<std::string> rpc_orders(const RpcRegistrations& known, Belief belief,
                                                  const RpcRegistrations& wanted);

class RpcRegistrar {
 public:
  /// `changed` is called when has_registered_all() may be another.
  RpcRegistrar(Machinery& machinery, const spawn::Inheritance& inheritance, event::Callback changed);
  RpcRegistrar(const RpcRegistrar&) = delete;
  RpcRegistrar& operator=(const RpcRegistrar&) = delete;
  ~RpcRegistrar();

  /// There will be something to register: what it takes to notice that rpcbind has been started anew.
  void prepare();
  /// What rpcbind is to know from now on.
  void want(RpcRegistrations wanted);
  /// Nothing any more, tried once: we leave.
  void stop();
  [[nodiscard]] bool has_registered_all() const {
    return known_ == wanted_ && (belief_ == Belief::old || (belief_ == Belief::certain && !run_));
  }

 private:
  void begin();
  void check();
  void check_anew();
  void watch();
  void finish(const std::string& answer);
  void fail(std::string_view why);

  Machinery& machinery_;
  const spawn::Inheritance& inheritance_;
  event::Callback changed_;
  RpcRegistrations wanted_;
  RpcRegistrations known_;  ///< by rpcbind
  Belief belief_ = Belief::certain;
  RpcRegistrations tried_;  ///< by the run
  std::shared_ptr<HelperRun> run_;
  event::Timer timer_;
  event::Timer check_timer_;
  std::optional<os::PathWatch> socket_;  ///< rpcbind's
  std::unique_ptr<event::Watch> socket_watch_;
  std::chrono::seconds delay_{0};
  bool is_stopping_ = false;
  bool has_complained_ = false;
};

}  // namespace porterd::daemon
