// SPDX-License-Identifier: Apache-2.0
//
// One connection served by a stream built-in, in the loop. Reads only while all output has been taken by the kernel,
// so memory is bounded whatever a client does; ends with a half-close and waits a little for the client's own end, as
// closing with unread bytes would make the kernel send a reset that can overtake the answer (RFC 1122, 4.2.2.13).
//
//   serving ──finish, all sent──▶ lingering ──client's end, or kLinger──▶ over (Owner::on_end)
//      └──error, idle deadline──────────────────────────────────────────────▲
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/fd.h"
#include "event/loop.h"
#include "worker/builtin.h"
#include "worker/outcome.h"

namespace porterd::worker {

class StreamSession {
 public:
  /// What it is made from.
  struct Request {
    std::uint64_t id = 0;  ///< for Owner::on_end
    base::Fd socket;       ///< connected; made non-blocking here
    std::unique_ptr<StreamBuiltin> builtin;
    std::chrono::milliseconds idle_timeout{0};  ///< ends the connection when nothing moved for so long; 0: never
  };

  /// Begins when the loop runs. Destroying it closes the connection and tells nobody.
  StreamSession(event::Loop& loop, Request request, Owner& owner);
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;
  ~StreamSession();

  /// Bytes that moved so far.
  [[nodiscard]] const Outcome& so_far() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace porterd::worker
