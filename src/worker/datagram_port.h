// SPDX-License-Identifier: Apache-2.0
//
// A bound datagram socket served by a built-in, in the loop. Datagrams come and go in batches (recvmmsg(2),
// sendmmsg(2)); a reply leaves from the address that the request came to (IP_PKTINFO, IPV6_RECVPKTINFO). What
// ReplyGuard refuses gets no reply. A reply that the kernel cannot take at once is lost, as datagrams may be.
#pragma once

#include <cstdint>
#include <memory>

#include "base/fd.h"
#include "event/loop.h"
#include "worker/builtin.h"
#include "worker/reply_guard.h"

namespace porterd::worker {

/// What a port has done so far.
struct DatagramCounts {
  std::uint64_t requests = 0;  ///< datagrams received
  std::uint64_t replies = 0;
  std::uint64_t refused = 0;  ///< had no reply though there was one: ReplyGuard's word, or it came by broadcast
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

class DatagramPort {
 public:
  /// Serves `socket` (bound) until destroyed.
  DatagramPort(event::Loop& loop, base::Fd socket, std::unique_ptr<DatagramBuiltin> builtin, ReplyGuard guard);
  DatagramPort(const DatagramPort&) = delete;
  DatagramPort& operator=(const DatagramPort&) = delete;
  ~DatagramPort();

  [[nodiscard]] const DatagramCounts& counts() const { return counts_; }

 private:
  struct Batch;
  void on_readable();
  /// Prepares the reply to the datagram at `index` of the batch, if it has one.
  void answer(std::size_t index);
  void send_replies();

  base::Fd socket_;
  std::unique_ptr<DatagramBuiltin> builtin_;
  ReplyGuard guard_;
  DatagramCounts counts_;
  std::unique_ptr<Batch> batch_;
  event::Watch reading_;
};

}  // namespace porterd::worker
