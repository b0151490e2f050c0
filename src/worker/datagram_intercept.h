// SPDX-License-Identifier: Apache-2.0
//
// The socket of an intercepted datagram service: each client is asked about before anything of it goes on to the
// server, and has a socket of its own towards the server (DatagramClient). porterd decides, by the gate through which
// all clients go.
//
//   unknown ─a datagram─▶ asked ─may─▶ known ─silent for the idle time, or one of too many─▶ unknown
//                           └───may not─▶ refused ─a moment─▶ unknown
//
// Datagrams of the asked wait, a few of each; those of the refused are thrown away. While too many are asked about,
// datagrams stay in the socket. When there is nobody and nothing comes, the socket is given back, and porterd watches
// it.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "worker/datagram_client.h"

namespace porterd::worker {

/// Who asks porterd.
class InterceptOwner : public Owner {
 public:
  /// May `peer`, who sends to the socket of `id`, be served? DatagramIntercept::answer() is to be called.
  virtual void on_question(std::uint64_t id, std::uint32_t question, const base::Endpoint& peer) noexcept = 0;
  /// The client with this number is forgotten.
  virtual void on_client_end(std::uint64_t client, const Outcome& outcome) noexcept = 0;
};

class DatagramIntercept final : private DatagramClientOwner {
 public:
  struct Request {
    std::uint64_t id = 0;              ///< for the owner
    base::Fd socket;                   ///< bound
    base::SocketAddress server;        ///< the server's own socket, on a loopback address
    std::chrono::milliseconds idle{};  ///< how long a silent client is remembered
  };
  /// How many there may be at a time: clients, of whom the longest silent one makes place; questions; datagrams that
  /// wait for an answer to one.
  static constexpr std::size_t kMostClients = 4096;
  static constexpr std::size_t kMostAsked = 64;
  static constexpr std::size_t kMostWaiting = 4;
  /// How long a refused one is not asked about again, and how long nothing comes before the socket is given back; both
  /// give or take as much.
  static constexpr std::chrono::seconds kMoment{1};

  DatagramIntercept(event::Loop& loop, Request request, InterceptOwner& owner);
  DatagramIntercept(const DatagramIntercept&) = delete;
  DatagramIntercept& operator=(const DatagramIntercept&) = delete;
  ~DatagramIntercept() override = default;

  /// The answer to a question; `client` is its number, 0: it may not be served.
  void answer(std::uint32_t question, std::uint64_t client);
  /// No more clients are taken, and it ends when those that there are have been silent for a moment.
  void leave();

 private:
  struct Asked {
    std::uint32_t question = 0;
    base::SteadyTime since;
    DatagramOrigin origin;
    std::vector<std::string> waiting;
  };
  using Clients = std::list<DatagramClient>;  ///< the longest silent one first

  void on_readable();
  /// False when there is nothing more to read.
  [[nodiscard]] bool read_datagram();
  void take(const DatagramOrigin& origin, std::string_view bytes);
  void ask(const DatagramOrigin& origin, std::string_view bytes);
  void admit(const Asked& asked, std::uint64_t client);
  void forget(Clients::iterator client, Ending ending);
  bool on_answer(DatagramClient& client, std::string_view bytes) noexcept override;
  void on_moment();
  void forget_idle(base::SteadyTime now);

  event::Loop& loop_;
  std::uint64_t id_;
  base::Fd socket_;
  base::RawAddress server_;
  std::chrono::milliseconds idle_;
  InterceptOwner& owner_;
  Clients clients_;
  std::map<base::Endpoint, Clients::iterator> by_peer_;
  std::map<base::Endpoint, Asked> asked_;
  std::set<base::IpAddress> refused_;
  std::uint32_t questions_ = 0;
  bool is_leaving_ = false;
  base::SteadyTime last_came_;
  event::Watch reading_;
  event::Timer timer_;
};

}  // namespace porterd::worker
