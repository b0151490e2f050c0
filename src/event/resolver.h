// SPDX-License-Identifier: Apache-2.0
//
// Host names to addresses without blocking, by libevent's evdns: /etc/hosts first, then the name servers of
// resolv.conf. Both files are read by make() only, so that the process may be confined afterwards. An answer is kept
// for its time to live, at least kShortest and at most kLongest; when a later look-up fails, the old one is still used.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "event/loop.h"

namespace porterd::event {

/// Who asked.
class Resolved {
 public:
  Resolved() = default;
  Resolved(const Resolved&) = delete;
  Resolved& operator=(const Resolved&) = delete;
  /// Withdraws the question.
  virtual ~Resolved();
  /// All addresses of the name, IPv6 ones first; empty: there are none, or nobody answered.
  virtual void on_resolved(const std::vector<base::IpAddress>& addresses) noexcept = 0;

 private:
  friend class Resolver;
  class Question* question_ = nullptr;
};

class Resolver {
 public:
  /// Load time: reads `resolv_conf` and `hosts` (paths). Without name servers only `hosts` is known.
  [[nodiscard]] static base::Result<std::unique_ptr<Resolver>> make(Loop& loop,
                                                                    const std::string& resolv_conf = "/etc/resolv.conf",
                                                                    const std::string& hosts = "/etc/hosts");
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  /// Calls `resolved` once: from here when the answer is known, otherwise from the loop.
  void resolve(const std::string& host, Resolved& resolved);

  static constexpr std::chrono::seconds kShortest{5};
  static constexpr std::chrono::seconds kLongest{300};

 private:
  class Machine;
  explicit Resolver(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

}  // namespace porterd::event
