// SPDX-License-Identifier: Apache-2.0
//
// A service at run time: its listeners, its counts, and what it does when somebody waits.
//
//               on_waiting ─▶ accept ─▶ admit ─▶ prepare ─▶ launch ─▶ Session ─▶ on_end        (wait: no)
//   listening ─┤
//               on_waiting ─▶ admit ─▶ launch with the listener ─▶ on_end                      (wait: yes)
//               on_waiting ─▶ the listener to a worker; on_asked ─▶ admit           (datagrams with intercept: yes)
//
//   listening ⇄ paused     a set of causes (Pause), each set and cleared by one event; listening when it is empty:
//     rate       cps is used up                         ─▶ the next token is there
//     disabled   cps exceeded with `excess: disable`    ─▶ its wait is over; the sockets are closed meanwhile
//     back_off   a wait server took nothing             ─▶ a delay that doubles
//     resources  out of descriptors, processes, memory  ─▶ a session has ended or a moment has passed
//     worker     no worker takes its connections now    ─▶ one does again
//     names      host names are being looked up first   ─▶ they are known, or that took too long
//     stopping   drained, removed by a reload, or the daemon stops
//
// A listener that a wait server holds is silent until that server has ended, paused or not.
// A service is degraded while one of its places could not be bound, which is tried again when the network changes, or
// while rpcbind does not know of it.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "admission/gate.h"
#include "base/address.h"
#include "daemon/machinery.h"
#include "daemon/rpc_registrar.h"
#include "daemon/service_plan.h"
#include "listen/listener.h"
#include "session/session.h"
#include "worker/ident.h"

namespace porterd::daemon {

struct Identity;

enum class Pause : std::uint8_t { rate, disabled, back_off, resources, worker, names, stopping };
inline constexpr std::string_view kPauseNames[] = {"rate",   "disabled", "back_off", "resources",
                                                   "worker", "names",    "stopping"};
constexpr std::span<const std::string_view> enum_names(Pause) { return kPauseNames; }

/// What a service has done since porterd started.
struct Counters {
  std::uint64_t started = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
};

class Service final : public listen::Owner, public session::Owner, public std::enable_shared_from_this<Service> {
 public:
  Service(Machinery& machinery, std::shared_ptr<const ServicePlan> plan);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service() override;

