// SPDX-License-Identifier: Apache-2.0
//
// The gate: may this connection be served? It runs a service's checks in one fixed order (Reason's) and
// yields a Ticket or a Reason. Pure: time and load are parameters, nothing blocks, nothing is looked up.
//
// A Policy is the immutable part, made from the configuration at load time. A Tally is the counting part
// and belongs to the service: it lives on over reloads and as long as any ticket drawn from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>

#include "admission/access_list.h"
#include "admission/access_times.h"
#include "admission/penalties.h"
#include "admission/reason.h"
#include "admission/source_count.h"
#include "admission/source_rates.h"
#include "base/clock.h"
#include "base/peer.h"
#include "base/token_bucket.h"
#include "config/config.h"

namespace porterd::admission {

/// Who gets into one service: the checks with their limits, ready to be asked.
struct Policy {
  AccessList access;
  AccessTimes times;
  std::optional<std::uint32_t> instances;
  std::optional<config::SourceLimit> per_source;
  std::optional<config::ConnectionRate> cps;
  std::optional<config::ConnectionRate> cps_per_source;
  std::optional<double> max_load;
  bool is_sensor = false;
};

/// Load time only.
[[nodiscard]] Policy make_policy(const config::Service& service);

/// What all services share: live sessions of the whole daemon, and whom a sensor has caught.
struct GlobalTally {
  std::uint32_t sessions = 0;
  Penalties penalties;
  std::optional<std::uint32_t> max_sessions;
};

/// What one service counts. Shared by the service and the tickets drawn from it.
struct Tally {
  std::uint32_t sessions = 0;
  SourceCount sources;
  SourceRates source_rates;  ///< for cps_per_source
  base::TokenBucket rate;    ///< for cps, which belongs to the policy: a reload changes it and the bucket stays
  std::shared_ptr<GlobalTally> global;
};

/// The right to be served. While it lives, its instance and its source's place are taken; dropping it gives them
/// back. Nothing else ever decrements.
class [[nodiscard]] Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&& other) noexcept = default;
  Ticket& operator=(Ticket&& other) noexcept;
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() { give_back(); }
  [[nodiscard]] bool is_valid() const { return tally_ != nullptr; }

 private:
  friend class Gate;
  Ticket(std::shared_ptr<Tally> tally, std::optional<base::Prefix> source);
  void give_back() noexcept;

  std::shared_ptr<Tally> tally_;
  std::optional<base::Prefix> source_;  ///< set when per_source counts it
};

/// What the moment brings into a decision.
struct Circumstances {
  base::Moment now;
  double load = 0;  ///< 1-minute load average; looked at only when the policy has max_load
};

/// Asks. Cheap to make: two pointers.
class Gate {
 public:
  Gate(const Policy& policy, const std::shared_ptr<Tally>& tally) : policy_(policy), tally_(tally) {}

  /// Whether the service may accept now, by its connection rate with `excess: hold`: zero, or how long to wait.
  /// Does not take a token.
  [[nodiscard]] std::chrono::nanoseconds wait_for_rate(base::SteadyTime now) const;

  /// Decides about one connection, and takes its places if it may be served. A LocalPeer or an unknown peer passes the
  /// address checks (a UNIX socket has its mode for that) and is not counted by source.
  [[nodiscard]] std::expected<Ticket, Reason> admit(const base::Peer& peer, const Circumstances& circumstances);

 private:
  const Policy& policy_;
  const std::shared_ptr<Tally>& tally_;
};

}  // namespace porterd::admission
