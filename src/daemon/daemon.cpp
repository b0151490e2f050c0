// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <ctime>
#include <set>
#include <string>

#include "base/text.h"
#include "config/diff.h"
#include "daemon/carry_over.h"
#include "daemon/session_records.h"
#include "daemon/xinetd_reload.h"
#include "os/descriptors.h"
#include "os/memory.h"
#include "version.h"

namespace porterd::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::array kChildSignals{SIGCHLD};
constexpr std::array kSignals{SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2};

/// How long accepting pauses when something has run out.
constexpr auto kMoment = 100ms;

/// The upper half is the second of the start, so that numbers do not come back after a restart.
std::uint64_t first_connection_id() { return static_cast<std::uint64_t>(::time(nullptr)) << 32U; }

}  // namespace

base::Result<std::unique_ptr<Daemon>> Daemon::make(DaemonSetup setup) {
  PORTERD_TRY_ASSIGN(event::Loop loop, event::Loop::make());
  PORTERD_TRY_ASSIGN(auto launcher, spawn::Launcher::make(setup.loaded.config.global.launch));
  PORTERD_TRY_ASSIGN(auto signals, os::SignalQueue::open(kSignals));
  PORTERD_TRY_ASSIGN(auto child_signals, os::SignalQueue::open(kChildSignals));
  std::unique_ptr<Daemon> daemon(
      new Daemon(std::move(setup), std::move(loop), std::move(launcher), std::move(signals), std::move(child_signals)));
  PORTERD_TRY(daemon->start());
  return daemon;
}

Daemon::Daemon(DaemonSetup setup, event::Loop loop, std::unique_ptr<spawn::Launcher> launcher, os::SignalQueue signals,
               os::SignalQueue child_signals)
    : setup_(std::move(setup)),
      loop_(std::move(loop)),
      log_(loop_),
      sessions_(event::callback<&Daemon::on_session_end>(*this)),
      reaper_(loop_, sessions_, std::move(child_signals)),
      launcher_(std::move(launcher)),
      output_(loop_, log_, sessions_),
      tally_(std::make_shared<admission::GlobalTally>()),
      penalties_(loop_, log_, tally_),
      machinery_{.loop = loop_,
                 .launcher = *launcher_,
                 .sessions = sessions_,
                 .reaper = reaper_,
                 .log = log_,
                 .output = output_,
                 .guard = *this,
                 .workers = workers_,
                 .idents = idents_,
                 .directory = services_,
                 .tally = tally_,
                 .penalties = penalties_,
                 .last_connection_id = first_connection_id()},
      workers_(machinery_, setup_.inheritance, event::callback<&Daemon::on_workers_available>(*this)),
      idents_(machinery_),
      drain_(loop_, sessions_, log_),
      services_(machinery_),
      resolver_(machinery_, setup_.inheritance, event::callback<&Daemon::on_names_resolved>(*this)),
      registrar_(machinery_, setup_.inheritance, event::callback<&Daemon::on_registered>(*this)),
      report_(loop_, log_, services_, sessions_, config_),
      signals_(std::move(signals)),
      signal_watch_(loop_, signals_.number(), event::callback<&Daemon::on_signals>(*this)),
      wake_watch_(loop_, launcher_->wake_descriptor(), event::callback<&Daemon::on_launcher_wake>(*this)),
      shortage_timer_(loop_, event::callback<&Daemon::on_shortage_over>(*this)),
      recovery_timer_(loop_, event::callback<&Daemon::on_recovered>(*this)),
      missing_timer_(loop_, event::callback<&Daemon::retry_missing>(*this)),
      names_timer_(loop_, event::callback<&Daemon::on_names_resolved>(*this)),
      rpc_timer_(loop_, event::callback<&Daemon::register_rpc>(*this)),
      watchdog_timer_(loop_, event::callback<&Daemon::on_watchdog>(*this)) {}

