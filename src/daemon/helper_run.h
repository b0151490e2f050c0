// SPDX-License-Identifier: Apache-2.0
//
// One run of a program that does for porterd what may take its time: started like any server, it writes its answer to
// descriptor 1 and leaves. Nothing waits for it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/fd.h"
#include "config/config.h"
#include "daemon/machinery.h"
#include "event/loop.h"
#include "session/session.h"
#include "spawn/plan.h"

namespace porterd::daemon {

class HelperRun final : public session::Owner {
 public:
  /// Called once, unless the run is abandoned: all that was written, and whether it was all.
  using Done = std::function<void(const std::string& answer, bool is_whole)>;

  /// Starts what `service` describes. After `patience` it is killed, and what it has written by then is not all. Null
  /// when it cannot be started now.
  [[nodiscard]] static std::shared_ptr<HelperRun> start(Machinery& machinery, const spawn::Inheritance& inheritance,
                                                        const config::Service& service, std::chrono::seconds patience,
                                                        Done done);
  HelperRun(Machinery& machinery, base::Fd answer, std::string id, Done done);

  /// Ends it; nobody is to hear of it.
  void abandon();

  [[nodiscard]] std::string_view id() const override { return id_; }
  void on_end(session::Session& session, const os::Ended& ended) noexcept override;

 private:
  void on_readable();
  void kill();

  Machinery& machinery_;
  base::Fd answer_;
  std::string id_;
  Done done_;
  std::string text_;
  pid_t pid_ = 0;
  event::Watch watch_;
  event::Timer patience_;
};

}  // namespace porterd::daemon
