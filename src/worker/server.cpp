// SPDX-License-Identifier: Apache-2.0
#include "worker/server.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "os/socket.h"
#include "worker/farewell.h"
#include "worker/wire_endpoint.h"

namespace porterd::worker {
namespace {

/// The text of a sealed file, which other workers may read at the same time: its offset stays alone.
std::optional<std::string> read_whole(int file) {
  std::string text;
  std::array<char, 16384> chunk;
  for (;;) {
    const ssize_t bytes = ::pread(file, chunk.data(), chunk.size(), static_cast<off_t>(text.size()));
    if (bytes < 0) return std::nullopt;
    if (bytes == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(bytes));
  }
}

admission::AccessList access_of(const Facts& facts) {
  return {facts.has_only_from ? &facts.only_from : nullptr, facts.no_access};
}

/// Returns how much of `text` the field holds.
std::uint32_t put(std::span<char> field, std::string_view text) {
  const auto length = std::min(text.size(), field.size());
  std::copy_n(text.data(), length, field.data());
  return static_cast<std::uint32_t>(length);
}

}  // namespace

Server::Server(event::Loop& loop, event::Resolver* resolver, base::Fd channel, BuiltinFinder finder)
    : loop_(loop),
      resolver_(resolver),
      channel_(std::move(channel), orders()),
      find_builtin_(finder),
      outbox_(loop, channel_, event::callback<&Server::leave_if_done>(*this)),
      watch_(loop, channel_.number(), event::callback<&Server::on_orders>(*this)),
      leave_timer_(loop, event::callback<&Server::leave_if_done>(*this)) {}

Server::~Server() = default;

void Server::start(std::uint32_t missing) {
  outbox_.send(Ready{.missing = missing});
  watch_.arm();
}

void Server::on_orders() {
  constexpr int kBatch = 64;  // what is being served must not wait for all that is new
  for (int count = 0; count < kBatch; ++count) {
    auto order = channel_.receive(State::serving);
    if (order && take(std::move(*order))) continue;
    if (!order && order.error() == NoMessage::none) return;
    watch_.disarm();
    has_met_nonsense_ = order.has_value() || order.error() == NoMessage::nonsense;
    if (has_met_nonsense_) return loop_.stop();
    is_leaving_ = true;
    end_ports();
    return leave_if_done();
  }
}

bool Server::take(Incoming order) {
  switch (order.kind()) {
    case Kind::define:
      return define(order.as<Define>(), order.descriptor);
    case Kind::forget:
      return services_.erase(order.as<Forget>().service) == 1;
    case Kind::serve:
      return serve(order.as<Serve>(), std::move(order.descriptor));
    case Kind::stop:
      return stop(order.as<Stop>().id), true;
    case Kind::identify:
      return identify(order.as<Identify>());
    case Kind::answer:
      return answer(order.as<Answer>()), true;
    case Kind::ping:
      return outbox_.send(Pong{.number = order.as<Ping>().number}), true;
    default:
      return false;
  }
}

bool Server::define(const Define& order, const base::Fd& file) {
  const auto text = read_whole(file.number());
  auto facts = text ? read_facts(*text) : std::nullopt;
  return facts && services_.emplace(order.service, std::make_shared<const Facts>(std::move(*facts))).second;
}

bool Server::serve(const Serve& order, base::Fd socket) {
  const auto service = services_.find(order.service);
  if (service == services_.end()) return false;
  const auto [place, is_new] = sessions_.try_emplace(order.id, Session{.facts = service->second});
  return is_new && begin(order.id, place->second, std::move(socket));
}

bool Server::begin(std::uint64_t id, Session& session, base::Fd socket) {
  switch (session.facts->role) {
    case Role::builtin:
      return begin_builtin(id, session, std::move(socket));
    case Role::relay:
      begin_relay(id, session, std::move(socket));
      return true;
    case Role::tcpmux:
      session.work = std::make_unique<TcpmuxReader>(loop_, id, std::move(socket), session.facts->deadline, *this);
      return true;
    case Role::say:
    case Role::greet:
      begin_text(id, session, std::move(socket));
      return true;
    case Role::intercept:
      return begin_intercept(id, session, std::move(socket));
  }
  return false;
}

bool Server::begin_builtin(std::uint64_t id, Session& session, base::Fd socket) {
  const auto& facts = *session.facts;
  const auto* row = find_builtin_(facts.builtin);
  if (row == nullptr) return false;
  if (facts.is_datagram) {
    if (row->make_datagram == nullptr) return false;
    DatagramService service{
        .builtin = row->make_datagram(facts.settings), .access = access_of(facts), .idle = facts.idle_timeout};
    session.work = std::make_unique<DatagramSession>(loop_, id, std::move(socket), std::move(service), *this);
    return true;
  }
  if (row->make_stream == nullptr) return false;
  begin_stream(id, session, std::move(socket), row->make_stream(facts.settings));
  return true;
}

void Server::begin_stream(std::uint64_t id, Session& session, base::Fd socket, std::unique_ptr<StreamBuiltin> builtin) {
  session.work = std::make_unique<StreamSession>(loop_,
                                                 StreamSession::Request{.id = id,
                                                                        .socket = std::move(socket),
                                                                        .builtin = std::move(builtin),
                                                                        .idle_timeout = session.facts->idle_timeout},
                                                 *this);
}

void Server::begin_text(std::uint64_t id, Session& session, base::Fd socket) {
  session.work = std::make_unique<TextSender>(
      loop_,
      TextSender::Request{.id = id,
                          .socket = std::move(socket),
                          .text = std::shared_ptr<const std::string>(session.facts, &session.facts->text),
                          .deadline = session.facts->deadline},
      *this);
}

void Server::begin_relay(std::uint64_t id, Session& session, base::Fd socket) {
  const auto peer = os::peer_address(socket.number());
  const auto local = os::local_address(socket.number());
  session.work = std::make_unique<Relay>(
      RelayParts{.loop = loop_, .resolver = *resolver_, .pipes = pipes_, .dead = dead_targets_},
      Relay::Request{.id = id,
                     .client = std::move(socket),
                     .peer = peer ? *peer : base::SocketAddress(),
                     .local = local ? *local : base::SocketAddress(),
                     .plan = std::shared_ptr<const RelayPlan>(session.facts, &session.facts->relay)},
      *this);
}

bool Server::begin_intercept(std::uint64_t id, Session& session, base::Fd socket) {
  const auto& targets = session.facts->relay.targets;
  const auto* server = targets.size() == 1 ? std::get_if<base::SocketAddress>(&targets.front()) : nullptr;
  if (server == nullptr || !std::holds_alternative<base::Endpoint>(*server)) return false;
  session.work = std::make_unique<DatagramIntercept>(
      loop_,
      DatagramIntercept::Request{
          .id = id, .socket = std::move(socket), .server = *server, .idle = session.facts->idle_timeout},
      *this);
  return true;
}

void Server::answer(const Answer& order) {
  const auto found = sessions_.find(order.id);
  auto* const work =
      found == sessions_.end() ? nullptr : std::get_if<std::unique_ptr<DatagramIntercept>>(&found->second.work);
  if (work != nullptr) return (*work)->answer(order.question, order.client);
  if (order.client != 0) on_client_end(order.client, {.ending = Ending::stopped});  // its socket went meanwhile
}

bool Server::identify(const Identify& order) {
  const auto [place, is_new] = sessions_.try_emplace(order.id);
  if (!is_new) return false;
  place->second.work =
      std::make_unique<IdentClient>(loop_,
                                    IdentClient::Request{.id = order.id,
                                                         .peer = endpoint_of(order.peer),
                                                         .local = endpoint_of(order.local),
                                                         .deadline = std::chrono::milliseconds(order.deadline_ms)},
                                    *this);
  return true;
}

void Server::stop(std::uint64_t id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const auto& work = found->second.work;
  if (std::holds_alternative<std::unique_ptr<IdentClient>>(work))
    return on_ident(id, std::unexpected(IdentFailure::too_late));
  Outcome outcome;
  if (const auto* stream = std::get_if<std::unique_ptr<StreamSession>>(&work)) outcome = (*stream)->so_far();
  if (const auto* relay = std::get_if<std::unique_ptr<Relay>>(&work)) outcome = (*relay)->so_far();
  if (const auto* port = std::get_if<std::unique_ptr<DatagramSession>>(&work)) outcome = (*port)->so_far();
  if (const auto* sender = std::get_if<std::unique_ptr<TextSender>>(&work)) outcome = (*sender)->so_far();
  if (const auto* clients = std::get_if<std::unique_ptr<DatagramIntercept>>(&work)) return (*clients)->leave();
  outcome.ending = Ending::stopped;
  on_end(id, outcome);
}

void Server::end_ports() {
  std::vector<std::uint64_t> ports;
  for (const auto& [id, session] : sessions_) {
    if (std::holds_alternative<std::unique_ptr<DatagramSession>>(session.work)) ports.push_back(id);
    if (const auto* clients = std::get_if<std::unique_ptr<DatagramIntercept>>(&session.work)) (*clients)->leave();
  }
  for (const auto id : ports) stop(id);
}

void Server::on_end(std::uint64_t id, const Outcome& outcome) noexcept {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const auto* relay = std::get_if<std::unique_ptr<Relay>>(&found->second.work);
  const auto target = relay != nullptr ? static_cast<std::uint32_t>((*relay)->target()) : 0;
  sessions_.erase(found);
  report_end(id, outcome, target);
}

void Server::report_end(std::uint64_t id, const Outcome& outcome, std::uint32_t target) {
  outbox_.send(Ended{.ending = static_cast<std::uint32_t>(outcome.ending),
                     .id = id,
                     .bytes_in = outcome.bytes_in,
                     .bytes_out = outcome.bytes_out,
                     .error = outcome.error,
                     .target = target});
  leave_soon();
}

void Server::leave_soon() {
  if (is_leaving_) leave_timer_.start(std::chrono::milliseconds(0));
}

void Server::on_question(std::uint64_t id, std::uint32_t question, const base::Endpoint& peer) noexcept {
  outbox_.send(Ask{.question = question, .id = id, .peer = wire_endpoint(peer)});
}

void Server::on_client_end(std::uint64_t client, const Outcome& outcome) noexcept { report_end(client, outcome, 0); }

void Server::on_name(std::uint64_t id, base::Fd socket, std::string name, std::uint64_t bytes_in) noexcept {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  if (name == "help") return begin_stream(id, session, std::move(socket), make_farewell(session.facts->text));
  sessions_.erase(found);
  Selected selected{.id = id, .bytes_in = bytes_in};
  selected.name_length = put(selected.name, name);
  outbox_.send(selected, std::move(socket));
  leave_soon();
}

void Server::on_no_name(std::uint64_t id, const Outcome& outcome) noexcept { on_end(id, outcome); }

void Server::on_sent(std::uint64_t id, base::Fd socket, std::uint64_t bytes_out) noexcept {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  // Who goes away now still finds a proper end.
  if (session.facts->role == Role::say) return begin_stream(id, session, std::move(socket), make_farewell({}));
  sessions_.erase(found);
  outbox_.send(Returned{.id = id, .bytes_out = bytes_out}, std::move(socket));
  leave_soon();
}

void Server::on_not_sent(std::uint64_t id, const Outcome& outcome) noexcept { on_end(id, outcome); }

void Server::on_ident(std::uint64_t id, const IdentReply& reply) noexcept {
  sessions_.erase(id);
  Identified identified{.id = id};
  if (reply) {
    identified.name_length = put(identified.name, reply->name);
    identified.system_length = put(identified.system, reply->system);
  } else {
    identified.failure = 1 + static_cast<std::uint32_t>(reply.error());
  }
  outbox_.send(identified);
  leave_soon();
}

void Server::leave_if_done() {
  if (is_leaving_ && sessions_.empty() && outbox_.is_empty()) loop_.stop();
}

}  // namespace porterd::worker
