// SPDX-License-Identifier: Apache-2.0
#include "config/printer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "config/codec.h"
#include "config/diff.h"
#include "config/emit.h"
#include "loading.h"

namespace porterd::config {
namespace {

// Every attribute set to something else than its default, in two services.
constexpr std::string_view kEverything = R"(include: []
log_type: syslog auth notice
log_format: json
log_level: debug
pid_file: /run/porterd.pid
penalty_file: /run/penalties
dump_file: none
drain_timeout: 1m30s
kill_timeout: 250ms
resolve_interval: 1h
max_sessions: 5000
launch: fork
workers: 4
worker_user: nobody
worker_idle: 5s
worker_path: /opt/worker
---
service: finger
id: finger-all
socket_type: stream
protocol: tcp4
listen: [79, "127.0.0.1:8079", "%eth0:80", {path: /run/f.sock, owner: nobody, group: adm, mode: 0660}, "@f"]
backlog: 5
freebind: yes
keepalive: yes
nodelay: yes
server: /usr/sbin/in.fingerd
server_args: [-l, "a b", "", "yes", "x: y", "# no", "\"q\\", "[", "Grüße", "\x07\t"]
argv0: "-fingerd"
stderr: file /var/log/f f.log
user: nobody
group: adm
groups: [adm, "8"]
environment: none
connection_env: ucspi
env: {A: "1", "B C": "x", D: ""}
passenv: [TZ, LANG]
working_directory: /var/empty
umask: 077
nice: -5
rlimit_as: 64M:128M
rlimit_core: 0
rlimit_cpu: 20
rlimit_data: 1G
rlimit_fsize: 1M
rlimit_files: 64
rlimit_memlock: 64K
rlimit_msgqueue: 1
rlimit_nice: 30
rlimit_nproc: 50
rlimit_rss: 1M
rlimit_rtprio: 0
rlimit_rttime: 200ms
rlimit_sigpending: 10
rlimit_stack: 8M:unlimited
instances: 10
per_source: {limit: 3, ipv4: 24, ipv6: 48}
cps: {rate: 5/s, burst: 20, excess: disable, wait: 1m}
only_from: [10.0.0.0/8, "2001:db8::/32", host.example, 10.0.0.0/32]
no_access: [10.0.0.1]
access_times: [08:00-18:00, 22:00-06:00]
max_load: 2.5
libwrap: fingerd
ident_only: yes
ident_timeout: 5s
sensor: yes
deny_time: 1h
cps_per_source: 60/m
banner: /etc/issue.net
banner_success: /etc/motd
banner_fail: "/etc/no entry"
banner_timeout: 2m
log_type: {type: file, path: "/var/log/a finger.log", soft_limit: 1M, hard_limit: 2M}
log_format: xinetd_mapped
log_on_success: [userid, traffic]
log_on_failure: [attempt]
xinetd_marks: [unlisted]
---
service: w
port: 99
wait: yes
pass: listen_fds
server: /bin/w
user: "4242"
groups: no
only_from: ["0.0.0.0/0", "::/0"]
rpc: rquotad/1-2
---
service: talk
port: 517
socket_type: dgram
wait: yes
intercept: yes
intercept_idle: 30s
server: /bin/talkd
user: nobody
---
service: health
port: 8080
builtin: respond
answer: {status: 503, text: busy, type: text/html}
---
service: day
port: 13
builtin: daytime
daytime_form: inetd
tcpmux: plus
---
service: db
port: 5432
redirect: ["db.example:5432", "[2001:db8::1]:5432", /run/db.sock, "@db"]
redirect_proxy: yes
redirect_timeout: 3s
)";

Config everything() {
  const auto loaded = load_main(std::string(kEverything));
  EXPECT_EQ(messages(loaded), "");
  return loaded.config;
}

std::string names_of(const Difference& found) {
  std::string text;
  for (const auto name : found.global.attributes) text += std::string(name) + " ";
  for (const auto& change : found.changed)
    for (const auto name : change.what.attributes) text += std::string(name) + " ";
  return text;
}

void expect_equal(const Config& one, const Config& other) {
  const auto found = difference(one, other);
  EXPECT_TRUE(found.added.empty());
  EXPECT_TRUE(found.removed.empty());
  EXPECT_EQ(names_of(found), "");
  EXPECT_EQ(found.unchanged, one.services.size());
}

TEST(Printer, IsTestedWithEveryAttribute) {
  const auto config = everything();
  ASSERT_EQ(config.services.size(), 6U);
  const Service fresh;
  for (const auto& row : service_attributes()) {
    if (row.name == "port" || row.name == "bind" || row.name == "disable" || row.name == "socket_type") continue;
    const auto has_default = [&](const Service& service) { return row.is_equal(service, fresh); };
    EXPECT_FALSE(std::ranges::all_of(config.services, has_default)) << row.name;
  }
  for (const auto& row : global_attributes()) EXPECT_FALSE(row.is_equal(config.global, Global())) << row.name;
}

TEST(Printer, DumpsYamlThatLoadsAsTheSame) {
  const auto config = everything();
  const auto text = dump_yaml(config);
  const auto again = load_main(text);
  EXPECT_EQ(messages(again), "") << text;
  expect_equal(config, again.config);
  EXPECT_EQ(dump_yaml(again.config), text);
}

TEST(Printer, DumpsJsonThatLoadsAsTheSame) {
  const auto config = everything();
  const auto text = dump_json(config);
  const auto again = load({.main = "dump.json", .text = text}, FakeWorld());
  EXPECT_EQ(messages(again), "") << text;
  expect_equal(config, again.config);
}

TEST(Printer, LeavesOutWhatIsAsTheProgramHasIt) {
  const auto loaded = load_main("{}\n---\nservice: finger\nserver: /bin/x\nuser: nobody\nnodelay: no\n");
  EXPECT_EQ(
      dump_yaml(loaded.config),
      "include: []\n---\nservice: finger\nid: finger\nprotocol: tcp\nlisten: [79]\nserver: /bin/x\nuser: nobody\n");
  EXPECT_EQ(dump_json(loaded.config), R"({
  "include": [],
  "services": [
    {
      "service": "finger",
      "id": "finger",
      "protocol": "tcp",
      "listen": [79],
      "server": "/bin/x",
      "user": "nobody"
    }
  ]
}
)");
  EXPECT_EQ(dump_json(Config{}), "{\n  \"services\": []\n}\n");
}

