// SPDX-License-Identifier: Apache-2.0
#include "admission/gate.h"

#include <utility>

namespace porterd::admission {
namespace {

base::TokenRate rate_of(const config::ConnectionRate& cps) {
  return {.per_second = cps.rate, .burst = cps.burst, .seconds = static_cast<std::uint32_t>(cps.per.count())};
}

// The part of a service's sessions that `address` shares its limit with.
base::Prefix source_of(const base::IpAddress& address, const config::SourceLimit& limit) {
  return base::prefix_of(address, address.family == base::Family::ipv4 ? limit.ipv4_prefix : limit.ipv6_prefix);
}

std::optional<base::Prefix> counted_source(const Policy& policy, const base::Peer& peer) {
  const auto* endpoint = std::get_if<base::Endpoint>(&peer);
  if (endpoint == nullptr || !policy.per_source) return std::nullopt;
  return source_of(endpoint->address, *policy.per_source);
}

// A connection takes its token even if it is refused further on: the rate is that of connections, not of sessions.
std::optional<Reason> check_rate(const Policy& policy, Tally& tally, base::SteadyTime now) {
  if (!policy.cps || tally.rate.take(rate_of(*policy.cps), now)) return std::nullopt;
  return policy.cps->excess == config::Excess::hold ? std::nullopt : std::optional(Reason::cps);
}

std::optional<Reason> check_address(const Policy& policy, const Tally& tally, const base::Peer& peer,
                                    base::WallTime now) {
  if (policy.is_sensor) return Reason::sensor;
  const auto* endpoint = std::get_if<base::Endpoint>(&peer);
  if (endpoint == nullptr) return std::nullopt;
  if (tally.global && tally.global->penalties.contains(endpoint->address, now)) return Reason::penalty;
  switch (policy.access.verdict(endpoint->address)) {
    case Verdict::allowed:
      return std::nullopt;
    case Verdict::unresolved:
      return Reason::unresolved;
    case Verdict::refused:
      break;
  }
  return Reason::address;
}

// A source is what has a penalty together.
std::optional<Reason> check_source_rate(const Policy& policy, Tally& tally, const base::Peer& peer,
                                        base::SteadyTime now) {
  const auto* endpoint = std::get_if<base::Endpoint>(&peer);
  if (endpoint == nullptr || !policy.cps_per_source) return std::nullopt;
  const auto source = Penalties::source_of(endpoint->address);
  if (tally.source_rates.take(source, rate_of(*policy.cps_per_source), now)) return std::nullopt;
  return Reason::cps_per_source;
}

std::optional<Reason> check_counts(const Policy& policy, const Tally& tally,
                                   const std::optional<base::Prefix>& source) {
  if (tally.global && tally.global->max_sessions && tally.global->sessions >= *tally.global->max_sessions)
    return Reason::max_sessions;
  if (policy.instances && tally.sessions >= *policy.instances) return Reason::instances;
  if (source && tally.sources.count(*source) >= policy.per_source->limit) return Reason::per_source;
  return std::nullopt;
}

}  // namespace

Policy make_policy(const config::Service& service) {
  return {.access = AccessList(service.has_only_from ? &service.only_from : nullptr, service.no_access),
          .times = AccessTimes(service.access_times),
          .instances = service.instances,
          .per_source = service.per_source,
          .cps = service.cps,
          .cps_per_source = service.cps_per_source,
          .max_load = service.max_load,
          .is_sensor = service.sensor};
}

Ticket::Ticket(std::shared_ptr<Tally> tally, std::optional<base::Prefix> source)
    : tally_(std::move(tally)), source_(source) {
  if (source_) tally_->sources.add(*source_);
  ++tally_->sessions;
  if (tally_->global) ++tally_->global->sessions;
}

Ticket& Ticket::operator=(Ticket&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  tally_ = std::move(other.tally_);
  source_ = other.source_;
  return *this;
}

void Ticket::give_back() noexcept {
  if (!tally_) return;
  if (source_) tally_->sources.remove(*source_);
  --tally_->sessions;
  if (tally_->global) --tally_->global->sessions;
  tally_.reset();
}

std::chrono::nanoseconds Gate::wait_for_rate(base::SteadyTime now) const {
  const auto& cps = policy_.cps;
  if (!cps || cps->excess != config::Excess::hold) return std::chrono::nanoseconds(0);
  return tally_->rate.wait(rate_of(*cps), now);
}

std::expected<Ticket, Reason> Gate::admit(const base::Peer& peer, const Circumstances& circumstances) {
  if (const auto reason = check_rate(policy_, *tally_, circumstances.now.steady)) return std::unexpected(*reason);
  if (policy_.max_load && circumstances.load >= *policy_.max_load) return std::unexpected(Reason::load);
  if (!policy_.times.contains(circumstances.now.wall)) return std::unexpected(Reason::time);
  if (const auto reason = check_address(policy_, *tally_, peer, circumstances.now.wall))
    return std::unexpected(*reason);
  if (const auto reason = check_source_rate(policy_, *tally_, peer, circumstances.now.steady))
    return std::unexpected(*reason);
  const std::optional<base::Prefix> source = counted_source(policy_, peer);
  if (const auto reason = check_counts(policy_, *tally_, source)) return std::unexpected(*reason);
  return Ticket(tally_, source);
}

}  // namespace porterd::admission
