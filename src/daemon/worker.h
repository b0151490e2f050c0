// SPDX-License-Identifier: Apache-2.0
//
// A porterd-worker process as porterd sees it: what was handed over to it, what it reports, whether it still answers.
// Its messages are looked at one by one, and a worker that sends nonsense is killed. Whatever end it comes to, each of
// its sessions gets one.
//
//   starting ─ready─▶ serving ─leave()─▶ leaving ─all its sessions are over─▶ gone
//      └───────────────┴─── nonsense, no answer to a ping, a crash ──────────▶ gone
//
// What is handed over while it starts waits in the channel.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "daemon/ident_lookups.h"
#include "daemon/machinery.h"
#include "daemon/service_plan.h"
#include "event/loop.h"
#include "session/session.h"
#include "worker/channel.h"

namespace porterd::daemon {

class Worker;

/// Who started it.
class WorkerOwner {
 public:
  virtual ~WorkerOwner() = default;
  /// It takes orders; `missing` are the parts of its sandbox that it could not have (worker::SandboxPart).
  virtual void on_worker_ready(std::uint32_t missing) noexcept = 0;
  /// It has been reaped, and its sessions are over. `is_failure`: it did not leave as it was told to.
  virtual void on_worker_gone(Worker& worker, bool is_failure) noexcept = 0;
};

class Worker final : public session::Owner, public std::enable_shared_from_this<Worker> {
 public:
  /// Launches the process. The error is an errno; in that case nothing is left of it.
  [[nodiscard]] static std::expected<std::shared_ptr<Worker>, int> start(Machinery& machinery,
                                                                         const std::shared_ptr<const ServicePlan>& plan,
                                                                         std::chrono::milliseconds idle,
                                                                         WorkerOwner& owner);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() override = default;

  [[nodiscard]] std::string_view id() const override { return "porterd-worker"; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::size_t load() const { return sessions_.size() + lookups_.size(); }
  /// Whether more may be handed over to it.
  [[nodiscard]] bool is_open() const { return !is_leaving_; }

  /// Whether it is on its way out without having been told to leave.
  [[nodiscard]] bool has_failed() const { return is_leaving_ && !was_told_; }

  /// Hands `socket` over, which stays open here. The error is an errno: EAGAIN when it has to read first.
  [[nodiscard]] std::expected<void, int> serve(const std::shared_ptr<const WorkerPlan>& plan, std::uint64_t connection,
                                               int socket);
  /// Has it ask an ident server; the answer goes to IdentLookups. The error is as above.
  [[nodiscard]] std::expected<void, int> identify(std::uint64_t id, const IdentLookups::Question& question);
  /// Ends a session or a look-up; its end is reported all the same.
  void stop(std::uint64_t id);
  [[nodiscard]] bool has(std::uint64_t id) const { return sessions_.contains(id) || lookups_.contains(id); }
  /// How long it stays from now on when it has no sessions.
  void set_idle(std::chrono::milliseconds idle);
  /// Nothing more is handed over: it goes when all is over.
  void leave();

  void on_end(session::Session& session, const os::Ended& ended) noexcept override;

 private:
  Worker(Machinery& machinery, base::Fd channel, std::chrono::milliseconds idle, WorkerOwner& owner);
  [[nodiscard]] std::expected<void, int> define(const std::shared_ptr<const WorkerPlan>& plan);
  void forget_unused();
  void began_something();
  void ping();
  void on_reports();
  [[nodiscard]] bool read_reports();
  [[nodiscard]] bool take(worker::Incoming report);
  [[nodiscard]] bool on_ended(const worker::Ended& ended);
  [[nodiscard]] bool on_returned(const worker::Returned& returned, base::Fd socket);
  [[nodiscard]] bool on_identified(const worker::Identified& identified);
  [[nodiscard]] bool take_away(std::unordered_set<std::uint64_t>& from, std::uint64_t id);
  [[nodiscard]] bool on_selected(const worker::Selected& selected, base::Fd socket);
  [[nodiscard]] const session::Session* session_of(std::uint64_t connection) const;
  [[nodiscard]] std::optional<session::Session> take_back(std::uint64_t connection);
  [[nodiscard]] bool on_ask(const worker::Ask& ask);
  void on_silence();
  void on_nonsense();
  void kill();
  void abandon_sessions(const os::Ended& ended);
  void write_failure(const session::Session& session, const os::Ended& ended);

  static constexpr std::chrono::seconds kPatience{10};  ///< for the answer to a ping

  Machinery& machinery_;
  WorkerOwner& owner_;
  worker::Channel channel_;
  event::Watch watch_;
  event::Timer silence_timer_;  ///< runs while a ping is not answered
  event::Timer idle_timer_;     ///< runs while it has nothing to do
  std::chrono::milliseconds idle_;
  std::unordered_set<std::uint64_t> sessions_;                                   ///< connections
  std::unordered_set<std::uint64_t> lookups_;                                    ///< IdentLookups
  std::unordered_map<std::uint32_t, std::weak_ptr<const WorkerPlan>> services_;  ///< what it knows
  worker::State state_ = worker::State::starting;
  std::uint32_t pings_ = 0;
  pid_t pid_ = 0;
  bool is_leaving_ = false;
  bool was_told_ = false;  ///< to leave
  bool is_reaped_ = false;
};

}  // namespace porterd::daemon
