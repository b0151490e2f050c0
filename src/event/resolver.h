// SPDX-License-Identifier: Apache-2.0
//
// Host names to addresses without blocking, by libevent's evdns: /etc/hosts first, then the name servers of
// resolv.conf. Both files are read by make() only, so that the process may be confined afterwards. An answer is used
// for kFresh; when nobody answers later on, the old one is still used.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "event/loop.h"

namespace porterd::event {

class Resolver;

/// Who asks a Resolver; it must not outlive it.
class Resolved {
 public:
  Resolved() = default;
  Resolved(const Resolved&) = delete;
  Resolved& operator=(const Resolved&) = delete;
  /// Withdraws the question.
  virtual ~Resolved() { withdraw(); }
  /// All addresses of the name, IPv6 ones first; empty: there are none, or nobody answered.
  virtual void on_resolved(const std::vector<base::IpAddress>& addresses) noexcept = 0;
  /// The answer is not wanted any more. Without a question it does nothing.
  void withdraw();

 private:
  friend class Resolver;
  Resolver* asked_ = nullptr;
  std::string host_;
};

class Resolver {
 public:
  /// Load time: reads `resolv_conf` and `hosts` (paths). Without the first, a name server of this machine is asked.
  [[nodiscard]] static base::Result<std::unique_ptr<Resolver>> make(Loop& loop,
                                                                    const std::string& resolv_conf = "/etc/resolv.conf",
                                                                    const std::string& hosts = "/etc/hosts");
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  /// Calls `resolved` once: from here when the answer is known, otherwise from the loop. One question at a time.
  void resolve(const std::string& host, Resolved& resolved);

  static constexpr std::chrono::seconds kFresh{30};  ///< how long an answer is used
  static constexpr std::chrono::seconds kRetry{5};   ///< when there was none, how long until the next look-up

 private:
  friend class Resolved;
  class Machine;
  Resolver();
  std::unique_ptr<Machine> machine_;
};

}  // namespace porterd::event
