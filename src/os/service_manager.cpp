// SPDX-License-Identifier: Apache-2.0
#include "os/service_manager.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <utility>

#include "base/address.h"
#include "base/text.h"
#include "os/descriptors.h"

namespace porterd::os {
namespace {

constexpr std::string_view kWatchdog = "WATCHDOG=1";

/// Takes a variable out of the environment. Start only, before any thread exists.
std::string take_variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  std::string text = value == nullptr ? "" : value;
  ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  return text;
}

}  // namespace

std::vector<base::Fd> take_inherited_sockets() {
  constexpr int kFirst = 3;  // SD_LISTEN_FDS_START
  const auto pid = base::parse_unsigned(take_variable("LISTEN_PID"));
  const auto count = base::parse_unsigned(take_variable("LISTEN_FDS"));
  take_variable("LISTEN_FDNAMES");
  std::vector<base::Fd> sockets;
  if (!pid || !count || *pid != static_cast<std::uint64_t>(::getpid())) return sockets;
  for (int number = kFirst; number < kFirst + static_cast<int>(*count); ++number) {
    base::Fd socket(number);
    if (::fcntl(number, F_SETFD, FD_CLOEXEC) != 0) continue;
    ::fcntl(number, F_SETFL, ::fcntl(number, F_GETFL) | O_NONBLOCK);
    sockets.push_back(move_high(std::move(socket)));
  }
  return sockets;
}

ServiceManager ServiceManager::from_environment() {
  ServiceManager manager;
  manager.path_ = take_variable("NOTIFY_SOCKET");
  const auto interval = base::parse_unsigned(take_variable("WATCHDOG_USEC"));
  const auto pid = base::parse_unsigned(take_variable("WATCHDOG_PID"));
  const bool is_for_us = !pid || *pid == static_cast<std::uint64_t>(::getpid());
  if (interval && *interval > 1 && is_for_us) manager.watchdog_interval_ = std::chrono::microseconds(*interval / 2);
  if (manager.path_.empty()) return manager;
  manager.socket_ = move_high(base::Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
  return manager;
}

void ServiceManager::notify(std::string_view state) {
  constexpr int kPatience = 1'000;  // milliseconds
  if (!socket_.is_open()) return;
  const bool is_abstract = path_.front() == '@';
  const auto raw =
      base::raw_address(base::UnixAddress{.name = path_.substr(is_abstract ? 1 : 0), .is_abstract = is_abstract});
  if (!raw) return;
  const auto send = [&] {
    return ::sendto(socket_.number(), state.data(), state.size(), MSG_NOSIGNAL, raw->pointer(), raw->length);
  };
  if (send() >= 0 || errno != EAGAIN) return;  // a manager that does not listen is no reason to do anything else
  // Its queue is full. What is said at a start, a reload and the end is worth a moment; the watchdog says it again
  // soon.
  if (state == kWatchdog || ::connect(socket_.number(), raw->pointer(), raw->length) != 0) return;
  pollfd entry{.fd = socket_.number(), .events = POLLOUT, .revents = 0};
  if (::poll(&entry, 1, kPatience) == 1) [[maybe_unused]]
    const auto sent = send();
}

void ServiceManager::ready(std::string_view status) { notify("READY=1\nSTATUS=" + std::string(status)); }

void ServiceManager::reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
  notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceManager::stopping() { notify("STOPPING=1"); }
void ServiceManager::watchdog() { notify(kWatchdog); }

}  // namespace porterd::os
