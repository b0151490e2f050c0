// SPDX-License-Identifier: Apache-2.0
#include "daemon/worker_pool.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <string>

#include "os/accounts.h"
#include "os/helpers.h"
#include "worker/wire.h"

namespace porterd::daemon {
namespace {

using namespace std::chrono_literals;

constexpr const char* kUser = "porterd-worker";
constexpr auto kMoment = 10ms;  // until a worker has read something

config::User user_of(const config::Global& global) {
  if (global.worker_user) return *global.worker_user;
  const auto ids = os::ids_of(kUser).value_or(os::nobody());
  return {.name = std::to_string(ids.uid), .uid = ids.uid, .gid = ids.gid, .home = "/", .shell = "/bin/sh"};
}

/// The worker as a service like any other: that is how it gets its user, its limits and its clean environment.
config::Service worker_service(const config::Global& global, const spawn::Inheritance& inheritance) {
  config::Service service;
  service.service = service.id = kUser;
  service.server = global.worker_path.empty() ? os::helper_path(kUser) : global.worker_path;
  service.server_args = {worker::kWireVersion};
  service.passenv = {"TZ"};  // for daytime
  service.groups.kind = config::Groups::Kind::none;
  if (inheritance.can_change_user) service.user = user_of(global);
  const auto most = inheritance.descriptors.rlim_max;
  service.rlimits = {{.resource = RLIMIT_NOFILE, .soft = most, .hard = most}};
  return service;
}

/// Nobody who waits for an end; there are as many as are told something.
class Silent final : public session::Owner {
 public:
  explicit Silent(std::shared_ptr<std::uint64_t> count) : count_(std::move(count)) { ++*count_; }
  Silent(const Silent&) = delete;
  Silent& operator=(const Silent&) = delete;
  ~Silent() override { --*count_; }
  void on_end(session::Session& /*session*/, const os::Ended& /*ended*/) noexcept override {}
  [[nodiscard]] std::string_view id() const override { return kUser; }

 private:
  std::shared_ptr<std::uint64_t> count_;
};

std::string missing_parts(std::uint32_t missing) {
  constexpr std::array<std::string_view, worker::kSandboxParts> kNames{"user", "no_new_privs", "capabilities",
                                                                       "landlock", "seccomp"};
  std::string text;
  for (std::size_t part = 0; part < kNames.size(); ++part)
    if ((missing >> part & 1U) != 0) text.append(text.empty() ? "" : ",").append(kNames[part]);
  return text;
}

}  // namespace

WorkerPool::WorkerPool(Machinery& machinery, const spawn::Inheritance& inheritance, event::Callback available)
    : machinery_(machinery),
      inheritance_(inheritance),
      available_(available),
      timer_(machinery.loop, event::callback<&WorkerPool::on_timer>(*this)) {}

WorkerPool::~WorkerPool() = default;

base::Status WorkerPool::configure(const config::Global& global) {
  config::Diagnostics ignored;
  PORTERD_TRY_ASSIGN(auto plan, make_service_plan(worker_service(global, inheritance_), inheritance_, ignored));
  PORTERD_TRY(machinery_.output.prepare(*plan));
  const bool is_other = global.worker_path != global_.worker_path || global.worker_user != global_.worker_user;
  plan_ = std::move(plan);
  global_ = global;
  if (is_other) leave();
  for (const auto& worker : workers_) worker->set_idle(global.worker_idle);
  return {};
}

std::optional<pid_t> WorkerPool::serve(const std::shared_ptr<const WorkerPlan>& plan, std::uint64_t connection,
                                       int socket) {
  auto* const worker = choose();
  if (worker == nullptr) return std::nullopt;
  if (!worker->serve(plan, connection, socket)) {
    try_again_after(kMoment);
    return std::nullopt;
  }
  if (is_finishing_) worker->leave();
  return worker->pid();
}

bool WorkerPool::identify(std::uint64_t id, const IdentLookups::Question& question) {
  auto* const worker = choose();
  if (worker == nullptr) return false;
  if (!worker->identify(id, question)) {
    try_again_after(kMoment);
    return false;
  }
  if (is_finishing_) worker->leave();
  return true;
}

Worker* WorkerPool::choose() {
  Worker* least = nullptr;
  std::size_t open = 0;
  for (const auto& worker : workers_) {
    if (!worker->is_open()) continue;
    ++open;
    if (least == nullptr || worker->load() < least->load()) least = worker.get();
  }
  const bool is_enough = least != nullptr && (least->load() == 0 || open >= global_.workers);
  if (is_enough) return least;
  auto* const another = start();
  return another != nullptr ? another : least;
}

Worker* WorkerPool::start() {
  constexpr auto kShortage = 100ms;  // for the machine to have a process again
  constexpr auto kItsEnd = 10ms;     // until it is known how long the next one has to wait
  if (std::ranges::any_of(workers_, [](const auto& worker) { return worker->has_failed(); })) {
    try_again_after(kItsEnd);
    return nullptr;
  }
  const auto now = base::Steady::now();
  if (now < start_at_) {
    try_again_after(std::chrono::ceil<std::chrono::milliseconds>(start_at_ - now));
    return nullptr;
  }
  auto started = Worker::start(machinery_, plan_, global_.worker_idle, *this);
  if (!started) {
    try_again_after(kShortage);
    return nullptr;
  }
  last_start_ = now;
  return workers_.emplace_back(std::move(*started)).get();
}

void WorkerPool::try_again_after(std::chrono::milliseconds delay) {
  if (!timer_.is_running()) timer_.start(delay);
}

void WorkerPool::on_timer() { available_.function(available_.object); }

void WorkerPool::say(const std::shared_ptr<const WorkerPlan>& plan, std::uint64_t connection, base::Fd socket) {
  if (*said_ >= kMostSaid) return;
  const auto worker = serve(plan, connection, socket.number());
  if (!worker) return;
  machinery_.sessions.add({.worker = *worker, .connection_id = connection, .owner = std::make_shared<Silent>(said_)});
}

void WorkerPool::stop(std::uint64_t id) {
  const auto found = std::ranges::find_if(workers_, [&](const auto& worker) { return worker->has(id); });
  if (found != workers_.end()) (*found)->stop(id);
}

void WorkerPool::finish() {
  is_finishing_ = true;
  leave();
}

void WorkerPool::leave() {
  for (const auto& worker : workers_)
    if (worker->is_open()) worker->leave();
}

void WorkerPool::on_worker_ready(std::uint32_t missing) noexcept {
  if (std::exchange(reported_missing_, missing) == missing || missing == 0) return;
  const std::string parts = missing_parts(missing);
  const std::array fields{log::Field{.name = "missing", .value = std::string_view(parts)}};
  machinery_.log.message(base::Level::warning, "worker_sandbox", "a worker could not shut itself in altogether",
                         fields);
}

void WorkerPool::on_worker_gone(Worker& worker, bool is_failure) noexcept {
  // Its session keeps it until this has returned.
  std::erase_if(workers_, [&](const auto& one) { return one.get() == &worker; });
  constexpr auto kShortest = 100ms;
  constexpr auto kLongest = 60'000ms;
  constexpr auto kLongEnough = 10s;  // a worker that lived so long has worked
  if (!is_failure) return;
  const auto now = base::Steady::now();
  if (now - last_start_ >= kLongEnough) back_off_ = 0ms;
  back_off_ = std::clamp<std::chrono::milliseconds>(back_off_ * 2, kShortest, kLongest);
  start_at_ = now + back_off_;
}

}  // namespace porterd::daemon
