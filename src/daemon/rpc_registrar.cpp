// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc_registrar.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "os/helpers.h"

namespace porterd::daemon {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;     // RPC's own time-outs are long
constexpr auto kLastPatience = 3s;  // when we leave
constexpr auto kShortestDelay = 5s;
constexpr auto kLongestDelay = 60s;
constexpr auto kRestart = 1s;  // what starting rpcbind anew takes
constexpr auto kCheckInterval = 5min;
constexpr const char* kSocket = "/run/rpcbind.sock";

using Program = std::pair<std::uint32_t, std::uint32_t>;

std::set<Program> programs_of(const RpcRegistrations& registrations) {
  std::set<Program> programs;
  for (const auto& one : registrations) programs.emplace(one.program, one.version);
  return programs;
}

RpcRegistrations only(const RpcRegistrations& registrations, const Program& program) {
  RpcRegistrations found;
  for (const auto& one : registrations)
    if (Program(one.program, one.version) == program) found.insert(one);
  return found;
}

config::Service helper_service(std::vector<std::string> orders) {
  config::Service service;
  service.service = service.id = "rpc";
  service.server = os::helper_path("porterd-rpc");
  service.server_args = std::move(orders);
  return service;
}

}  // namespace

std::vector<std::string> rpc_orders(const RpcRegistrations& known, Belief belief, const RpcRegistrations& wanted) {
  std::vector<std::string> orders;
  auto programs = programs_of(known);
  programs.merge(programs_of(wanted));
  for (const auto& program : programs) {
    const auto to_be = only(wanted, program);
    if (belief == Belief::certain && only(known, program) == to_be) continue;
    // Also what somebody left behind who did not end well. What rpcbind has may be set again.
    const bool is_known = belief == Belief::old && only(known, program) == to_be;
    if (!is_known)
      orders.insert(orders.end(), {"unset", std::to_string(program.first), std::to_string(program.second)});
    for (const auto& one : to_be)
      orders.insert(orders.end(), {"set", std::to_string(one.program), std::to_string(one.version), one.netid,
                                   one.at.address.text(), std::to_string(one.at.port)});
  }
  return orders;
}

RpcRegistrar::RpcRegistrar(Machinery& machinery, const spawn::Inheritance& inheritance, event::Callback changed)
    : machinery_(machinery),
      inheritance_(inheritance),
      changed_(changed),
      timer_(machinery.loop, event::callback<&RpcRegistrar::begin>(*this)),
      check_timer_(machinery.loop, event::callback<&RpcRegistrar::check>(*this)) {}

RpcRegistrar::~RpcRegistrar() {
  if (run_) run_->abandon();
}

void RpcRegistrar::want(RpcRegistrations wanted) {
  if (is_stopping_ || wanted == wanted_) return;
  wanted_ = std::move(wanted);
  delay_ = 0s;
  begin();
}

void RpcRegistrar::stop() {
  if (std::exchange(is_stopping_, true)) return;
  check_timer_.stop();
  if (socket_watch_) socket_watch_->disarm();
  wanted_.clear();
  // What is on its way may be done already.
  known_.insert(tried_.begin(), tried_.end());
  if (const auto run = std::exchange(run_, nullptr)) run->abandon();
  begin();
}

void RpcRegistrar::begin() {
  timer_.stop();
  if (run_) return;  // it begins again when that has ended
  auto orders = rpc_orders(known_, belief_, wanted_);
  if (orders.empty()) belief_ = Belief::certain;
  if (orders.empty()) return changed_.function(changed_.object);
  tried_ = wanted_;
  run_ = HelperRun::start(machinery_, inheritance_, helper_service(std::move(orders)),
                          is_stopping_ ? kLastPatience : kPatience,
                          [this](const std::string& answer, bool) { finish(answer); });
  if (!run_) fail("porterd-rpc could not be started");
  changed_.function(changed_.object);
}

void RpcRegistrar::finish(const std::string& answer) {
  run_.reset();
  const auto tried = std::exchange(tried_, {});
  if (is_stopping_) return;
  const auto line = std::string_view(answer).substr(0, answer.find('\n'));
  if (line != "done") {
    known_.insert(tried.begin(), tried.end());
    belief_ = Belief::doubtful;
    fail(line.empty() ? "porterd-rpc gave no answer" : line);
    return changed_.function(changed_.object);
  }
  known_ = tried;
  belief_ = Belief::certain;
  delay_ = 0s;
  if (std::exchange(has_complained_, false))
    machinery_.log.message(base::Level::notice, "rpc", "all RPC services are registered with rpcbind");
  begin();
  if (!run_) watch();
}

void RpcRegistrar::prepare() {
  if (socket_) return;
  auto socket = os::PathWatch::open();
  if (!socket) return;  // the timer is enough
  socket_.emplace(std::move(*socket));
  socket_watch_ = std::make_unique<event::Watch>(machinery_.loop, socket_->number(),
                                                 event::callback<&RpcRegistrar::check_anew>(*this));
}

// Whether rpcbind is started anew, and forgets all.
void RpcRegistrar::watch() {
  if (known_.empty()) return check_timer_.stop();
  check_timer_.start(kCheckInterval);
  if (socket_ && socket_->watch(kSocket)) socket_watch_->arm();
}

void RpcRegistrar::check_anew() {
  socket_watch_->disarm();
  check_timer_.start(kRestart);
}

void RpcRegistrar::check() {
  if (run_ || timer_.is_running()) return;  // which finds it out
  belief_ = Belief::old;
  begin();
}

void RpcRegistrar::fail(std::string_view why) {
  if (!std::exchange(has_complained_, true))
    machinery_.log.message(base::Level::warning, "rpc",
                           "RPC services are not registered, which is tried again: " + std::string(why));
  delay_ = std::clamp<std::chrono::seconds>(delay_ * 2, kShortestDelay, kLongestDelay);
  timer_.start(delay_);
}

}  // namespace porterd::daemon
