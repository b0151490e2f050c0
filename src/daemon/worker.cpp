// SPDX-License-Identifier: Apache-2.0
#include "daemon/worker.h"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>
#include <limits>

#include "base/enum_names.h"
#include "daemon/session_records.h"
#include "os/descriptors.h"
#include "os/process.h"
#include "os/socket.h"
#include "worker/outcome.h"
#include "worker/wire_endpoint.h"

namespace porterd::daemon {
namespace {

worker::WireEndpoint wire_of(const base::Endpoint& endpoint) {
  return {.address = endpoint.address.bytes,
          .scope = endpoint.address.scope,
          .port = endpoint.port,
          .is_ipv6 = endpoint.address.family == base::Family::ipv6 ? std::uint16_t{1} : std::uint16_t{0}};
}

template <std::size_t kSize>
std::string_view text_in(const std::array<char, kSize>& field, std::uint32_t length) {
  return {field.data(), std::min<std::size_t>(length, kSize)};
}

}  // namespace

std::expected<std::shared_ptr<Worker>, int> Worker::start(Machinery& machinery,
                                                          const std::shared_ptr<const ServicePlan>& plan,
                                                          std::chrono::milliseconds idle, WorkerOwner& owner) {
  auto pair = os::make_socket_pair(SOCK_SEQPACKET);
  if (!pair) return std::unexpected(pair.error().code.value());
  std::shared_ptr<Worker> worker(new Worker(machinery, os::move_high(std::move(pair->first)), idle, owner));
  spawn::LaunchRequest request{.plan = plan->spawn, .connection = std::move(pair->second), .facts = {}};
  request.error_stream = machinery.output.writing_end(*plan);
  const auto launched = machinery.launcher.launch(request);
  if (!launched) return std::unexpected(launched.error());
  worker->pid_ = launched->pid;
  machinery.sessions.add({.pid = launched->pid,
                          .report = launched->report,
                          .start = base::Steady::now(),
                          .peer = {},
                          .ticket = {},
                          .owner = worker,
                          .plan = plan});
  const std::array fields{log::number("pid", launched->pid)};
  machinery.log.message(base::Level::debug, "worker_started", {}, fields);
  return worker;
}

Worker::Worker(Machinery& machinery, base::Fd channel, std::chrono::milliseconds idle, WorkerOwner& owner)
    : machinery_(machinery),
      owner_(owner),
      channel_(std::move(channel), worker::reports()),
      watch_(machinery.loop, channel_.number(), event::callback<&Worker::on_reports>(*this)),
      silence_timer_(machinery.loop, event::callback<&Worker::on_silence>(*this)),
      idle_timer_(machinery.loop, event::callback<&Worker::leave>(*this)),
      idle_(idle) {
  watch_.arm();
}

std::expected<void, int> Worker::serve(const std::shared_ptr<const WorkerPlan>& plan, std::uint64_t connection,
                                       int socket) {
  if (const auto defined = define(plan); !defined) return defined;
  const auto sent = channel_.send(worker::Serve{.service = plan->number, .id = connection}, socket);
  if (!sent) return sent;
  sessions_.insert(connection);
  began_something();
  return {};
}

std::expected<void, int> Worker::identify(std::uint64_t id, const IdentLookups::Question& question) {
  constexpr std::int64_t kLongest = std::numeric_limits<std::uint32_t>::max();  // seven weeks
  const auto deadline = std::clamp<std::int64_t>(question.deadline.count(), 0, kLongest);
  const auto sent = channel_.send(worker::Identify{.deadline_ms = static_cast<std::uint32_t>(deadline),
                                                   .id = id,
                                                   .peer = wire_of(question.peer),
                                                   .local = wire_of(question.local)});
  if (!sent) return sent;
  lookups_.insert(id);
  began_something();
  return {};
}

void Worker::began_something() {
  idle_timer_.stop();
  ping();
}

std::expected<void, int> Worker::define(const std::shared_ptr<const WorkerPlan>& plan) {
  if (services_.contains(plan->number)) return {};
  forget_unused();
  const auto sent = channel_.send(worker::Define{.service = plan->number}, plan->facts.number());
  if (sent) services_.emplace(plan->number, plan);
  return sent;
}

void Worker::forget_unused() {
  for (auto entry = services_.begin(); entry != services_.end();) {
    const bool is_gone = entry->second.expired() && channel_.send(worker::Forget{.service = entry->first}).has_value();
    entry = is_gone ? services_.erase(entry) : std::next(entry);
  }
}

void Worker::ping() {
  if (silence_timer_.is_running() || !channel_.send(worker::Ping{.number = pings_ + 1})) return;
  ++pings_;
  silence_timer_.start(kPatience);
}

void Worker::stop(std::uint64_t id) {
  if (was_told_) return;  // nothing can be said to it any more
  if (!channel_.send(worker::Stop{.id = id})) on_silence();
}

void Worker::set_idle(std::chrono::milliseconds idle) {
  idle_ = idle;
  if (idle_timer_.is_running()) idle_timer_.start(idle_);
}

void Worker::leave() {
  is_leaving_ = was_told_ = true;
  channel_.finish();
}

void Worker::on_reports() {
  const auto self = weak_from_this().lock();  // it may be let go of while it reads
  [[maybe_unused]] const bool has_more = read_reports();
}

bool Worker::read_reports() {
  constexpr int kBatch = 256;  // the services must not wait for a worker that talks
  for (int count = 0; count < kBatch; ++count) {
    auto report = channel_.receive(state_);
    if (report && take(std::move(*report))) continue;
    if (!report && report.error() == worker::NoMessage::none) return false;
    watch_.disarm();
    is_leaving_ = true;  // it is on its way out
    if (report || report.error() == worker::NoMessage::nonsense)
      on_nonsense();
    else
      silence_timer_.start(kPatience);  // for its end
    return false;
  }
  return true;
}

bool Worker::take(worker::Incoming report) {
  switch (report.kind()) {
    case worker::Kind::ready:
      state_ = worker::State::serving;
      owner_.on_worker_ready(report.as<worker::Ready>().missing);
      return true;
    case worker::Kind::ended:
      return on_ended(report.as<worker::Ended>());
    case worker::Kind::selected:
      return on_selected(report.as<worker::Selected>(), std::move(report.descriptor));
    case worker::Kind::returned:
      return on_returned(report.as<worker::Returned>(), std::move(report.descriptor));
    case worker::Kind::identified:
      return on_identified(report.as<worker::Identified>());
    case worker::Kind::ask:
      return on_ask(report.as<worker::Ask>());
    case worker::Kind::pong:
      if (!silence_timer_.is_running() || report.as<worker::Pong>().number != pings_) return false;
      silence_timer_.stop();
      return true;
    default:
      return false;
  }
}

bool Worker::on_ended(const worker::Ended& ended) {
  if (ended.ending >= std::size(worker::kEndingNames) || !take_away(sessions_, ended.id)) return false;
  const auto ending = static_cast<worker::Ending>(ended.ending);
  machinery_.sessions.finish(ended.id, {.reason = ending == worker::Ending::done ? "" : base::name_of(ending),
                                        .error = ended.error,
                                        .bytes_in = ended.bytes_in,
                                        .bytes_out = ended.bytes_out});
  return true;
}

bool Worker::on_selected(const worker::Selected& selected, base::Fd socket) {
  const auto name = text_in(selected.name, selected.name_length);
  const auto* asked = session_of(selected.id);
  if (name.empty() || asked == nullptr || asked->is_preparing || !plan_of(*asked).is_tcpmux) return false;
  auto session = take_back(selected.id);
  if (!session) return false;
  session->owner->on_named(*session, std::move(socket), {.name = name, .bytes_in = selected.bytes_in});
  return true;
}

bool Worker::on_returned(const worker::Returned& returned, base::Fd socket) {
  const auto* prepared = session_of(returned.id);
  if (prepared == nullptr || !prepared->is_preparing) return false;
  auto session = take_back(returned.id);
  if (!session) return false;
  session->owner->on_given_back(*session, std::move(socket));
  return true;
}

bool Worker::on_identified(const worker::Identified& identified) {
  if (identified.failure > std::size(worker::kIdentFailureNames) || !take_away(lookups_, identified.id)) return false;
  Identity identity;
  if (identified.failure != 0) {
    identity.failure = worker::kIdentFailureNames[identified.failure - 1];
  } else {
    identity.user = {.system = std::string(text_in(identified.system, identified.system_length)),
                     .name = std::string(text_in(identified.name, identified.name_length))};
  }
  machinery_.idents.on_answer(identified.id, identity);
  return true;
}

bool Worker::take_away(std::unordered_set<std::uint64_t>& from, std::uint64_t id) {
  if (from.erase(id) == 0) return false;
  if (load() == 0 && !is_leaving_) idle_timer_.start(idle_);
  return true;
}

const session::Session* Worker::session_of(std::uint64_t connection) const {
  return sessions_.contains(connection) ? machinery_.sessions.find_handed_over(connection) : nullptr;
}

std::optional<session::Session> Worker::take_back(std::uint64_t connection) {
  return take_away(sessions_, connection) ? machinery_.sessions.take_back(connection) : std::nullopt;
}

bool Worker::on_ask(const worker::Ask& ask) {
  constexpr std::size_t kMostSessions = 65'536;  // whatever it asks, it does not fill our memory
  const auto* session = session_of(ask.id);
  if (session == nullptr || !plan_of(*session).inner || !plan_of(*session).is_datagram) return false;
  if (is_leaving_ || sessions_.size() >= kMostSessions) return true;  // it forgets questions by itself
  const auto client = session->owner->on_asked(*session, worker::endpoint_of(ask.peer));
  if (client != 0) sessions_.insert(client);
  if (channel_.send(worker::Answer{.question = ask.question, .id = ask.id, .client = client}) || client == 0)
    return true;
  sessions_.erase(client);
  machinery_.sessions.finish(client, {.reason = base::name_of(worker::Ending::too_late)});
  return true;
}

void Worker::on_silence() {
  const std::array fields{log::number("pid", pid_)};
  machinery_.log.message(base::Level::error, "worker_stuck", "it does not answer, and is killed", fields);
  kill();
}

void Worker::on_nonsense() {
  const std::array fields{log::number("pid", pid_)};
  machinery_.log.message(base::Level::error, "worker_nonsense", "it sent what it may not, and is killed", fields);
  kill();
}

void Worker::kill() {
  is_leaving_ = true;
  if (!is_reaped_) os::signal_process(pid_, SIGKILL);
}

void Worker::on_end(session::Session& session, const os::Ended& ended) noexcept {
  is_reaped_ = true;
  while (watch_.is_armed() && read_reports()) continue;  // what it said before its end counts
  watch_.disarm();
  silence_timer_.stop();
  idle_timer_.stop();
  const bool is_failure = !was_told_ || ended.wait_status != 0;
  if (is_failure) write_failure(session, ended);
  abandon_sessions(ended);
  owner_.on_worker_gone(*this, is_failure);
}

void Worker::write_failure(const session::Session& session, const os::Ended& ended) {
  const auto failure = machinery_.launcher.failure({.pid = pid_, .report = session.report});
  const auto& plan = plan_of(session);
  if (failure) return daemon::write_failure(machinery_.log, plan, session, *failure);
  const bool is_signalled = WIFSIGNALED(ended.wait_status);
  const std::array fields{log::number("pid", pid_),
                          log::number(is_signalled ? "signal" : "status",
                                      is_signalled ? WTERMSIG(ended.wait_status) : WEXITSTATUS(ended.wait_status)),
                          log::number("sessions", static_cast<std::int64_t>(sessions_.size()))};
  machinery_.log.message(base::Level::error, "worker_died", "its sessions are over; another one takes its place",
                         fields);
}

void Worker::abandon_sessions(const os::Ended& ended) {
  const bool was_terminated = WIFSIGNALED(ended.wait_status) && WTERMSIG(ended.wait_status) == SIGTERM;
  for (const auto connection : std::exchange(sessions_, {}))
    machinery_.sessions.finish(connection, {.reason = was_terminated ? "terminated" : "worker_died"});
  for (const auto id : std::exchange(lookups_, {})) machinery_.idents.on_answer(id, {.failure = "worker_died"});
}

}  // namespace porterd::daemon
