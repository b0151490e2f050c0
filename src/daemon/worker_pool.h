// SPDX-License-Identifier: Apache-2.0
//
// The porterd-workers that there are: started when somebody needs one, told to leave when nobody does. A connection
// goes to the one that has the fewest; while all are busy another one is started, up to `workers`. When one fails, the
// next start waits, longer each time, until one has worked for a while.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.h"
#include "daemon/machinery.h"
#include "daemon/service_plan.h"
#include "daemon/worker.h"
#include "event/loop.h"
#include "spawn/plan.h"

namespace porterd::daemon {

class WorkerPool final : public WorkerOwner {
 public:
  /// `available` is called when serve() may be tried again after it could not.
  WorkerPool(Machinery& machinery, const spawn::Inheritance& inheritance, event::Callback available);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() override;

  /// Load time: how workers are started from now on. Those that were started otherwise are told to leave.
  [[nodiscard]] base::Status configure(const config::Global& global);

  /// Hands `socket` over to a worker, which is returned as its pid; `socket` stays open here. Nothing: not now, and
  /// `available` will be called.
  [[nodiscard]] std::optional<pid_t> serve(const std::shared_ptr<const WorkerPlan>& plan, std::uint64_t connection,
                                           int socket);
  /// Has a worker ask an ident server for IdentLookups. False: not now, as above.
  [[nodiscard]] bool identify(std::uint64_t id, const IdentLookups::Question& question);
  /// Has a worker say the text of a plan whose role is `say` to a client that is not served, and close. No record; when
  /// no worker can do so now, or kMostSaid are being told something, the connection is closed without it.
  void say(const std::shared_ptr<const WorkerPlan>& plan, std::uint64_t connection, base::Fd socket);
  /// Ends a session or a look-up.
  void stop(std::uint64_t id);
  /// No connection will come any more, but from those that there are: they go when all is over.
  void finish();

  void on_worker_ready(std::uint32_t missing) noexcept override;
  void on_worker_gone(Worker& worker, bool is_failure) noexcept override;

 private:
  static constexpr std::uint64_t kMostSaid = 256;  ///< each has a socket and what its buffer holds

  void leave();
  [[nodiscard]] Worker* choose();
  [[nodiscard]] Worker* start();
  void try_again_after(std::chrono::milliseconds delay);
  void on_timer();

  Machinery& machinery_;
  const spawn::Inheritance& inheritance_;
  event::Callback available_;
  event::Timer timer_;  ///< runs while somebody waits for serve() to be possible again
  std::vector<std::shared_ptr<Worker>> workers_;
  config::Global global_;
  std::shared_ptr<const ServicePlan> plan_;  ///< the worker's own launch
  base::SteadyTime start_at_;                ///< no sooner, after a failure
  base::SteadyTime last_start_;
  std::chrono::milliseconds back_off_{0};
  std::uint32_t reported_missing_ = 0;
  std::shared_ptr<std::uint64_t> said_ = std::make_shared<std::uint64_t>(0);  ///< live sessions of say()
  bool is_finishing_ = false;
};

}  // namespace porterd::daemon
