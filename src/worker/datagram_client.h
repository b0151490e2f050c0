// SPDX-License-Identifier: Apache-2.0
//
// One client of an intercepted datagram service (DatagramIntercept): a socket of its own on the loopback address, from
// which its datagrams go to the server and to which the server's answers come, so that each answer finds its client.
//
// A server may answer from another socket than the one that was asked, as TFTP servers do. From then on the two speak
// with each other, and nobody else is heard (connect(2)); when nobody is there any more, what the client sends goes to
// the service again.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/clock.h"
#include "base/fd.h"
#include "event/loop.h"
#include "worker/outcome.h"
#include "worker/reply_address.h"

namespace porterd::worker {

/// Where a datagram came from, and which of our addresses it came to.
struct DatagramOrigin {
  base::Endpoint peer;
  base::RawAddress raw;  ///< the same as the socket has it
  ReplyControl control{};
  std::size_t control_size = 0;  ///< of `control`, turned round; 0: the kernel chooses
};

class DatagramClient;

/// Who has the socket that the clients send to.
class DatagramClientOwner {
 public:
  DatagramClientOwner() = default;
  DatagramClientOwner(const DatagramClientOwner&) = delete;
  DatagramClientOwner& operator=(const DatagramClientOwner&) = delete;
  virtual ~DatagramClientOwner() = default;
  /// The server has answered `client`, which must stay. True when the answer was sent.
  virtual bool on_answer(DatagramClient& client, std::string_view bytes) noexcept = 0;
};

class DatagramClient {
 public:
  /// `id` is porterd's for it, `server` the private address of the service, which must outlive it.
  DatagramClient(event::Loop& loop, std::uint64_t id, const DatagramOrigin& origin, const base::RawAddress& server,
                 DatagramClientOwner& owner);
  DatagramClient(const DatagramClient&) = delete;
  DatagramClient& operator=(const DatagramClient&) = delete;
  ~DatagramClient() = default;

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] const DatagramOrigin& origin() const { return origin_; }
  /// When it last sent or was sent something.
  [[nodiscard]] base::SteadyTime last_moved() const { return last_moved_; }
  /// What has moved so far; `no_descriptors` with an error when it has no socket, and can be of no use.
  [[nodiscard]] const Outcome& so_far() const { return outcome_; }
  [[nodiscard]] bool is_broken() const { return outcome_.ending != Ending::done; }

  /// It has sent `bytes`, perhaps to another address of ours than before. What the server cannot take is lost.
  void send(const DatagramOrigin& origin, std::string_view bytes);

 private:
  void open();
  void on_readable();
  /// False when there is nothing more to read.
  [[nodiscard]] bool read_answer();
  void send_to_service(std::string_view bytes);
  void forget_answerer();

  event::Loop& loop_;
  std::uint64_t id_;
  DatagramOrigin origin_;
  const base::RawAddress& server_;
  DatagramClientOwner& owner_;
  base::Fd socket_;
  std::optional<event::Watch> reading_;
  bool has_answerer_ = false;  ///< the socket is connected to whom the server answers from
  std::string last_;           ///< what was sent there last: if nobody is there, it is for the service
  base::SteadyTime last_moved_;
  Outcome outcome_;
};

}  // namespace porterd::worker
