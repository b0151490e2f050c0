// SPDX-License-Identifier: Apache-2.0
//
// porterd at run time: the loop with everything that stands around it. It owns all parts and wires them; what they do
// is theirs. Signals, all by way of the loop: HUP reloads, TERM and INT drain (a second one hurries), QUIT leaves at
// once and lets the servers go on, USR1 writes the state of every service to the log and appends all there is to tell
// to dump_file, CHLD reaps. In the place of another super-daemon some of them do what they did there (SignalHabits).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/diagnostics.h"
#include "config/host_book.h"
#include "config/loader.h"
#include "daemon/drain.h"
#include "daemon/generation.h"
#include "daemon/log_router.h"
#include "daemon/machinery.h"
#include "daemon/name_resolver.h"
#include "daemon/output_router.h"
#include "daemon/rpc_registrar.h"
#include "daemon/service_set.h"
#include "daemon/state_report.h"
#include "daemon/worker_pool.h"
#include "event/loop.h"
#include "os/files.h"
#include "os/network_monitor.h"
#include "os/service_manager.h"
#include "os/signals.h"
#include "session/session_table.h"
#include "spawn/launcher.h"

namespace porterd::daemon {

/// What a daemon does about a signal.
enum class SignalAction : std::uint8_t {
  ignore,
  reload,
  stop,    ///< gracefully
  leave,   ///< at once, and the servers go on
  report,  ///< the state of every service, to the log and to dump_file
};

/// The signals about which super-daemons differ. All reload on HUP, leave on QUIT and report on USR1.
struct SignalHabits {
  SignalAction interrupt = SignalAction::stop;
  SignalAction terminate = SignalAction::stop;
  SignalAction user2 = SignalAction::ignore;
};

/// What a daemon starts with.
struct DaemonSetup {
  config::Loaded loaded;                 ///< usable
  std::string main_file;                 ///< what its messages call the main file
  std::function<config::Loaded()> load;  ///< reads the same configuration again
  std::shared_ptr<config::HostBook> hosts = std::make_shared<config::HostBook>();  ///< that `load` looks into
  spawn::Inheritance inheritance;
  std::string pid_file;  ///< instead of the configured one; may be empty
  SignalHabits habits;
  std::vector<base::Fd> inherited_sockets;
  os::ServiceManager service_manager;
};

class Daemon final : public ResourceGuard {
 public:
  /// Makes all parts and applies the first generation. When it returns everything is bound, or was said why not.
  [[nodiscard]] static base::Result<std::unique_ptr<Daemon>> make(DaemonSetup setup);

  /// A line for each service that has a place which could not be bound.
  [[nodiscard]] std::vector<std::string> degraded();

  /// Serves until it is told to stop.
  void run();

  void on_shortage(int error) noexcept override;
  void on_missing() noexcept override;
  void on_rpc_change() noexcept override { rpc_timer_.start(std::chrono::seconds(0)); }

  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon() override = default;

 private:
  Daemon(DaemonSetup setup, event::Loop loop, std::unique_ptr<spawn::Launcher> launcher, os::SignalQueue signals,
         os::SignalQueue child_signals);
  [[nodiscard]] base::Status start();
  [[nodiscard]] base::Status adopt(const Generation& generation);
  void apply(const Generation& generation);
  void watch_names(const Generation& generation);
  void watch_missing();

  void on_signals();
  void on_signal(const os::Signal& signal);
  void act(SignalAction action);
  void on_launcher_wake() { launcher_->close_detached(); }
  void on_network_change();
  void retry_missing();
  void on_names_resolved();
  void register_rpc();
  void on_registered();
  void on_workers_available() { services_.resume_all(Pause::worker); }
  void on_shortage_over();
  void on_recovered();
  void on_session_end();
  void on_watchdog();

  void reload();
  void look_up_hosts(const std::set<std::string>& names);
  void load_anew();
  void stop();
  void leave();
  void say_stopping();
  void say_in_xinetds_words(std::string_view line);
  void report_reload(const config::Config& before, const config::Config& after);

  DaemonSetup setup_;
  event::Loop loop_;
  LogRouter log_;
  session::SessionTable sessions_;
  session::Reaper reaper_;
  std::unique_ptr<spawn::Launcher> launcher_;
  OutputRouter output_;
  std::shared_ptr<admission::GlobalTally> tally_;
  PenaltyKeeper penalties_;
  Machinery machinery_;
  WorkerPool workers_;
  IdentLookups idents_;
  Drain drain_;
  ServiceSet services_;
  NameResolver resolver_;
  RpcRegistrar registrar_;
  StateReport report_;
  std::shared_ptr<HelperRun> hosts_run_;  ///< a reload waits for it
  bool is_reload_asked_again_ = false;    ///< meanwhile
  os::SignalQueue signals_;
  event::Watch signal_watch_;
  event::Watch wake_watch_;
  std::optional<os::NetworkMonitor> network_;
  std::unique_ptr<event::Watch> network_watch_;
  event::Timer shortage_timer_;  ///< runs while accepting is paused for want of resources
  event::Timer recovery_timer_;  ///< runs from then until that is known to be over
  bool is_short_ = false;        ///< that was said
  event::Timer missing_timer_;   ///< runs while a place could not be bound
  event::Timer names_timer_;
  event::Timer rpc_timer_;  ///< runs when the registrations of RPC services are to be looked at
  event::Timer watchdog_timer_;
  std::optional<os::PidFile> pid_file_;
  config::Config config_;  ///< in force
};

}  // namespace porterd::daemon
