// SPDX-License-Identifier: Apache-2.0
#include "config/table.h"

#include <gtest/gtest.h>

#include <set>

namespace porterd::config {
namespace {

template <typename Rows>
void expect_sound(const Rows& rows) {
  std::set<std::string_view> names;
  for (const auto& row : rows) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.alias.empty() || names.insert(row.alias).second) << row.alias;
    EXPECT_FALSE(row.line.empty()) << row.name;
    EXPECT_FALSE(row.line.ends_with('.')) << row.name;
    EXPECT_FALSE(row.form.empty()) << row.name << " says nothing about what it takes";
    EXPECT_TRUE(row.more.empty() || row.more.ends_with('.')) << row.name;
  }
}

TEST(Table, NamesAndDescribesEveryAttributeOnce) {
  expect_sound(service_attributes());
  expect_sound(global_attributes());
}

TEST(Table, FindsAttributesByNameAndAlias) {
  for (const auto& row : service_attributes()) EXPECT_EQ(find_service_attribute(row.name), &row);
  for (const auto& row : global_attributes()) EXPECT_EQ(find_global_attribute(row.name), &row);
  EXPECT_EQ(find_service_attribute("interface"), find_service_attribute("bind"));
  EXPECT_EQ(find_service_attribute("servers"), nullptr);
  EXPECT_EQ(find_service_attribute(""), nullptr);
}

TEST(Table, HasWhatTheManualPromises) {
  for (const std::string_view name : {"service",
                                      "id",
                                      "disable",
                                      "socket_type",
                                      "protocol",
                                      "wait",
                                      "user",
                                      "group",
                                      "groups",
                                      "server",
                                      "server_args",
                                      "argv0",
                                      "env",
                                      "passenv",
                                      "umask",
                                      "nice",
                                      "instances",
                                      "per_source",
                                      "working_directory",
                                      "cps",
                                      "only_from",
                                      "no_access",
                                      "access_times",
                                      "max_load",
                                      "libwrap",
                                      "ident_only",
                                      "ident_timeout",
                                      "sensor",
                                      "intercept",
                                      "rpc",
                                      "cps_per_source",
                                      "deny_time",
                                      "banner",
                                      "banner_success",
                                      "banner_fail",
                                      "banner_timeout",
                                      "log_type",
                                      "keepalive",
                                      "nodelay",
                                      "backlog",
                                      "bind",
                                      "log_on_success",
                                      "log_on_failure",
                                      "xinetd_marks",
                                      "port",
                                      "listen",
                                      "freebind",
                                      "stderr",
                                      "pass",
                                      "rlimit_as",
                                      "rlimit_core",
                                      "rlimit_cpu",
                                      "rlimit_data",
                                      "rlimit_fsize",
                                      "rlimit_files",
                                      "rlimit_nproc",
                                      "rlimit_memlock",
                                      "rlimit_msgqueue",
                                      "rlimit_nice",
                                      "rlimit_rss",
                                      "rlimit_stack",
                                      "rlimit_rtprio",
                                      "rlimit_rttime",
                                      "rlimit_sigpending"})
    EXPECT_NE(find_service_attribute(name), nullptr) << name;
  for (const std::string_view name : {"include", "log_type", "log_format", "log_level", "pid_file", "penalty_file",
                                      "drain_timeout", "kill_timeout", "resolve_interval", "max_sessions", "launch"})
    EXPECT_NE(find_global_attribute(name), nullptr) << name;
}

}  // namespace
}  // namespace porterd::config