base::Status Daemon::start() {
  signal_watch_.arm();
  reaper_.listen();
  wake_watch_.arm();
  services_.add_inherited(std::move(setup_.inherited_sockets));
  config_ = std::exchange(setup_.loaded, {}).config;
  setup_.hosts->may_wait = false;
  config::Diagnostics diagnostics;
  const Generation generation = make_generation(config_, setup_.inheritance, diagnostics);
  PORTERD_TRY(adopt(generation));
  write_diagnostics(log_, diagnostics);
  const std::string& pid_file = setup_.pid_file.empty() ? config_.global.pid_file : setup_.pid_file;
  if (!pid_file.empty()) {
    PORTERD_TRY_ASSIGN(pid_file_, os::PidFile::create(pid_file));
  }
  const std::array fields{log::Field{.name = "version", .value = std::string_view(kVersion)},
                          log::number("pid", static_cast<std::size_t>(::getpid()))};
  log_.message(base::Level::notice, "starting", {}, fields);
  apply(generation);
  services_.drop_inherited();
  return {};
}

base::Status Daemon::adopt(const Generation& generation) {
  for (const auto& plan : generation.plans) PORTERD_TRY(output_.prepare(plan->inner ? *plan->inner : *plan));
  if (std::ranges::any_of(generation.plans, [](const auto& plan) { return plan->needs_worker(); }))
    PORTERD_TRY(workers_.configure(generation.global));
  // The last that may fail: until here nothing has changed.
  PORTERD_TRY(log_.configure(generation.global));
  for (const auto& plan : generation.plans) {
    const auto prepared = log_.prepare(plan->id, plan->log.destination);
    if (!prepared) write_message(log_, *plan, base::Level::error, "log_failed", prepared.error().text());
  }
  log_.drop_unused();
  machinery_.tally->max_sessions = generation.global.max_sessions;
  launcher_->set_method(generation.global.launch);
  penalties_.use_file(generation.global.penalty_file);
  return {};
}

void Daemon::apply(const Generation& generation) {
  os::close_inherited_on_exec();  // what name service modules keep open is not always marked by them
  services_.apply(generation);
  launcher_->set_open_descriptors(services_.listener_count());
  watch_names(generation);
  watch_missing();
  if (std::ranges::any_of(generation.plans, [](const auto& plan) { return plan->rpc.has_value(); }))
    registrar_.prepare();
  on_rpc_change();
}

void Daemon::watch_names(const Generation& generation) {
  constexpr auto kPatience = 5s;  // who is not known by then stays out: access lists fail closed
  std::set<std::string> names;
  for (const auto& plan : generation.plans)
    for (const auto& name : plan->policy.access.host_names()) names.insert(name);
  const auto is_new = [this](const std::string& name) { return !resolver_.has_asked_for(name); };
  services_.for_each([&](Service& service) {
    service.set_resolved(resolver_.known());
    // Those whose names were asked for before are none of this reload's business.
    if (std::ranges::any_of(service.plan().policy.access.host_names(), is_new)) service.pause(Pause::names);
  });
  if (std::ranges::any_of(names, is_new)) names_timer_.start(kPatience);
  resolver_.watch(std::move(names), generation.global.resolve_interval);
}

void Daemon::on_names_resolved() {
  names_timer_.stop();
  services_.for_each([&](Service& service) { service.set_resolved(resolver_.known()); });
  services_.resume_all(Pause::names);
}

void Daemon::register_rpc() {
  if (!drain_.is_running()) return;
  RpcRegistrations wanted;
  services_.for_each([&](const Service& service) { wanted.merge(service.rpc_registrations()); });
  registrar_.want(std::move(wanted));
  on_registered();
}

void Daemon::on_registered() {
  const bool is_registered = registrar_.has_registered_all();
  services_.for_each([&](Service& service) { service.set_registered(is_registered); });
}

void Daemon::on_missing() noexcept {
  constexpr auto kDelay = 5s;  // for what no change of the network heals: a port that another process holds
  if (!missing_timer_.is_running()) missing_timer_.start(kDelay);
}

void Daemon::watch_missing() {
  if (services_.degraded_count() == 0 || network_) return;
  auto monitor = os::NetworkMonitor::open();
  if (!monitor) return log_.message(base::Level::warning, "network", monitor.error().text());
  network_.emplace(std::move(*monitor));
  network_watch_ =
      std::make_unique<event::Watch>(loop_, network_->number(), event::callback<&Daemon::on_network_change>(*this));
  network_watch_->arm();
}

