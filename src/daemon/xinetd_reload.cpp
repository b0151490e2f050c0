// SPDX-License-Identifier: Apache-2.0
#include "daemon/xinetd_reload.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

namespace porterd::daemon {
namespace {

bool is_same(const config::Service& before, const config::Service& after) {
  return before.wait == after.wait && before.socket_type == after.socket_type && before.protocol == after.protocol &&
         before.listen == after.listen;
}

}  // namespace

std::vector<std::string> xinetd_reload_lines(const config::Config& before, const config::Config& after) {
  std::map<std::string_view, const config::Service*> now;
  for (const auto& service : after.services) now.emplace(service.id, &service);
  std::vector<std::string> lines{"Swapping defaults"};
  std::size_t kept = 0;
  for (const auto& service : before.services) {
    const auto found = now.find(service.id);
    const bool stays = found != now.end() && is_same(service, *found->second);
    if (stays) ++kept;
    lines.push_back(stays ? fmt::format("readjusting service {}", service.id)
                          : fmt::format("service {} deactivated", service.id));
  }
  lines.push_back(fmt::format("Reconfigured: new={} old={} dropped={} (services)", after.services.size() - kept, kept,
                              before.services.size() - kept));
  return lines;
}

}  // namespace porterd::daemon
