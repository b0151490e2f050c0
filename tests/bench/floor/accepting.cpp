// SPDX-License-Identifier: Apache-2.0
#include "accepting.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sockets.h"

namespace bench {
namespace {

constexpr std::uint64_t kPidfd = std::uint64_t{1} << 32;

void reap_by_pidfd(int pidfd) {
  siginfo_t info{};
  waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED | WNOHANG);
  close(pidfd);
}

void reap_all() {
  while (waitpid(-1, nullptr, WNOHANG) > 0) continue;
}

template <class Serve>
[[noreturn]] void accept_in_turn(const Options& options, Serve serve) {
  for (const int listener = bound_socket(options, options.port);;) {
    const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) serve(connection);
    if (connection < 0 && errno != EINTR && errno != EMFILE && errno != ECONNABORTED) fail("accept");
  }
}

// Up to 64 from one listener, then the others have their turn.
template <class Serve>
void accept_waiting(int listener, Serve serve) {
  for (int taken = 0; taken < 64; ++taken) {
    const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    serve(connection);
  }
}

void watch(const Options& options, const Poll& poll, std::uint16_t port) {
  const int listener = bound_socket(options, port);
  fcntl(listener, F_SETFL, O_NONBLOCK);
  poll.add_input(listener);
}

template <class Serve>
[[noreturn]] void accept_by_epoll(const Options& options, const Poll& poll, Serve serve) {
  for (int more = 0; more < options.more_listeners; ++more)
    watch(options, poll, static_cast<std::uint16_t>(options.first_port + more));
  watch(options, poll, options.port);
  for (epoll_event events[64];;) {
    const int ready = epoll_wait(poll.descriptor(), events, 64, -1);
    for (int position = 0; position < ready; ++position) {
      const std::uint64_t mark = events[position].data.u64;
      const int fd = static_cast<int>(mark & ~kPidfd);
      (mark & kPidfd) != 0 ? reap_by_pidfd(fd) : accept_waiting(fd, serve);
    }
  }
}

template <class Serve>
[[noreturn]] void accept_as_asked(const Options& options, const Poll& poll, Serve serve) {
  if (options.uses_epoll) accept_by_epoll(options, poll, serve);
  accept_in_turn(options, serve);
}

}  // namespace

void launch_for_each(const Options& options, Launch launch) {
  std::signal(SIGCHLD, options.reaping == Reaping::none ? SIG_IGN : SIG_DFL);
  const Poll poll;
  accept_as_asked(options, poll, [&options, &poll, launch](int connection) {
    const Launched launched = launch(options, connection);
    close(connection);
    if (launched.pidfd >= 0) poll.add(launched.pidfd, kPidfd | static_cast<std::uint64_t>(launched.pidfd));
    if (options.reaping == Reaping::wait) reap_all();
  });
}

void refuse_each(const Options& options) {
  const Poll poll;
  accept_as_asked(options, poll, [](int connection) { close(connection); });
}

void answer_each(const Options& options) {
  const Poll poll;
  accept_as_asked(options, poll, [](int connection) {
    [[maybe_unused]] const auto written = write(connection, "hello\n", 6);
    close(connection);
  });
}

}  // namespace bench
