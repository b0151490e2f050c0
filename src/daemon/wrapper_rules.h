// SPDX-License-Identifier: Apache-2.0
//
// Whether hosts.allow or hosts.deny has any rule. While there is none, services that ask these files are started
// directly, as the answer is known; what the rules mean is porterd-tcpd's business.
#pragma once

#include <sys/stat.h>

#include <array>
#include <string_view>

namespace porterd::daemon {

/// Whether a text in the form of hosts_access(5) has anything but comments.
[[nodiscard]] bool has_wrapper_rule(std::string_view text);

class WrapperRules {
 public:
  /// True also when a file cannot be read: who asks then will know. Costs a stat(2) for each file; they are read again
  /// when they have changed.
  [[nodiscard]] bool exist();

 private:
  struct File {
    const char* path;
    struct stat status{};  ///< when it was read; all zero: it was not there
    bool has_rule = false;
  };
  static void look_at(File& file);

  std::array<File, 2> files_{{{.path = "/etc/hosts.allow"}, {.path = "/etc/hosts.deny"}}};
};

}  // namespace porterd::daemon
