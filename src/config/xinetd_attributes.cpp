// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_attributes.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "config/xinetd_limits.h"
#include "config/xinetd_log_values.h"

namespace porterd::config {
namespace {

constexpr int kAny = XinetdAttribute::kAny;
constexpr int kSet = XinetdAttribute::kSet;
constexpr auto kService = XinetdPlace::service;
constexpr auto kDefaults = XinetdPlace::defaults;
constexpr auto kBoth = XinetdPlace::both;

constexpr XinetdAttribute kRows[] = {
    {"id", 1, kService, &read_xinetd_word, "id"},
    {"type", kAny, kService, &read_xinetd_types},
    {"flags", kAny, kService, &read_xinetd_flags},
    {"disable", 1, kService, &read_xinetd_yes_no},
    {"disabled", kSet, kDefaults, &read_xinetd_words},
    {"enabled", kSet, kDefaults, &read_xinetd_words},
    {"socket_type", 1, kService, &read_xinetd_socket_type},
    {"protocol", 1, kService, &read_xinetd_protocol},
    {"port", 1, kService, &read_xinetd_port, "port"},
    {"bind", 1, kBoth, &read_xinetd_bind},
    {"v6only", 1, kBoth, &read_xinetd_yes_no},
    {"server", 1, kService, &read_xinetd_server, "server"},
    {"server_args", kAny, kService, &read_xinetd_arguments},
    {"wait", 1, kService, &read_xinetd_yes_no, "wait"},
    {"user", 1, kService, &read_xinetd_user, "user"},
    {"group", 1, kService, &read_xinetd_group, "group"},
    {"groups", 1, kBoth, &read_xinetd_yes_no, "groups"},
    {"env", kSet, kService, &read_xinetd_env, "env"},
    {"passenv", kSet, kBoth, &read_xinetd_words, "passenv"},
    {"umask", 1, kBoth, &read_xinetd_umask, "umask"},
    {"nice", 1, kService, &read_xinetd_nice, "nice"},
    {"rlimit_as", 1, kService, &read_xinetd_size_limit, "rlimit_as"},
    {"rlimit_cpu", 1, kService, &read_xinetd_cpu_limit, "rlimit_cpu"},
    {"rlimit_data", 1, kService, &read_xinetd_size_limit, "rlimit_data"},
    {"rlimit_files", 1, kService, &read_xinetd_size_limit, "rlimit_files"},
    {"rlimit_rss", 1, kService, &read_xinetd_size_limit, "rlimit_rss"},
    {"rlimit_stack", 1, kService, &read_xinetd_size_limit, "rlimit_stack"},
    {"instances", 1, kBoth, &read_xinetd_instances, "instances"},
    {"per_source", 1, kBoth, &read_xinetd_per_source, "per_source"},
    {"cps", 2, kBoth, &read_xinetd_cps, "cps"},
    {"only_from", kSet, kBoth, &read_xinetd_only_from, "only_from"},
    {"no_access", kSet, kBoth, &read_xinetd_no_access, "no_access"},
    {"access_times", kAny, kService, &read_xinetd_access_times, "access_times"},
    {"max_load", 1, kBoth, &read_xinetd_max_load, "max_load"},
    {"banner", 1, kBoth, &read_xinetd_path, "banner"},
    {"banner_success", 1, kBoth, &read_xinetd_path, "banner_success"},
    {"banner_fail", 1, kBoth, &read_xinetd_path, "banner_fail"},
    {"log_type", kAny, kBoth, &read_xinetd_log_type, "log_type"},
    {"log_on_success", kSet, kBoth, &read_xinetd_log_on_success, "log_on_success"},
    {"log_on_failure", kSet, kBoth, &read_xinetd_log_on_failure, "log_on_failure"},
    {"redirect", 2, kService, &read_xinetd_redirect},
    {"rpc_version", 1, kService, &read_xinetd_rpc_version},
    {"rpc_number", 1, kService, &read_xinetd_number},
    {"deny_time", 1, kService, &read_xinetd_deny_time, "deny_time"},
    {"libwrap", 1, kService, &read_xinetd_word},
    {"mdns", 1, kBoth, &read_xinetd_yes_no},
};

constexpr std::string_view kSecondNameOfBind = "interface";

constexpr std::array<std::string_view, 8> kEarly{"only_from", "no_access",      "log_on_success", "log_on_failure",
                                                 "passenv",   "banner_success", "banner_fail",    "banner"};

}  // namespace

bool XinetdAttribute::is_set(XinetdPlace in) const {
  return values == kSet || (in == XinetdPlace::defaults && name == "log_type");
}

bool XinetdAttribute::is_inherited_early() const { return std::ranges::find(kEarly, name) != kEarly.end(); }

bool XinetdAttribute::is_only_told() const { return name.starts_with("log_") || name.starts_with("banner"); }

std::span<const XinetdAttribute> xinetd_attributes() { return kRows; }

const XinetdAttribute* find_xinetd_attribute(std::string_view name) {
  if (base::equal_ignoring_case(name, kSecondNameOfBind)) name = "bind";
  const auto* const found =
      std::ranges::find_if(kRows, [&](const auto& row) { return base::equal_ignoring_case(row.name, name); });
  return found == std::end(kRows) ? nullptr : found;
}

std::span<const std::string_view> xinetd_attribute_names() {
  static const auto names = [] {
    std::vector<std::string_view> all{kSecondNameOfBind};
    for (const auto& row : kRows) all.push_back(row.name);
    return all;
  }();
  return names;
}

}  // namespace porterd::config
