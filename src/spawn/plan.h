// SPDX-License-Identifier: Apache-2.0
//
// A service's launch, worked out when the configuration is read: path, arguments, constant environment, ids, groups and
// limits as the kernel takes them. Immutable; whoever launches from it keeps it alive until the child has left our
// memory.
#pragma once

#include <sys/resource.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "spawn/child.h"

namespace porterd::spawn {

/// What porterd itself is and was given; children differ from it where their plan says so.
struct Inheritance {
  uid_t uid = 0;
  gid_t gid = 0;
  bool can_change_user = false;  ///< to any: root, or CAP_SETUID and CAP_SETGID
  rlimit descriptors{};          ///< RLIMIT_NOFILE as we were started with, before we raised ours
  bool has_raised_descriptors = false;
  mode_t umask = 022;                  ///< ours
  char* const* environment = nullptr;  ///< for passenv and environment: inherit; environ(7)
};

/// Entries that a launch's environment may have beside the constant ones.
inline constexpr std::size_t kConnectionVariables = 16;
/// Constant entries that a plan may have.
inline constexpr std::size_t kPlanVariables = 500;

class Plan {
 public:
  /// Load time only: looks groups up.
  [[nodiscard]] static base::Result<std::shared_ptr<const Plan>> make(const config::Service& service,
                                                                      const Inheritance& inheritance);

  [[nodiscard]] const ChildPlan& child() const { return child_; }
  [[nodiscard]] std::span<char* const> environment() const { return {environment_}; }
  [[nodiscard]] const char* path() const { return child_.path; }
  [[nodiscard]] Layout layout() const { return layout_; }
  [[nodiscard]] config::ConnectionVariables connection_variables() const { return connection_variables_; }
  [[nodiscard]] const config::ErrorStream& error_stream() const { return error_stream_; }

  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  ~Plan() = default;

 private:
  Plan() = default;
  [[nodiscard]] base::Status add_strings(const config::Service& service, const Inheritance& inheritance);
  void add_limits(const config::Service& service, const Inheritance& inheritance);
  void add_credentials(const config::Service& service, const Inheritance& inheritance);

  std::string text_;  ///< all strings, each ended by NUL; never changed once pointers into it exist
  std::vector<char*> argv_;
  std::vector<char*> environment_;
  std::vector<KernelLimit> limits_;
  std::vector<gid_t> groups_;
  config::ErrorStream error_stream_;
  config::ConnectionVariables connection_variables_ = config::ConnectionVariables::all;
  ChildPlan child_;
  Layout layout_ = Layout::stdio;
};

}  // namespace porterd::spawn
