// SPDX-License-Identifier: Apache-2.0
//
// Looks the host names of access lists up, off the loop: a process of its own, unprivileged, asks the C library
// (hosts(5), DNS, whatever nsswitch.conf says), writes the addresses to a pipe and leaves. Names that could not be
// looked up keep the addresses they had.
//
// The helper is porterd itself, called with --resolve; resolve_names() is what it runs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "admission/access_list.h"
#include "daemon/helper_run.h"
#include "daemon/machinery.h"
#include "event/loop.h"
#include "spawn/plan.h"

namespace porterd::daemon {

class NameResolver {
 public:
  /// `done` is called after each round with all that is known.
  NameResolver(Machinery& machinery, const spawn::Inheritance& inheritance, event::Callback done);
  NameResolver(const NameResolver&) = delete;
  NameResolver& operator=(const NameResolver&) = delete;
  ~NameResolver();

  /// The names to know from now on, looked up at once and then every `interval`. None: nothing is done.
  void watch(std::set<std::string> names, std::chrono::milliseconds interval);
  /// Nothing more is looked up, and a helper that still does is ended: nobody is to wait for it.
  void stop();
  /// Whether `name` is known, or its first look-up was asked for before.
  [[nodiscard]] bool has_asked_for(const std::string& name) const {
    return known_.contains(name) || names_.contains(name);
  }
  [[nodiscard]] const admission::ResolvedNames& known() const { return known_; }

 private:
  void begin();
  void finish(const std::string& text, bool is_whole);

  Machinery& machinery_;
  const spawn::Inheritance& inheritance_;
  event::Callback done_;
  std::set<std::string> names_;
  std::chrono::milliseconds interval_{0};
  admission::ResolvedNames known_;
  std::shared_ptr<HelperRun> round_;
  bool is_asked_again_ = false;  ///< other names were asked for while a round ran
  event::Timer timer_;
};

/// A process that looks names up, as a service for HelperRun: what it answers is for addresses_in(). It takes up to
/// kResolverPatience.
[[nodiscard]] config::Service resolver_service(const std::set<std::string>& names, uid_t our_uid);
inline constexpr std::chrono::seconds kResolverPatience{
    20};  ///< longer than the time-outs for one name, resolv.conf(5)
/// The addresses of those of `names` that have some.
[[nodiscard]] admission::ResolvedNames addresses_in(std::string_view answer, const std::set<std::string>& names);

/// The helper's side: looks each name up and writes lines "NAME ADDRESS ADDRESS…" to descriptor 1. Returns the exit
/// status.
[[nodiscard]] int resolve_names(const std::vector<std::string>& names);

}  // namespace porterd::daemon
