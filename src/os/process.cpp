// SPDX-License-Identifier: Apache-2.0
#include "os/process.h"

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <utility>

namespace porterd::os {
namespace {

std::chrono::microseconds duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

std::optional<Ended> wait_for(pid_t pid) {
  Ended ended;
  rusage usage{};
  ended.pid = ::wait4(pid, &ended.wait_status, WNOHANG, &usage);
  if (ended.pid <= 0) return std::nullopt;
  ended.user_time = duration(usage.ru_utime);
  ended.system_time = duration(usage.ru_stime);
  ended.peak_memory_kib = usage.ru_maxrss;
  return ended;
}

void turn_to_null(int number) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return;
  ::dup2(null, number);
  ::close(null);
}

}  // namespace

std::optional<Ended> reap(pid_t pid) { return wait_for(pid); }
std::optional<Ended> reap_any() { return wait_for(-1); }

void signal_group(pid_t leader, int signal) {
  if (::kill(-leader, signal) != 0) ::kill(leader, signal);
}

void signal_process(pid_t pid, int signal) { ::kill(pid, signal); }

std::optional<pid_t> session_of(pid_t pid) {
  const pid_t session = ::getsid(pid);
  return session > 0 ? std::optional(session) : std::nullopt;
}

double load_average() {
  struct sysinfo info{};
  if (::sysinfo(&info) != 0) return 0;
  return static_cast<double>(info.loads[0]) / static_cast<double>(1U << SI_LOAD_SHIFT);
}

std::int64_t own_peak_memory_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

base::Result<Daemonizer> Daemonizer::detach() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::failure_errno("pipe");
  const pid_t child = ::fork();
  if (child < 0) return base::failure_errno("fork");
  if (child > 0) {
    ::close(ends[1]);
    std::uint8_t verdict = 1;
    if (::read(ends[0], &verdict, 1) != 1) verdict = 1;
    ::_exit(verdict);
  }
  ::close(ends[0]);
  ::setsid();
  turn_to_null(STDIN_FILENO);
  turn_to_null(STDOUT_FILENO);
  return Daemonizer(ends[1]);
}

void Daemonizer::release(int status) {
  turn_to_null(STDERR_FILENO);
  const auto verdict = static_cast<std::uint8_t>(status);
  // A parent that was killed meanwhile hears nothing, and need not.
  [[maybe_unused]] const auto written = ::write(pipe_, &verdict, 1);
  ::close(std::exchange(pipe_, -1));
}

}  // namespace porterd::os
