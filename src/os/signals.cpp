// SPDX-License-Identifier: Apache-2.0
#include "os/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "os/descriptors.h"

namespace porterd::os {

void take_over_signals() {
  struct sigaction by_default{};
  by_default.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number)
    ::sigaction(number, &by_default, nullptr);  // EINVAL for SIGKILL, SIGSTOP and the C library's own: nothing to reset
  sigset_t all;
  ::sigfillset(&all);
  // A blocked fault would kill the process without a trace of where.
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) ::sigdelset(&all, fault);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
}

void release_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

base::Result<SignalQueue> SignalQueue::open(std::span<const int> signals) {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int number : signals) ::sigaddset(&wanted, number);
  base::Fd descriptor(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor.is_open()) return base::failure_errno("signalfd");
  return SignalQueue(move_high(std::move(descriptor)));
}

std::vector<Signal> SignalQueue::read() {
  std::array<signalfd_siginfo, 32> infos;
  const ssize_t bytes = ::read(descriptor_.number(), infos.data(), sizeof infos);
  std::vector<Signal> signals;
  if (bytes <= 0) return signals;
  const std::size_t count = static_cast<std::size_t>(bytes) / sizeof infos[0];
  for (const auto& info : std::span(infos).first(count))
    signals.push_back({.number = static_cast<int>(info.ssi_signo),
                       .sender = static_cast<pid_t>(info.ssi_pid),
                       .sender_uid = info.ssi_uid});
  return signals;
}

}  // namespace porterd::os
