// SPDX-License-Identifier: Apache-2.0
#include "daemon/output_router.h"

#include <array>

#include "os/process.h"

namespace porterd::daemon {
namespace {

/// Lines that one session may write: a stack trace at once, and a chatty server for good.
constexpr base::TokenRate kLineRate{.per_second = 20, .burst = 200};

bool writes_to_log(const ServicePlan& plan) {
  return plan.spawn && plan.spawn->error_stream().kind == config::ErrorStream::Kind::log;
}

}  // namespace

OutputRouter::OutputRouter(event::Loop& loop, LogRouter& log, session::SessionTable& sessions)
    : loop_(loop), log_(log), sessions_(sessions), strangers_(kLineRate) {}

base::Status OutputRouter::prepare(const ServicePlan& plan) {
  if (!writes_to_log(plan) || channels_.contains(plan.uid)) return {};
  PORTERD_TRY_ASSIGN(auto channel, session::OutputChannel::open(loop_, *this));
  channels_.emplace(plan.uid, std::move(channel));
  return {};
}

session::OutputChannel* OutputRouter::channel_for(const ServicePlan& plan) const {
  if (!writes_to_log(plan)) return nullptr;
  const auto found = channels_.find(plan.uid);
  return found == channels_.end() ? nullptr : found->second.get();
}

int OutputRouter::writing_end(const ServicePlan& plan) const {
  const auto* channel = channel_for(plan);
  return channel == nullptr ? -1 : channel->writing_end();
}

void OutputRouter::finish(const ServicePlan& plan, pid_t server) {
  if (auto* channel = channel_for(plan)) channel->finish(server);
  const auto found = writers_.find(server);
  if (found == writers_.end()) return;
  if (const auto* session = sessions_.find(server)) report_lost(session, found->second);
  writers_.erase(found);
}

session::Session* OutputRouter::session_of(pid_t writer) {
  if (auto* session = sessions_.find(writer)) return session;
  // A server leads its own session (setsid(2)), so its children name it, as long as they live.
  const auto leader = os::session_of(writer);
  return leader ? sessions_.find(*leader) : nullptr;
}

void OutputRouter::on_line(pid_t writer, std::string_view line, std::size_t cut) noexcept {
  log::ServerOutput output{.service = {}, .id = 0, .pid = writer, .line = line, .cut = cut};
  auto* const session = session_of(writer);
  if (!admits(session)) return;
  if (session != nullptr) {
    output.service = session->owner->id();
    output.id = session->connection_id;
  }
  const Destination destination = session != nullptr ? plan_of(*session).log.destination : Destination{};
  log_.write(destination, base::Level::info, output);
}

bool OutputRouter::admits(const session::Session* session) {
  auto& limit = session != nullptr ? writers_.try_emplace(session->pid, kLineRate).first->second : strangers_;
  if (!limit.admits(base::Steady::now())) return false;
  report_lost(session, limit);
  return true;
}

void OutputRouter::report_lost(const session::Session* session, log::OutputLimit& limit) {
  const std::int64_t lost = limit.take_lost();
  if (lost == 0) return;
  const log::Field lines{.name = "lines", .value = lost};
  if (session == nullptr) return log_.message(base::Level::warning, "output_lost", {}, {&lines, 1});
  const std::array fields{log::Field{.name = "pid", .value = std::int64_t{session->pid}}, lines};
  log_.write(plan_of(*session).log.destination, base::Level::warning,
             log::Message{.event = "output_lost", .service = session->owner->id(), .fields = fields, .text = {}});
}

}  // namespace porterd::daemon
