// SPDX-License-Identifier: Apache-2.0
//
// One direction of a relay: from one socket to another through a pipe by splice(2), so that no byte comes into this
// process. Knows no loop: move() does what can be done without waiting and says what to wait for. It holds a pipe only
// while there is something in it. SIGPIPE must be ignored, as splice(2) has no MSG_NOSIGNAL.
//
//   source's end of stream, pipe empty ─▶ shutdown(2) of the sink for writing ─▶ over
#pragma once

#include <cstdint>
#include <optional>

#include "worker/pipe_pool.h"

namespace porterd::worker {

class Pump {
 public:
  enum class Need : std::uint8_t {
    source,         ///< to be readable
    sink,           ///< to be writable
    nothing,        ///< it is over
    source_broke,   ///< with `error`
    sink_broke,     ///< with `error`
    no_descriptor,  ///< no pipe could be had, with `error`
  };
  struct Step {
    Need need = Need::source;
    int error = 0;  ///< errno
  };

  /// Both sockets are non-blocking and stay open as long as this.
  Pump(int source, int sink, PipePool& pipes) : source_(source), sink_(sink), pipes_(pipes) {}

  [[nodiscard]] Step move();
  /// Bytes that the sink has taken.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] bool is_over() const { return is_over_; }

 private:
  [[nodiscard]] Step fill();
  [[nodiscard]] Step empty();
  [[nodiscard]] Step finish();
  void give_pipe_back();

  int source_;
  int sink_;
  PipePool& pipes_;
  std::optional<Pipe> pipe_;
  std::size_t in_pipe_ = 0;
  std::uint64_t bytes_ = 0;
  bool is_over_ = false;
};

}  // namespace porterd::worker