  [[nodiscard]] std::string_view id() const override { return plan_->id; }
  [[nodiscard]] const ServicePlan& plan() const { return *plan_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::uint32_t live_sessions() const { return tally_->sessions; }
  [[nodiscard]] std::string state() const;  ///< "listening", "degraded", or the causes of its pause joined by ','

  /// Takes a new plan over; live sessions keep the old one.
  void set_plan(std::shared_ptr<const ServicePlan> plan);
  /// Addresses for the host names in its access lists.
  void set_resolved(const admission::ResolvedNames& names);

  /// Gives all listeners away, for a reload to hand out anew.
  [[nodiscard]] std::vector<std::unique_ptr<listen::Listener>> take_listeners();
  /// The listener for one of its places.
  void add_listener(std::unique_ptr<listen::Listener> listener);
  /// Whether to say that a place cannot be bound.
  enum class Complaint : std::uint8_t { now, later };
  /// Binds every place that has no listener yet.
  void open_missing(Complaint complaint = Complaint::now);
  [[nodiscard]] std::size_t listener_count() const { return listeners_.size(); }
  /// For rpcbind: each version of its program at each of its sockets; none for a service that is not RPC.
  [[nodiscard]] RpcRegistrations rpc_registrations() const;
  /// Whether rpcbind knows all RPC services.
  void set_registered(bool is_registered) { is_unregistered_ = plan_->rpc && !is_registered; }
  /// The descriptors of its listeners.
  [[nodiscard]] std::vector<int> descriptors() const;
  /// The places that could not be bound, as text.
  [[nodiscard]] std::vector<std::string> missing() const;
  [[nodiscard]] bool is_degraded() const {
    return is_missing_ || is_unregistered_ || (inner_ && inner_->is_degraded());
  }

  void pause(Pause cause);
  void resume(Pause cause);
  [[nodiscard]] bool is_paused() const { return pauses_ != 0; }
  [[nodiscard]] bool is_paused(Pause cause) const { return (pauses_ & bit(cause)) != 0; }
  /// Ends the wait servers whose listener is not ours any more: they must take no more clients.
  void terminate_stray_servers();
  /// Whether a client was accepted that could not be served yet for want of a process or a worker.
  [[nodiscard]] bool has_held_client() const {
    const auto is_open = [](const auto& client) { return client.socket.is_open(); };
    return std::ranges::any_of(held_, is_open) || (inner_ && inner_->has_held_client());
  }

  /// porterd ends, and nobody will serve the clients that wait here: records say so.
  void give_up_held();

  void on_waiting(listen::Listener& listener) noexcept override;
  void on_end(session::Session& session, const os::Ended& ended) noexcept override;
  void on_finished(session::Session& session, const session::Finished& finished) noexcept override;
  void on_named(session::Session& session, base::Fd socket, const session::Naming& naming) noexcept override;
  void on_given_back(session::Session& session, base::Fd socket) noexcept override;
  [[nodiscard]] std::uint64_t on_asked(const session::Session& session, const base::Endpoint& peer) noexcept override;

 private:
  /// What a wait server was given, to see afterwards whether it took anything.
  struct WaitServer {
    pid_t pid = 0;                         ///< 0: a worker
    std::uint64_t connection = 0;          ///< of its session
    std::uint64_t listener = 0;            ///< its serial
    std::optional<os::DatagramHead> head;  ///< datagram: what waited
    std::uint32_t queued = 0;              ///< stream: how many waited
  };

  /// Who waited at a listener when it was last in doubt whether its server takes anybody.
  struct Queue {
    std::uint64_t listener = 0;  ///< its serial
    std::vector<std::uint64_t> waiting;
  };

  /// A client on its way to be served: accepted, or for a wait server waiting at the listener.
  struct Connection {
    base::Fd socket;
    base::Peer peer;
    std::optional<base::SocketAddress> local;
    std::uint64_t id = 0;
    admission::Ticket ticket;
    std::optional<WaitServer> wait;           ///< set: the listener is given instead of `socket`
    std::optional<worker::IdentUser> user{};  ///< whose it is, as far as it was asked for
    bool is_wrapped = false;                  ///< hosts.allow or hosts.deny has to be asked
    bool is_named = false;                    ///< it came by tcpmux
    bool is_identified = false;               ///< what has been done of the preparation
    bool is_greeted = false;
  };
  /// Where a part of the preparation has left the client.
  enum class Step : std::uint8_t {
    done,   ///< the next part may follow
    begun,  ///< it goes on by itself
    held,   ///< in `held_`
  };

  [[nodiscard]] bool accept_one(listen::Listener& listener);
  [[nodiscard]] bool may_take_more();
  [[nodiscard]] bool on_accept_error(int error);
  [[nodiscard]] bool serve(Connection connection);
  [[nodiscard]] bool launch(Connection& connection);
  [[nodiscard]] bool hand_over(Connection& connection);
  void begin(Connection& connection, session::Session session);
  void hold(Connection& connection);
  void serve_held();
  [[nodiscard]] bool admit(Connection& connection);
  [[nodiscard]] std::expected<void, admission::Reason> ask_gate(Connection& connection);
  [[nodiscard]] bool take_named(Connection& connection);
  void refuse(Connection& connection, admission::Reason reason, std::string_view detail = {});
  void say_farewell(Connection& connection);
  [[nodiscard]] Step identify(Connection& connection);
  [[nodiscard]] Step greet(Connection& connection);
  void hold_for_worker(Connection& connection);
  void on_identity(std::uint64_t id, const Identity& identity);
  [[nodiscard]] bool was_preparing(const session::Session& session, const session::Finished& finished);
  void log_user(const Connection& connection);
  void log_refused_user(Connection& connection);
  void serve_waiting(listen::Listener& listener);
  void replace(const listen::Listener& listener);
  void resolve_worker(const admission::ResolvedNames& names);
  void arrange_inner();
  void move_to(const std::shared_ptr<const ServicePlan>& plan);
  void find_ways();
  void close_inner();
  void close_inner_if_unused();
  void intercept(const listen::Listener& listener);
  [[nodiscard]] std::shared_ptr<const WorkerPlan> worker_plan(const base::SocketAddress& at) const;
  [[nodiscard]] bool is_held(const listen::Listener& listener) const;
  void release_listener(const session::Session& session, const os::Ended& ended);
  [[nodiscard]] std::optional<WaitServer> take_wait_server(const session::Session& session);
  [[nodiscard]] bool has_taken_something(int socket, const WaitServer& server, const session::Session& session,
                                         const os::Ended& ended);
  [[nodiscard]] bool has_queue_moved(int socket, std::uint64_t listener);
  [[nodiscard]] WaitServer look_at(const listen::Listener& listener) const;
  [[nodiscard]] listen::Listener* listener_with(std::uint64_t serial) const;
  void back_off(const os::Ended& ended);
  void back_off_refused();
  void pause_for(Pause cause, std::chrono::nanoseconds delay);
  void on_timer();
  void update_listeners();
  void disable_for(std::chrono::milliseconds wait);
  [[nodiscard]] std::optional<base::SocketAddress> local_address(const listen::Listener& listener, int socket) const;

  [[nodiscard]] const admission::Policy& policy() const { return resolved_ ? *resolved_ : plan_->policy; }
  [[nodiscard]] bool is_open(const listen::Point& point) const;
  [[nodiscard]] bool open_point(const listen::Point& point, Complaint complaint);
  [[nodiscard]] static constexpr std::uint8_t bit(Pause cause) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(cause));
  }

  Machinery& machinery_;
  std::shared_ptr<const ServicePlan> plan_;
  std::unique_ptr<const admission::Policy> resolved_;  ///< the plan's, with addresses for its host names
  std::shared_ptr<const WorkerPlan> resolved_worker_;  ///< the same of the plan's `worker`
  std::string resolved_facts_;                         ///< and what it was made from
  std::shared_ptr<admission::Tally> tally_;
  std::shared_ptr<Service> inner_;                         ///< of an intercepted service: that of its server
  std::array<std::shared_ptr<const WorkerPlan>, 2> ways_;  ///< how a worker gets there, by base::Family
  std::vector<std::unique_ptr<listen::Listener>> listeners_;
  std::vector<WaitServer> wait_servers_;
  std::vector<Queue> queues_;
  std::vector<Connection> held_;  ///< accepted and admitted when the machine ran out: served first when it can be
  std::unordered_map<std::uint64_t, Connection> preparing_;  ///< by id: a worker has something to find out or to say
  std::unique_ptr<event::Timer> timer_;                      ///< made when first needed
  std::chrono::milliseconds back_off_{0};
  Counters counters_;
  base::SteadyTime timed_until_;   ///< when timer_ fires
  std::uint8_t timed_pauses_ = 0;  ///< causes that timer_ clears
  std::uint8_t pauses_ = 0;
  bool is_missing_ = false;       ///< a place could not be bound
  bool has_complained_ = false;   ///< and that was said
  bool is_unregistered_ = false;  ///< rpcbind does not know it
};

}  // namespace porterd::daemon
