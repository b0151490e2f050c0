// SPDX-License-Identifier: Apache-2.0
#include "config/normal_form.h"

#include <gmock/gmock.h>

#include "config/diff.h"
#include "loading.h"

namespace porterd::config {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string dump(const std::string& text) {
  const FakeWorld world;
  return dump_normal(load({.main = "p.yaml", .text = text}, world), world);
}

std::string dump_service(const std::string& more) {
  return dump("{}\n---\nservice: finger\nserver: /bin/x\nuser: nobody\n" + more);
}

TEST(NormalForm, ShowsAServiceInXinetdsWords) {
  const auto text = dump_service(R"(
protocol: tcp4
keepalive: yes
server_args: [-l, "a b"]
instances: 5
per_source: 2
cps: {rate: 50, excess: disable, wait: 10s}
only_from: [10.0.0.0/8, host.example]
env: {B: "2", A: "1"}
umask: 027
rlimit_as: 8M:16M
rlimit_files: unlimited
max_load: 2
access_times: 22:00-06:00
log_type: syslog auth notice
log_on_success: [pid, host]
)");
  for (const auto* field :
       {R"("name": "finger")",
        R"("type": [])",
        R"("flags": ["IPv4", "KEEPALIVE"])",
        R"("protocol": "tcp")",
        R"("port": 79)",
        R"("bind": null)",
        R"("wait": false)",
        R"("server_argv": ["x", "-l", "a b"])",
        R"("instances": 5)",
        R"("per_source": 2)",
        R"("cps": [50, 10])",
        R"("only_from": ["10.0.0.0/8", "host:host.example"])",
        R"("no_access": null)",
        R"("env": ["B=2", "A=1"])",
        R"("umask": "0027")",
        R"("rlimit_as": [8388608, 16777216])",
        R"("rlimit_files": "UNLIMITED")",
        R"("max_load": 2.0)",
        R"("access_times": ["22:00-06:00"])",
        R"("log": {"type": "syslog", "facility": "auth", "level": "notice", "success": ["PID", "HOST"])"})
    EXPECT_THAT(text, HasSubstr(field));
}

TEST(NormalForm, ShowsAServiceAtEachOfItsPlaces) {
  const auto text = dump_service("listen: [79, \"127.0.0.1:8079\", /run/f.sock]\n");
  EXPECT_THAT(text, HasSubstr("\"port\": 79,\n      \"bind\": null"));
  EXPECT_THAT(text, HasSubstr("\"port\": 8079,\n      \"bind\": \"127.0.0.1\""));
  EXPECT_THAT(text, HasSubstr("\"protocol\": \"unix\",\n      \"port\": null,\n      \"bind\": \"/run/f.sock\""));
}

TEST(NormalForm, SaysUnlistedWhereServicesHasAnotherPort) {
  EXPECT_THAT(dump_service("port: 80\n"), HasSubstr(R"("type": ["UNLISTED"])"));
  EXPECT_THAT(dump_service("xinetd_marks: [unlisted]\n"), HasSubstr(R"("type": ["UNLISTED"])"));
}

TEST(NormalForm, TellsWhatDoesNotRunAndWhy) {
  const auto text =
      dump_service("disable: yes\n---\nservice: a\nport: 1\nuser: x y\n---\nservice: b\nid: c\nport: 1\n");
  EXPECT_THAT(text, HasSubstr(R"({"name": "finger", "id": "finger", "reason": "disabled"})"));
  EXPECT_THAT(text, HasSubstr(R"({"name": "a", "id": "a", "reason": "bad-attribute"})"));
  EXPECT_THAT(text, HasSubstr(R"({"name": "b", "id": "c", "reason": "check-failed"})"));
  EXPECT_THAT(text, HasSubstr(R"({"level": "error", "file": "p.yaml", "line": 10, "text": )"));
}

TEST(NormalForm, IsReadBackByTheConfigurationInIt) {
  const FakeWorld world;
  const auto loaded =
      load({.main = "p.yaml", .text = "log_level: debug\n---\nservice: finger\nserver: /bin/x\nuser: nobody\n"}, world);
  const auto text = dump_normal(loaded, world);
  const auto again = load({.main = "dump.json", .text = text}, world);
  EXPECT_EQ(messages(again), "");
  EXPECT_EQ(dump_normal(again, world), text);
  EXPECT_EQ(again.config.global.log_level, base::Level::debug);
}

TEST(NormalForm, IsNotTakenForAConfigurationWithOtherSettingsInIt) {
  const auto loaded = load({.main = "p.yaml", .text = "configuration: {}\nlog_level: debug\n"}, FakeWorld());
  EXPECT_THAT(messages(loaded), HasSubstr("unknown setting 'configuration'"));
}

TEST(NormalForm, IsUtf8WhateverWasRead) {
  const auto text = dump(
      "{}\n---\nservice: finger\nserver: /bin/x\nuser: nobody\nserver_args: [\"Gr\xC3\xBC\xC3\x9F"
      "e\"]\n");
  EXPECT_THAT(text, HasSubstr("Gr\xC3\xBC\xC3\x9F"
                              "e"));
  EXPECT_EQ(json_string("a\xFF"), "\"a\\udcff\"");
}

}  // namespace
}  // namespace porterd::config
