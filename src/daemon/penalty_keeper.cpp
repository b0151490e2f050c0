// SPDX-License-Identifier: Apache-2.0
#include "daemon/penalty_keeper.h"

#include <array>

#include "base/text.h"
#include "daemon/penalty_file.h"

namespace porterd::daemon {
namespace {

using namespace std::chrono_literals;
using admission::Penalties;

constexpr auto kSaveDelay = 1s;  // a scan hits many sensors at once
constexpr auto kScrubInterval = 60s;

// xinetd's sentence, which log watchers know.
std::string sentence(const base::IpAddress& address, std::chrono::milliseconds time) {
  const bool is_forever = time == config::kDenyForever;
  const auto minutes = is_forever ? -1 : std::chrono::ceil<std::chrono::minutes>(time).count();
  return "Adding " + address.text() + " to the global_no_access list for " + std::to_string(minutes) + " minutes";
}

}  // namespace

PenaltyKeeper::PenaltyKeeper(event::Loop& loop, LogRouter& log, std::shared_ptr<admission::GlobalTally> tally)
    : log_(log),
      tally_(std::move(tally)),
      save_timer_(loop, event::callback<&PenaltyKeeper::save>(*this)),
      scrub_timer_(loop, event::callback<&PenaltyKeeper::scrub>(*this)) {}

void PenaltyKeeper::use_file(const std::string& path) {
  if (path != path_) has_complained_ = false;
  path_ = path;
  if (std::exchange(has_loaded_, true) || path_.empty()) return;
  if (const auto loaded = load_penalties(path_, base::Wall::now(), penalties()); !loaded) complain(loaded.error());
  if (penalties().all().empty()) return;
  const std::array fields{log::number("sources", penalties().all().size())};
  log_.message(base::Level::notice, "penalties", "refused by all services, as before the restart", fields);
  scrub_timer_.start(kScrubInterval);
}

void PenaltyKeeper::on_sensor(const ServicePlan& plan, const base::IpAddress& address) {
  const auto time = plan.deny_time;
  if (time == config::kDenyNever) return;
  const auto end = time == config::kDenyForever ? Penalties::kForever : base::Wall::now() + time;
  const auto source = Penalties::source_of(address);
  const auto outcome = penalties().add(source, end);
  if (outcome == Penalties::Outcome::full) {
    if (!std::exchange(is_full_, true))
      log_.message(base::Level::error, "penalties", "the list is full: nobody else is added until some are over");
    return;
  }
  save_timer_.start(kSaveDelay);
  if (!scrub_timer_.is_running()) scrub_timer_.start(kScrubInterval);
  if (outcome == Penalties::Outcome::known) return;
  const std::string shown = source.text();
  const std::string until = time == config::kDenyForever ? "forever" : base::print_duration(time);
  const std::array fields{log::Field{.name = "source", .value = std::string_view(shown)},
                          log::Field{.name = "time", .value = std::string_view(until)}};
  log_.write(plan.log.destination, base::Level::warning,
             log::Message{.event = "penalty", .service = plan.id, .fields = fields, .text = sentence(address, time)});
}

void PenaltyKeeper::scrub() {
  const auto over = penalties().scrub(base::Wall::now());
  if (!penalties().all().empty()) scrub_timer_.start(kScrubInterval);
  if (over == 0) return;
  is_full_ = false;
  const std::array fields{log::number("over", over), log::number("sources", penalties().all().size())};
  log_.message(base::Level::info, "penalties", "some are over", fields);
  save_timer_.start(kSaveDelay);
}

void PenaltyKeeper::finish() {
  if (save_timer_.is_running()) save();
}

void PenaltyKeeper::save() {
  if (path_.empty()) return;
  if (const auto saved = save_penalties(path_, penalties()); !saved) complain(saved.error());
}

void PenaltyKeeper::complain(const base::Error& error) {
  if (!std::exchange(has_complained_, true))
    log_.message(base::Level::notice, "penalties", "not kept over a restart: " + error.text());
}

}  // namespace porterd::daemon
