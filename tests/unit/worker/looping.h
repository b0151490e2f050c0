// SPDX-License-Identifier: Apache-2.0
//
// What the tests of this folder share: a loop that runs until something has happened, with a deadline; sockets; an
// owner that remembers how it ended.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/address.h"
#include "base/fd.h"
#include "event/loop.h"
#include "worker/outcome.h"

namespace porterd::worker {

/// Runs a loop until a condition holds, looking every millisecond.
class Looping {
 public:
  event::Loop& loop() { return loop_; }

  /// False when the condition did not come to hold in time.
  bool run_until(std::function<bool()> condition, std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    condition_ = std::move(condition);
    deadline_ = std::chrono::steady_clock::now() + patience;
    holds_ = false;
    timer_.start(std::chrono::nanoseconds(0));
    loop_.run();
    return holds_;
  }

  /// Gives the loop a moment in which what must not happen could.
  void run_for(std::chrono::milliseconds time) {
    run_until([] { return false; }, time);
  }

 private:
  void look() {
    holds_ = condition_();
    if (holds_ || std::chrono::steady_clock::now() > deadline_)
      loop_.stop();
    else
      timer_.start(std::chrono::milliseconds(1));
  }

  event::Loop loop_ = *event::Loop::make();
  event::Timer timer_{loop_, event::callback<&Looping::look>(*this)};
  std::function<bool()> condition_;
  std::chrono::steady_clock::time_point deadline_;
  bool holds_ = false;
};

class RememberingOwner final : public Owner {
 public:
  void on_end(std::uint64_t id, const Outcome& outcome) noexcept override {
    EXPECT_FALSE(outcome_) << "ended twice";
    id_ = id;
    outcome_ = outcome;
  }
  [[nodiscard]] bool has_ended() const { return outcome_.has_value(); }
  [[nodiscard]] const Outcome& outcome() const { return *outcome_; }
  [[nodiscard]] std::uint64_t id() const { return id_; }

 private:
  std::uint64_t id_ = 0;
  std::optional<Outcome> outcome_;
};

/// Two ends of a connection.
struct Ends {
  base::Fd near;
  base::Fd far;
};

inline base::RawAddress loopback(std::uint16_t port = 0) {
  return *base::raw_address(base::Endpoint{*base::parse_address("127.0.0.1"), port});
}

inline std::uint16_t port_of(int socket) {
  base::RawAddress raw;
  ::getsockname(socket, raw.pointer(), &raw.length);
  return std::get<base::Endpoint>(base::socket_address(raw)).port;
}

/// A TCP socket that listens at a free port of 127.0.0.1.
inline base::Fd tcp_listener(int backlog = 16) {
  base::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback();
  EXPECT_EQ(::bind(socket.number(), address.pointer(), address.length), 0);
  EXPECT_EQ(::listen(socket.number(), backlog), 0);
  return socket;
}

inline base::Fd tcp_client(std::uint16_t port) {
  base::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(port);
  EXPECT_EQ(::connect(socket.number(), address.pointer(), address.length), 0);
  return socket;
}

/// A TCP connection over 127.0.0.1; `far` is non-blocking.
inline Ends tcp_pair() {
  const auto listener = tcp_listener();
  auto far = tcp_client(port_of(listener.number()));
  base::Fd near(::accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
  ::fcntl(far.number(), F_SETFL, O_NONBLOCK);
  return {std::move(near), std::move(far)};
}

/// Whether a look without waiting finds the socket readable.
inline bool is_readable(int socket) {
  pollfd look{.fd = socket, .events = POLLIN, .revents = 0};
  return ::poll(&look, 1, 0) > 0;
}

/// Appends what there is to `text`; false at the end of the stream. "(reset)" when it was reset.
inline bool drain(int socket, std::string& text) {
  std::array<char, 65536> bytes;
  while (true) {
    const ssize_t size = ::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return true;
    if (size < 0) text += "(reset)";
    if (size <= 0) return false;
    text.append(bytes.data(), static_cast<std::size_t>(size));
  }
}

inline void say(int socket, std::string_view text) {
  EXPECT_EQ(::send(socket, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

/// Makes close(2) of `socket` a reset.
inline void reset(base::Fd& socket) {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  socket.reset();
}

}  // namespace porterd::worker
