// SPDX-License-Identifier: Apache-2.0
#include "spawn/launcher.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "os/descriptors.h"
#include "spawn/raw_syscall.h"

namespace porterd::spawn {

base::Result<std::unique_ptr<Launcher>> Launcher::make(config::LaunchMethod method) {
  // Both stay low on purpose: a child that has detached must still hold them.
  base::Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.is_open()) return base::failure_errno("eventfd");
  base::Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.is_open()) return base::failure_errno("open /dev/null");
  std::unique_ptr<Launcher> launcher(new Launcher(std::move(wake), std::move(null)));
  launcher->set_method(method);
  if (!launcher->slots_.prepare() || !launcher->reports_.prepare()) return base::failure(ENOMEM, "memory for launches");
  return launcher;
}

Launcher::Launcher(base::Fd wake, base::Fd null) : wake_(std::move(wake)), null_(std::move(null)) {}

void Launcher::set_method(config::LaunchMethod method) {
  method_ = kHasRawSyscall ? method : config::LaunchMethod::fork;
}

std::expected<Launched, int> Launcher::launch(LaunchRequest& request) {
  Slot* const slot = slots_.take();
  const auto report = slot == nullptr ? std::nullopt : reports_.take();
  if (!report) {
    if (slot != nullptr) slots_.give_back(slot);
    return std::unexpected(ENOMEM);
  }
  fill(*slot, request, *report);
  const auto pid = method_ == config::LaunchMethod::fork ? start_by_fork(*slot) : start(*slot);
  if (!pid) {
    slots_.give_back(slot);
    reports_.give_back(*report);
    return std::unexpected(pid.error());
  }
  if (method_ == config::LaunchMethod::fork) {
    slots_.give_back(slot);  // the child has a copy
    request.connection.reset();
  } else {
    slots_.watch(slot);
    close_when_detached(*slot, request);
  }
  return Launched{.pid = *pid, .report = *report};
}

void Launcher::fill(Slot& slot, const LaunchRequest& request, Reports::Number report) {
  slot.plan = request.plan;
  slot.detached.store(0, std::memory_order_relaxed);
  slot.awaited.store(0, std::memory_order_relaxed);
  EnvironmentWriter environment(slot.text, slot.environment);
  for (char* const entry : request.plan->environment()) environment.add(entry);
  environment.add_connection(request.facts, request.plan->connection_variables());
  ChildLaunch& launch = slot.launch;
  launch = {};
  launch.plan = &request.plan->child();
  launch.environment = slot.environment.data();
  launch.report = &reports_.at(report);
  launch.detached = &slot.detached;
  launch.awaited = &slot.awaited;
  launch.socket = request.connection.is_open() ? request.connection.number() : request.listener;
  launch.error_stream = error_stream(request, launch.socket);
  launch.null = null_.number();
  launch.wake = wake_.number();
  launch.layout = request.plan->layout();
  if (launch.layout == Layout::listen_fd) {
    environment.add("LISTEN_FDS", 1);
    launch.pid_digits = environment.add_later("LISTEN_PID", kPidDigits);
  }
  if (can_share_table(launch)) launch.low = static_cast<std::uint32_t>(os::low_descriptors());
  environment.finish();
}

int Launcher::error_stream(const LaunchRequest& request, int socket) const {
  using Kind = config::ErrorStream::Kind;
  switch (request.plan->error_stream().kind) {
    case Kind::socket:
      return socket;
    case Kind::inherit:
      return -1;
    case Kind::log:
    case Kind::file:
      if (request.error_stream >= 0) return request.error_stream;
      break;
    case Kind::null:
      break;
  }
  return null_.number();
}

bool Launcher::can_share_table(const ChildLaunch& launch) const {
  const int low = os::low_descriptors();
  return shares_table_ && method_ == config::LaunchMethod::clone && launch.layout == Layout::stdio &&
         launch.socket < low && launch.error_stream < low && launch.null < low && launch.wake < low;
}

std::expected<pid_t, int> Launcher::start(Slot& slot) {
  int flags = CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
  if (slot.launch.low != 0) flags |= CLONE_FILES;
  void* const top = slot.stack.data() + slot.stack.size();
  auto* const tid = reinterpret_cast<pid_t*>(&slot.tid);
  const pid_t pid = ::clone(&run_child, top, flags, &slot.launch, tid, nullptr, tid);
  if (pid < 0) {
    slot.tid.store(0, std::memory_order_relaxed);
    return std::unexpected(errno);
  }
  return pid;
}

std::expected<pid_t, int> Launcher::start_by_fork(Slot& slot) {
  const pid_t pid = ::fork();
  if (pid == 0) run_child(&slot.launch);
  if (pid < 0) return std::unexpected(errno);
  return pid;
}

void Launcher::close_when_detached(Slot& slot, LaunchRequest& request) {
  if (slot.launch.low == 0) {
    request.connection.reset();
    return;
  }
  slot.connection = std::move(request.connection);
  slot.awaited.store(1);
  // The child looks at `awaited` after it has set `detached`: one of us two sees the other.
  if (slot.detached.load() != 0) slot.connection.reset();
}

void Launcher::close_detached() {
  std::uint64_t ignored = 0;
  [[maybe_unused]] const auto bytes = ::read(wake_.number(), &ignored, sizeof ignored);
  for (Slot* const slot : slots_.busy())
    if (slot->detached.load() != 0) slot->connection.reset();
}

void Launcher::settle() {
  constexpr std::chrono::seconds kPatience{1};  // a child may hang in exec, on a file system that does not answer
  slots_.settle(kPatience);
}

std::optional<Failure> Launcher::failure(const Launched& launched) {
  Report& report = reports_.at(launched.report);
  const Failure failure{.stage = report.stage.load(std::memory_order_acquire), .error = report.error};
  reports_.give_back(launched.report);
  // A child that was killed before it could detach will never say so.
  for (Slot* const slot : slots_.busy())
    if (slot->launch.report == &report) slot->connection.reset();
  if (failure.stage == Stage::none) return std::nullopt;
  return failure;
}

}  // namespace porterd::spawn
