// SPDX-License-Identifier: Apache-2.0
//
// Connections one after the other, `clients` of them at a time: connect, send, read to the end, compare, close.
#pragma once

#include <vector>

#include "client_socket.h"
#include "options.h"
#include "report.h"

namespace bench {

/// Runs until count or seconds are reached and prints what came of it. A latency is from connect to end of file.
class Connections {
 public:
  explicit Connections(const Options& options);
  void run();

 private:
  struct Slot {
    int fd = -1;
    bool is_connected = false;
    bool is_wrong = false;
    std::size_t sent = 0;
    long received = 0;
    double begin = 0;
  };
  /// How a connection can end.
  struct Ends {
    long good = 0, not_connected = 0, reset = 0, cut_short = 0, wrong = 0, late = 0;
  };

  void open_more();
  void open(std::uint32_t index);
  void on_event(std::uint32_t index, std::uint32_t events);
  bool finish_connect(std::uint32_t index);
  void send(std::uint32_t index);
  void receive(std::uint32_t index);
  void on_end(std::uint32_t index, bool was_reset);
  void end(std::uint32_t index, long Ends::* how);
  void give_up_late_ones(double time);
  [[nodiscard]] bool may_open(double time) const;

  const Options& options_;
  Poll poll_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<char> buffer_;
  Ends ends_;
  Latencies latencies_;
  long started_ = 0;
  long bytes_ = 0;
  double begin_ = 0;
};

}  // namespace bench
