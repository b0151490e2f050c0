// SPDX-License-Identifier: Apache-2.0
//
// porterd-worker's side of the channel: takes orders, serves what is handed over, reports what is over. Everything that
// reads what clients send is a session here, each of a kind of its own:
//
//   Role::builtin   StreamSession, or DatagramSession for a datagram socket
//   Role::relay     Relay
//   Role::tcpmux    TcpmuxReader, whose socket goes back
//   Role::say       TextSender, then StreamSession with an empty farewell
//   Role::greet     TextSender, whose socket goes back
//   Role::intercept DatagramIntercept, which asks porterd about each client
//   identify        IdentClient
//
// Nonsense from porterd ends the process. When porterd sends no more, it leaves as soon as all sessions are over.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "event/loop.h"
#include "event/resolver.h"
#include "worker/channel.h"
#include "worker/datagram_intercept.h"
#include "worker/datagram_session.h"
#include "worker/facts.h"
#include "worker/ident_client.h"
#include "worker/outbox.h"
#include "worker/outcome.h"
#include "worker/pipe_pool.h"
#include "worker/relay.h"
#include "worker/stream_session.h"
#include "worker/tcpmux_reader.h"
#include "worker/text_sender.h"

namespace porterd::worker {

/// Where the server finds built-ins: find_builtin(), but for tests.
using BuiltinFinder = const BuiltinRow* (*)(std::string_view name);

class Server final : public InterceptOwner, public TcpmuxOwner, public TextSenderOwner, public IdentOwner {
 public:
  Server(event::Loop& loop, event::Resolver* resolver, base::Fd channel, BuiltinFinder finder);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() override;

  /// Says that the worker is ready, without the `missing` parts of its sandbox, and takes orders from then on.
  void start(std::uint32_t missing);
  /// What came was not permitted: the loop has been stopped for that.
  [[nodiscard]] bool has_met_nonsense() const { return has_met_nonsense_; }

  void on_end(std::uint64_t id, const Outcome& outcome) noexcept override;
  void on_question(std::uint64_t id, std::uint32_t question, const base::Endpoint& peer) noexcept override;
  void on_client_end(std::uint64_t client, const Outcome& outcome) noexcept override;
  void on_name(std::uint64_t id, base::Fd socket, std::string name, std::uint64_t bytes_in) noexcept override;
  void on_no_name(std::uint64_t id, const Outcome& outcome) noexcept override;
  void on_sent(std::uint64_t id, base::Fd socket, std::uint64_t bytes_out) noexcept override;
  void on_not_sent(std::uint64_t id, const Outcome& outcome) noexcept override;
  void on_ident(std::uint64_t id, const IdentReply& reply) noexcept override;

 private:
  struct Session {
    std::shared_ptr<const Facts> facts;  ///< null: an ident lookup
    std::variant<std::monostate, std::unique_ptr<StreamSession>, std::unique_ptr<DatagramSession>,
                 std::unique_ptr<Relay>, std::unique_ptr<TcpmuxReader>, std::unique_ptr<TextSender>,
                 std::unique_ptr<IdentClient>, std::unique_ptr<DatagramIntercept>>
        work{};
  };

  void on_orders();
  [[nodiscard]] bool take(Incoming order);
  [[nodiscard]] bool define(const Define& order, const base::Fd& file);
  [[nodiscard]] bool serve(const Serve& order, base::Fd socket);
  [[nodiscard]] bool begin(std::uint64_t id, Session& session, base::Fd socket);
  [[nodiscard]] bool begin_builtin(std::uint64_t id, Session& session, base::Fd socket);
  void begin_stream(std::uint64_t id, Session& session, base::Fd socket, std::unique_ptr<StreamBuiltin> builtin);
  void begin_text(std::uint64_t id, Session& session, base::Fd socket);
  void begin_relay(std::uint64_t id, Session& session, base::Fd socket);
  [[nodiscard]] bool begin_intercept(std::uint64_t id, Session& session, base::Fd socket);
  [[nodiscard]] bool identify(const Identify& order);
  void answer(const Answer& order);
  void stop(std::uint64_t id);
  void end_ports();
  void leave_soon();
  void report_end(std::uint64_t id, const Outcome& outcome, std::uint32_t target);
  void leave_if_done();

  event::Loop& loop_;
  event::Resolver* resolver_;  ///< null: targets have no names, only addresses
  Channel channel_;
  BuiltinFinder find_builtin_;
  Outbox outbox_;
  event::Watch watch_;
  event::Timer leave_timer_;  ///< so that no session is in the middle of something when the loop ends
  PipePool pipes_;
  DeadTargets<RelayTarget> dead_targets_;
  std::unordered_map<std::uint32_t, std::shared_ptr<const Facts>> services_;
  std::unordered_map<std::uint64_t, Session> sessions_;
  bool is_leaving_ = false;
  bool has_met_nonsense_ = false;
};

}  // namespace porterd::worker