TEST(Emit, QuotesWhatMightBeTakenForSomethingElse) {
  EXPECT_EQ(emit_yaml(quotable("nobody")), "nobody");
  for (const std::string text : {"yes", "No", "null", "~", "12", "0x1f", "-l", "a b", "a: b", "#a", "", "@a", "%a",
                                 "[a", "*a", "&a", "!a", "a,b"})
    EXPECT_EQ(emit_yaml(quotable(text)), "\"" + text + "\"");
  EXPECT_EQ(emit_yaml(quotable("a\"b\\c\n")), R"("a\"b\\c\x0a")");
  EXPECT_EQ(emit_json(quotable("a\"b\\c\n\x01")), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(emit_json(list_of({plain("yes"), plain("5"), plain("2.5"), plain("022"), quotable("5"), plain("5/s")})),
            R"([true, 5, 2.5, "022", "5", "5/s"])");
}

TEST(Schema, KnowsEveryAttributeAndOperator) {
  const auto text = schema();
  for (const auto name : service_attribute_names())
    EXPECT_TRUE(text.contains("\"" + std::string(name) + "\": {")) << name;
  for (const auto name : global_attribute_names())
    EXPECT_TRUE(text.contains("\"" + std::string(name) + "\": {")) << name;
  for (const auto& row : service_attributes())
    EXPECT_EQ(text.contains("\"" + std::string(row.name) + "+\": {"), row.operators == Operators::set) << row.name;
}

TEST(Explain, SaysWhatAnAttributeIs) {
  EXPECT_EQ(*explain("umask"),
            "umask: attribute of a service, also in defaults\n\n"
            "  mode bits that files of the server do not get, umask(2); octal, 022 when not\n"
            "  given\n\n"
            "  Takes: an octal number such as 022\n"
            "  A change concerns: spawn\n");
}

TEST(Explain, KnowsEveryAttributeByEveryName) {
  for (const auto name : service_attribute_names()) EXPECT_TRUE(explain(name)) << name;
  for (const auto name : global_attribute_names()) EXPECT_TRUE(explain(name)) << name;
  EXPECT_EQ(explain("intrface").error().text(), "there is no attribute 'intrface'; did you mean 'interface'?");
}

TEST(FuzzDictionary, HasALineForEveryAttribute) {
  const auto text = fuzz_dictionary();
  for (const auto name : service_attribute_names())
    EXPECT_TRUE(text.contains("\"" + std::string(name) + ": \"\n")) << name;
}

}  // namespace
}  // namespace porterd::config
