// SPDX-License-Identifier: Apache-2.0
//
// Asks the machine of a client, at port 113, whose connection it is (RFC 1413), with a deadline for the whole of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/address.h"
#include "base/fd.h"
#include "event/loop.h"
#include "worker/ident.h"

namespace porterd::worker {

class IdentOwner {
 public:
  IdentOwner() = default;
  IdentOwner(const IdentOwner&) = delete;
  IdentOwner& operator=(const IdentOwner&) = delete;
  virtual ~IdentOwner() = default;
  /// Once, from the loop; the client may be destroyed here.
  virtual void on_ident(std::uint64_t id, const IdentReply& reply) noexcept = 0;
};

class IdentClient {
 public:
  struct Request {
    std::uint64_t id = 0;
    base::Endpoint peer;   ///< the client
    base::Endpoint local;  ///< where it connected to; the question must come from that address (RFC 1413, section 2)
    std::chrono::milliseconds deadline{30'000};
    std::uint16_t port = 113;
  };
  IdentClient(event::Loop& loop, const Request& request, IdentOwner& owner);
  IdentClient(const IdentClient&) = delete;
  IdentClient& operator=(const IdentClient&) = delete;
  ~IdentClient() = default;

 private:
  void start();
  void on_writable();
  void on_readable();
  void on_timer();
  void end(const IdentReply& reply);

  event::Loop& loop_;
  Request request_;
  IdentPorts ports_;
  IdentOwner& owner_;
  base::Fd socket_;
  std::string reply_;
  bool has_begun_ = false;
  std::optional<event::Watch> writing_;
  std::optional<event::Watch> reading_;
  event::Timer timer_;  ///< begins, then watches the deadline
};

}  // namespace porterd::worker
