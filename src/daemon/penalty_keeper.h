// SPDX-License-Identifier: Apache-2.0
//
// Hands penalties out, says so, takes them back when they are over, and keeps them over a restart. The list itself is
// in the tally that all gates look at.
#pragma once

#include <memory>
#include <string>

#include "admission/gate.h"
#include "admission/penalties.h"
#include "daemon/log_router.h"
#include "daemon/service_plan.h"
#include "event/loop.h"

namespace porterd::daemon {

class PenaltyKeeper {
 public:
  PenaltyKeeper(event::Loop& loop, LogRouter& log, std::shared_ptr<admission::GlobalTally> tally);
  PenaltyKeeper(const PenaltyKeeper&) = delete;
  PenaltyKeeper& operator=(const PenaltyKeeper&) = delete;
  ~PenaltyKeeper() = default;

  /// Where they are kept from now on; empty: nowhere. What the first file has comes back.
  void use_file(const std::string& path);
  /// `address` has connected to the sensor that `plan` is.
  void on_sensor(const ServicePlan& plan, const base::IpAddress& address);
  /// Writes what has changed, if something has: before we leave.
  void finish();

 private:
  void save();
  void scrub();
  void complain(const base::Error& error);
  [[nodiscard]] admission::Penalties& penalties() { return tally_->penalties; }

  LogRouter& log_;
  std::shared_ptr<admission::GlobalTally> tally_;
  std::string path_;
  event::Timer save_timer_;   ///< runs while there is something to save
  event::Timer scrub_timer_;  ///< runs while there is a penalty
  bool has_loaded_ = false;
  bool has_complained_ = false;  ///< about this file
  bool is_full_ = false;         ///< that was said
};

}  // namespace porterd::daemon
