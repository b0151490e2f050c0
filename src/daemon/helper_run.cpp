// SPDX-License-Identifier: Apache-2.0
#include "daemon/helper_run.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "os/descriptors.h"
#include "os/process.h"
#include "os/socket.h"

namespace porterd::daemon {
namespace {

constexpr std::size_t kLongestAnswer = 1U << 20U;

}  // namespace

std::shared_ptr<HelperRun> HelperRun::start(Machinery& machinery, const spawn::Inheritance& inheritance,
                                            const config::Service& service, std::chrono::seconds patience, Done done) {
  auto pair = os::make_socket_pair(SOCK_STREAM);
  const auto plan = spawn::Plan::make(service, inheritance);
  if (!pair || !plan) return nullptr;
  const auto run =
      std::make_shared<HelperRun>(machinery, os::move_high(std::move(pair->first)), service.id, std::move(done));
  spawn::LaunchRequest request{.plan = *plan, .connection = std::move(pair->second), .facts = {}};
  const auto launched = machinery.launcher.launch(request);
  if (!launched) return nullptr;
  run->pid_ = launched->pid;
  run->watch_.arm();
  run->patience_.start(patience);
  machinery.sessions.add({.pid = launched->pid,
                          .report = launched->report,
                          .start = base::Steady::now(),
                          .peer = {},
                          .ticket = {},
                          .owner = run,
                          .plan = nullptr});
  return run;
}

HelperRun::HelperRun(Machinery& machinery, base::Fd answer, std::string id, Done done)
    : machinery_(machinery),
      answer_(std::move(answer)),
      id_(std::move(id)),
      done_(std::move(done)),
      watch_(machinery.loop, answer_.number(), event::callback<&HelperRun::on_readable>(*this)),
      patience_(machinery.loop, event::callback<&HelperRun::kill>(*this)) {}

void HelperRun::abandon() {
  done_ = nullptr;
  watch_.disarm();
  patience_.stop();
  kill();
}

void HelperRun::on_end(session::Session& session, const os::Ended& /*ended*/) noexcept {
  pid_ = 0;
  [[maybe_unused]] const auto failure = machinery_.launcher.failure({.pid = session.pid, .report = session.report});
}

void HelperRun::on_readable() {
  std::array<char, 4096> chunk;
  const ssize_t bytes = ::read(answer_.number(), chunk.data(), chunk.size());
  if (bytes > 0 && text_.size() < kLongestAnswer) {
    text_.append(chunk.data(), static_cast<std::size_t>(bytes));
    return;
  }
  if (bytes < 0 && errno == EAGAIN) return;
  watch_.disarm();
  patience_.stop();
  if (const auto done = std::exchange(done_, nullptr)) done(text_, bytes == 0);
}

void HelperRun::kill() {
  if (pid_ != 0) os::signal_group(pid_, SIGKILL);  // then its end of the answer closes
}

}  // namespace porterd::daemon
