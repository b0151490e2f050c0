// SPDX-License-Identifier: Apache-2.0
//
// Starts servers without waiting for them: clone(CLONE_VM) on a slot's stack, going on at once. With many descriptors
// open the table is shared with the child (CLONE_FILES), which detaches the few low ones it needs, so that a launch
// costs the same however many listeners there are; the connection is then closed here when the child has said so.
//
//   launch() ──▶ Launched{pid, report} ──▶ … reaped … ──▶ failure(report)
//
// `fork` makes children the classic way: for sanitizers, for architectures without raw_syscall.h, as a fallback.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>

#include "base/fd.h"
#include "base/result.h"
#include "config/config.h"
#include "spawn/environment.h"
#include "spawn/plan.h"
#include "spawn/slots.h"

namespace porterd::spawn {

/// What a launch is made from.
struct LaunchRequest {
  std::shared_ptr<const Plan> plan;
  base::Fd connection;    ///< closed here as soon as the child has its own
  int listener = -1;      ///< wait service: given instead of a connection, stays open here
  int error_stream = -1;  ///< for `stderr: log` and `stderr: file`: what to write to, stays open here; -1: /dev/null
  ConnectionFacts facts;
};

struct Launched {
  pid_t pid = 0;
  Reports::Number report = 0;
};

/// A step that failed in the child.
struct Failure {
  Stage stage = Stage::none;
  int error = 0;
};

class Launcher {
 public:
  /// `fork` is taken for `clone` where clone is not possible.
  [[nodiscard]] static base::Result<std::unique_ptr<Launcher>> make(config::LaunchMethod method);

  /// Starts a server. The error is an errno: EAGAIN, ENOMEM when the machine is out of processes or memory, in which
  /// case `request.connection` is still open.
  [[nodiscard]] std::expected<Launched, int> launch(LaunchRequest& request);

  /// After the child was reaped: what failed before exec, if something did. Gives the report back.
  [[nodiscard]] std::optional<Failure> failure(const Launched& launched);

  /// Before we leave: lets the children that are on their way take what they need of us, which takes a moment.
  void settle();

  /// Says about how many descriptors are open, so that the cheaper way is taken.
  void set_open_descriptors(std::size_t count) { shares_table_ = count > kManyDescriptors; }
  void set_method(config::LaunchMethod method);

  /// Readable when a child has detached from the shared table; call close_detached() then.
  [[nodiscard]] int wake_descriptor() const { return wake_.number(); }
  void close_detached();

 private:
  Launcher(base::Fd wake, base::Fd null);
  void fill(Slot& slot, const LaunchRequest& request, Reports::Number report);
  [[nodiscard]] std::expected<pid_t, int> start(Slot& slot);
  [[nodiscard]] std::expected<pid_t, int> start_by_fork(Slot& slot);
  void close_when_detached(Slot& slot, LaunchRequest& request);
  [[nodiscard]] int error_stream(const LaunchRequest& request, int socket) const;
  [[nodiscard]] bool can_share_table(const ChildLaunch& launch) const;

  /// Copying a table of this many costs about what sharing costs; beyond, sharing wins.
  static constexpr std::size_t kManyDescriptors = 256;
  base::Fd wake_;
  base::Fd null_;  ///< /dev/null
  Slots slots_;
  Reports reports_;
  config::LaunchMethod method_ = config::LaunchMethod::clone;
  bool shares_table_ = false;
};

}  // namespace porterd::spawn
