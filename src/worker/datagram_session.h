// SPDX-License-Identifier: Apache-2.0
//
// A DatagramPort for as long as somebody uses it: when no datagram has come for a while the socket is given back, and
// porterd watches it until the next one comes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/fd.h"
#include "event/loop.h"
#include "worker/datagram_port.h"
#include "worker/outcome.h"

namespace porterd::worker {

/// What is served at a datagram socket, to whom, and how long without a datagram.
struct DatagramService {
  std::unique_ptr<DatagramBuiltin> builtin;
  admission::AccessList access;
  std::chrono::milliseconds idle{};
};

class DatagramSession {
 public:
  /// It is over, by Owner::on_end, when nothing came for `service.idle`.
  DatagramSession(event::Loop& loop, std::uint64_t id, base::Fd socket, DatagramService service, Owner& owner)
      : id_(id),
        idle_(service.idle),
        owner_(owner),
        port_(loop, std::move(socket), std::move(service.builtin), ReplyGuard(), std::move(service.access)),
        timer_(loop, event::callback<&DatagramSession::on_timer>(*this)) {
    timer_.start(idle_);
  }

  /// What the port has done so far.
  [[nodiscard]] Outcome so_far() const {
    const auto& counts = port_.counts();
    return {.ending = Ending::done, .error = 0, .bytes_in = counts.bytes_in, .bytes_out = counts.bytes_out};
  }

 private:
  void on_timer() {
    if (port_.counts().requests == requests_) return owner_.on_end(id_, so_far());
    requests_ = port_.counts().requests;
    timer_.start(idle_);
  }

  std::uint64_t id_;
  std::chrono::milliseconds idle_;
  Owner& owner_;
  std::uint64_t requests_ = 0;
  DatagramPort port_;
  event::Timer timer_;
};

}  // namespace porterd::worker