void Daemon::on_network_change() {
  network_->drain();
  retry_missing();
}

void Daemon::retry_missing() {
  if (!drain_.is_running()) return;
  services_.open_missing();
  watch_missing();
}

std::vector<std::string> Daemon::degraded() {
  std::vector<std::string> lines;
  services_.for_each([&](const Service& service) {
    for (const auto& point : service.missing())
      lines.push_back("service '" + std::string(service.id()) + "' could not be bound to " + point);
  });
  return lines;
}

void Daemon::run() {
  const std::array fields{log::number("services", services_.size()),
                          log::number("listeners", services_.listener_count()),
                          log::number("degraded", services_.degraded_count())};
  log_.message(base::Level::notice, "ready", {}, fields);
  setup_.service_manager.ready(std::to_string(services_.size()) + " services");
  if (setup_.service_manager.watchdog_interval()) on_watchdog();
  os::give_memory_back();
  loop_.run();
  services_.give_up_held();
  report_.finish();
  launcher_->settle();
  penalties_.finish();
  log_.message(base::Level::notice, "stopped", {});
  log_.flush();
}

void Daemon::on_watchdog() {
  setup_.service_manager.watchdog();
  watchdog_timer_.start(*setup_.service_manager.watchdog_interval());
}

void Daemon::on_signals() {
  for (const auto& signal : signals_.read()) on_signal(signal);
}

void Daemon::on_signal(const os::Signal& signal) {
  switch (signal.number) {
    case SIGHUP:
      return act(SignalAction::reload);
    case SIGTERM:
      return act(setup_.habits.terminate);
    case SIGINT:
      return act(setup_.habits.interrupt);
    case SIGQUIT:
      return act(SignalAction::leave);
    case SIGUSR1:
      return act(SignalAction::report);
    case SIGUSR2:
      return act(setup_.habits.user2);
    default:
      return;
  }
}

void Daemon::act(SignalAction action) {
  switch (action) {
    case SignalAction::ignore:
      return;
    case SignalAction::reload:
      return reload();
    case SignalAction::stop:
      return stop();
    case SignalAction::leave:
      return leave();
    case SignalAction::report:
      return report_.begin(setup_.main_file);
  }
}

void Daemon::on_session_end() {
  drain_.on_session_end();
  // What it held may be what the others wait for. By way of the timer: nothing is launched from within an end.
  if (shortage_timer_.is_running()) shortage_timer_.start(0s);
}

void Daemon::on_shortage(int error) noexcept {
  recovery_timer_.stop();
  if (!std::exchange(is_short_, true))
    log_.message(base::Level::error, "paused",
                 std::string("accepting pauses: ") + std::strerror(error));  // NOLINT(concurrency-mt-unsafe)
  services_.pause_all(Pause::resources);
  shortage_timer_.start(kMoment);
}

void Daemon::on_shortage_over() {
  services_.resume_all(Pause::resources);
  if (shortage_timer_.is_running()) return;  // one of those that were resumed has found it out again
  // Others find it out when the loop comes to them: it is over when a moment has passed without that.
  recovery_timer_.start(kMoment);
}

void Daemon::on_recovered() {
  is_short_ = false;
  log_.message(base::Level::notice, "resumed", "accepting goes on");
}

void Daemon::leave() {
  if (drain_.is_running()) say_stopping();
  loop_.stop();
}

void Daemon::stop() {
  if (drain_.is_running()) {
    setup_.service_manager.stopping();
    resolver_.stop();
    if (const auto run = std::exchange(hosts_run_, nullptr)) run->abandon();
    services_.close_all();
    idents_.hurry();
    workers_.finish();
    say_stopping();
    registrar_.stop();
  }
  drain_.stop(config_.global);
}

void Daemon::say_stopping() {
  const std::array fields{log::number("sessions", sessions_.size())};
  log_.message(base::Level::notice, "stopping", {}, fields);
}

void Daemon::say_in_xinetds_words(std::string_view line) {
  if (log_.is_xinetd()) log_.message(base::Level::notice, "xinetd", line);
}

}  // namespace porterd::daemon
