// SPDX-License-Identifier: Apache-2.0
#include "config/compile.h"

#include <gtest/gtest.h>

#include "config/emit.h"
#include "config/table.h"
#include "loading.h"

namespace porterd::config {
namespace {

const std::string kBase = "service: finger\nserver: /bin/fingerd\nuser: nobody\n";

std::string printed(const Service& service, std::string_view name) {
  return emit_yaml(find_service_attribute(name)->print(service));
}

// An attribute of the only service that `text` and `defaults` give.
std::string attribute(std::string_view name, const std::string& text, const std::string& defaults = {}) {
  const auto loaded = load_service(kBase + text, defaults);
  if (loaded.config.services.size() != 1) return messages(loaded);
  return printed(loaded.config.services[0], name);
}

TEST(Compile, NamesAServiceAfterItsFile) {
  const auto loaded = load_service("port: 79\nserver: /bin/x\nuser: nobody\n");
  ASSERT_EQ(loaded.config.services.size(), 1U) << messages(loaded);
  EXPECT_EQ(loaded.config.services[0].service, "s");
  EXPECT_EQ(loaded.config.services[0].id, "s");
}

TEST(Compile, TakesTheDefaultThenTheServicesOwn) {
  EXPECT_EQ(attribute("instances", "", "instances: 5"), "5");
  EXPECT_EQ(attribute("instances", "instances: 7\n", "instances: 5"), "7");
  EXPECT_EQ(attribute("instances", "instances: unlimited\n", "instances: 5"), "unlimited");
}

struct Merge {
  std::string_view name;
  std::string defaults;
  std::string own;
  std::string expected;
};

TEST(Compile, MergesSets) {
  const Merge kMerges[] = {
      {"only_from", "only_from: [10.0.0.0/8]", "only_from+: [127.0.0.1]", R"(["10.0.0.0/8", "127.0.0.1"])"},
      {"only_from", "only_from: [10.0.0.0/8, a.example]", "only_from-: [10.0.0.0/8]", "[a.example]"},
      {"only_from", "only_from: [10.0.0.0/8]", "only_from: [127.0.0.1]", R"(["127.0.0.1"])"},
      {"only_from", "only_from: [10.0.0.0/8]", "only_from+: 10.0.0.0/8", R"(["10.0.0.0/8"])"},
      {"only_from", "", "only_from+: [127.0.0.1]", R"(["127.0.0.1"])"},
      {"no_access", "no_access: [10.0.0.1]", "no_access +: [10.0.0.2]", R"(["10.0.0.1", "10.0.0.2"])"},
      {"access_times", "access_times: 08:00-12:00", "access_times+: 13:00-17:00", R"(["08:00-12:00", "13:00-17:00"])"},
      {"log_on_success", "log_on_success: [pid]", "log_on_success+: [userid]", "[pid, userid]"},
      {"log_on_failure", "log_on_failure: [host, attempt]", "log_on_failure-: [host]", "[attempt]"},
      {"passenv", "passenv: [A, B]", "passenv-: [A]\npassenv+: [C]", "[B, C]"},
      {"env", "env: {A: '1', B: '2'}", "env+: {B: '3', C: '4'}", R"({A: "1", B: "3", C: "4"})"},
      {"env", "env: {A: '1', B: '2'}", "env-: [A]", R"({B: "2"})"},
      {"env", "env: {A: '1'}", "env: {B: '2'}", R"({B: "2"})"},
      {"listen", "", "listen: 79\nlisten+: '127.0.0.1:8079'\n", R"([79, "127.0.0.1:8079"])"},
  };
  for (const auto& merge : kMerges)
    EXPECT_EQ(attribute(merge.name, merge.own + "\n", merge.defaults), merge.expected)
        << merge.defaults << " / " << merge.own;
}

TEST(Compile, DoesNotMakeNobodyOutOfEverybody) {
  const auto loaded = load_service(kBase + "only_from-: [10.0.0.0/8]\n");
  ASSERT_EQ(loaded.config.services.size(), 1U);
  EXPECT_FALSE(loaded.config.services[0].has_only_from);
  EXPECT_EQ(messages(loaded), "warning: not all of these were set, so there is nothing to remove");
}

TEST(Compile, KeepsNobodyAsNobody) {
  const auto loaded = load_service(kBase + "only_from-: [10.0.0.0/8]\n", "only_from: [10.0.0.0/8]");
  ASSERT_EQ(loaded.config.services.size(), 1U);
  EXPECT_TRUE(loaded.config.services[0].has_only_from);
  EXPECT_TRUE(loaded.config.services[0].only_from.empty());
}

struct Place {
  std::string text;
  std::string listen;
  std::string protocol;
};

TEST(Compile, WorksOutWhereToListen) {
  const Place kPlaces[] = {
      {"", "[79]", "tcp"},
      {"port: 8079\n", "[8079]", "tcp"},
      {"port: 8079\nbind: 127.0.0.1\n", R"(["127.0.0.1:8079"])", "tcp"},
      {"interface: '::1'\n", R"(["[::1]:79"])", "tcp"},
      {"listen: [8079, '192.0.2.1:79', '%eth0:81']\nbind: 127.0.0.1\n",
       R"(["127.0.0.1:8079", "192.0.2.1:79", "%eth0:81"])", "tcp"},
      {"listen: finger\n", "[79]", "tcp"},
      {"listen: tftp\nsocket_type: dgram\nwait: yes\n", "[69]", "udp"},
      {"listen: [/run/x.sock, '@x']\n", R"([/run/x.sock, "@x"])", "unix"},
      {"listen: [/run/x.sock, 79]\n", "[/run/x.sock, 79]", "tcp"},
      {"listen: /run/x.sock\nsocket_type: seqpacket\n", "[/run/x.sock]", "unix"},
      {"protocol: tcp6\n", "[79]", "tcp6"},
  };
  for (const auto& place : kPlaces) {
    EXPECT_EQ(attribute("listen", place.text), place.listen) << place.text;
    EXPECT_EQ(attribute("protocol", place.text), place.protocol) << place.text;
  }
}

FakeWorld world_with_hosts() {
  FakeWorld world;
  world.hosts["both.test"] = {*base::parse_address("192.0.2.1"), *base::parse_address("2001:db8::1")};
  return world;
}

TEST(Compile, ListensAtEachAddressOfAHost) {
  const Place kPlaces[] = {
      {"listen: 'both.test:79'\n", R"(["192.0.2.1:79", "[2001:db8::1]:79"])", "tcp"},
      {"listen: ['192.0.2.1:79', 'both.test:finger']\n", R"(["192.0.2.1:79", "[2001:db8::1]:79"])", "tcp"},
      {"bind: both.test\nprotocol: tcp4\n", R"(["192.0.2.1:79"])", "tcp4"},
      {"bind: both.test\nport: 80\nprotocol: tcp6\n", R"(["[2001:db8::1]:80"])", "tcp6"},
  };
  for (const auto& place : kPlaces) {
    const auto loaded = load_service(kBase + place.text, {}, world_with_hosts());
    ASSERT_EQ(loaded.config.services.size(), 1U) << place.text << loaded.diagnostics.text();
    EXPECT_EQ(printed(loaded.config.services[0], "listen"), place.listen) << place.text;
  }
}

TEST(Compile, AHostWithoutAddressCostsNoOtherPlace) {
  EXPECT_EQ(
      messages(load_service(kBase + "listen: ['none.test:79', 80]\n", {}, world_with_hosts())),
      "warning: the host 'none.test' has no address now: it is left out until the configuration is read again (an "
      "address, or a name in hosts(5))");
  const auto none = load_service(kBase + "bind: none.test\nprotocol: tcp4\n", {}, world_with_hosts());
  EXPECT_TRUE(none.config.services.empty());
  EXPECT_EQ(messages(none),
            "error: the host 'none.test' has no address for tcp4 now (an address, or a name in hosts(5))");
}

TEST(Compile, LeavesNothingOfPortAndBind) {
  const auto loaded = load_service(kBase + "port: 8079\nbind: 127.0.0.1\n");
  ASSERT_EQ(loaded.config.services.size(), 1U);
  EXPECT_FALSE(loaded.config.services[0].port);
  EXPECT_FALSE(loaded.config.services[0].bind);
}

struct Check {
  std::string text;
  std::string expected;
};

// What is said about services that do not fit together, and that they are left out.
TEST(Compile, LeavesOutWhatDoesNotFitTogether) {
  const Check kChecks[] = {
      {"service: finger\nuser: nobody\n",
       "error: service 'finger' has no server (server: /PATH/OF/PROGRAM, builtin: NAME or redirect: HOST:PORT)"},
      {"service: finger\nserver: /bin/x\n",
       "error: service 'finger' has no user, and porterd runs as root (say whom the server runs as, e.g. user: "
       "nobody)"},
      {"service: nothing\nserver: /bin/x\nuser: nobody\n",
       "error: no port: services(5) does not have 'nothing' for tcp (give it 'port' or 'listen')"},
      {kBase + "listen: nothing\n", "error: services(5) does not have 'nothing' for tcp (write the number)"},
      {kBase + "listen: 79\nport: 80\n", "error: port and listen are both given (put the port into listen)"},
      {kBase + "socket_type: dgram\nport: 79\n",
       "error: socket_type dgram needs wait: yes (the server reads the datagrams itself)"},
      {kBase + "protocol: udp\nport: 79\n",
       "error: protocol udp does not go with socket_type stream (tcp, tcp4 or tcp6)"},
      {kBase + "protocol: tcp4\nlisten: '[::1]:79'\n", "error: protocol tcp4 does not go with the address ::1"},
      {kBase + "protocol: unix\n", "error: protocol unix, but a port to listen on (listen: /run/NAME.sock)"},
      {kBase + "protocol: tcp\nlisten: /run/x.sock\n", "error: protocol tcp, but only UNIX sockets to listen on"},
      {kBase + "socket_type: seqpacket\n", "error: seqpacket is for UNIX sockets alone (listen: /run/NAME.sock)"},
      {kBase + "wait: yes\nonly_from: [10.0.0.0/8]\n",
       "error: only_from cannot be checked with wait: yes: the server accepts connections itself (wait: no, or "
       "only_from: "
       "[0.0.0.0/0, \"::/0\"] and let the server check)"},
      {kBase + "wait: yes\nno_access: [10.0.0.0/8]\n",
       "error: no_access cannot be checked with wait: yes: the server accepts connections itself (wait: no, or "
       "no_access: [] and let "
       "the server check)"},
      {kBase + "wait: yes\nper_source: 3\n",
       "error: per_source cannot be checked with wait: yes: the server accepts connections itself (wait: no, or "
       "per_source: unlimited)"},
      {kBase + "wait: yes\ncps: {rate: 3, excess: refuse}\n",
       "error: cps cannot be checked with wait: yes: the server accepts connections itself (wait: no, or excess: "
       "hold)"},
      {kBase + "intercept: yes\n",
       "error: intercept is for wait: yes: without it each connection is checked anyway (wait: yes, or intercept: "
       "no)"},
      {kBase + "wait: yes\nintercept: yes\nlisten: [79, /run/x.sock]\n",
       "error: intercept is for TCP and UDP: clients of a UNIX socket have no address (intercept: no)"},
      {kBase + "wait: yes\nintercept: yes\nlibwrap: yes\n",
       "error: libwrap cannot be asked with intercept: the server's process does not see the client (libwrap: no, and "
       "only_from and no_access instead)"},
      {"service: echo\nport: 7\nbuiltin: echo\nsocket_type: dgram\nwait: yes\nintercept: yes\n",
       "error: intercept is for servers: what porterd serves itself it checks anyway (intercept: no)"},
      {"service: finger\nsensor: yes\nintercept: yes\n",
       "error: a sensor serves nobody whom it could intercept (one of the two)"},
      {kBase + "sevrer: /bin/x\n", "error: unknown attribute 'sevrer' (did you mean 'server'?)"},
      {kBase + "frobnicate: yes\n", "error: unknown attribute 'frobnicate'"},
      {kBase + "pid_file: /run/x\n",
       "error: 'pid_file' is a setting of porterd as a whole (put it at the top of porterd.yaml)"},
      {kBase + "user+: [root]\n",
       "error: 'user' is not a set: it takes neither + nor - (user: the name or number of a user)"},
      {kBase + "bind: 127.0.0.1\ninterface: 127.0.0.2\n", "error: 'bind' is set twice"},
      {kBase + "only_from+: [10.0.0.1]\nonly_from +: [10.0.0.2]\n", "error: 'only_from' is set twice"},
  };
  for (const auto& check : kChecks) {
    const auto loaded = load_service(check.text);
    EXPECT_EQ(messages(loaded), check.expected) << check.text;
    EXPECT_TRUE(loaded.config.services.empty()) << check.text;
    EXPECT_TRUE(loaded.is_usable());
  }
}

TEST(Compile, FindsAllMistakesAtOnce) {
  EXPECT_EQ(messages(load_service("service: finger\nlisten: [79, nothing, nobody]\numask: 999\n")),
            "error: umask: '999' is not an octal number from 0 to 0777 (an octal number such as 022) | "
            "error: services(5) does not have 'nothing' for tcp (write the number) | "
            "error: services(5) does not have 'nobody' for tcp (write the number) | "
            "error: service 'finger' has no server (server: /PATH/OF/PROGRAM, builtin: NAME or redirect: HOST:PORT) | "
            "error: service 'finger' has no user, and porterd runs as root (say whom the server runs as, e.g. user: "
            "nobody)");
}

TEST(Compile, DoesNotGuessFromWhatWasRefused) {
  const Check kChecks[] = {
      {kBase + "socket_type: drgam\nlisten: nothing\nwait: no\n",
       "error: socket_type: 'drgam' is not known here (did you mean 'dgram'?)"},
      {"service: finger\nsevrer: /bin/x\nuser: nobody\n", "error: unknown attribute 'sevrer' (did you mean 'server'?)"},
      {"service: nothing\nserver: /bin/x\nuser: nobody\nprot: 79\n",
       "error: unknown attribute 'prot' (did you mean 'port'?)"},
  };
  for (const auto& check : kChecks) EXPECT_EQ(messages(load_service(check.text)), check.expected) << check.text;
}

TEST(Compile, LetsAStreamServerWithWaitCheckForItself) {
  EXPECT_EQ(attribute("wait", "wait: yes\nonly_from: [0.0.0.0/0, '::/0']\n", "only_from: [10.0.0.0/8]"), "yes");
}

TEST(Compile, BannersAndIdentServersHaveTheirLimits) {
  FakeWorld world;
  world.files = {{"/large", FileText{.text = std::string(kLongestBanner + 1, 'x')}},
                 {"/fits", FileText{.text = std::string(kLongestBanner, 'x')}}};
  const Check kChecks[] = {
      {kBase + "banner: /large\n", "error: /large is too large to be sent to every client (at most 1048576 bytes)"},
      {kBase + "banner: /fits\n", ""},
      {kBase + "banner_timeout: 0\n", "error: no client takes a banner in no time (banner_timeout: 60s)"},
      {kBase + "ident_timeout: 0\n", "error: no ident server answers in no time (ident_timeout: 30s)"},
      {kBase + "ident_only: yes\nwait: yes\n",
       "error: ident servers know of connections, and here the server accepts them or there are none (wait: no and "
       "socket_type: stream, or ident_only: no)"},
  };
  for (const auto& check : kChecks) EXPECT_EQ(messages(load_service(check.text, {}, world)), check.expected);
}

TEST(Compile, WarnsOfWhatIsNotUsedOrNotThere) {
  FakeWorld world;
  world.kinds = {{"/bin/none", PathKind::missing},
                 {"/bin/data", PathKind::file},
                 {"/bin", PathKind::directory},
                 {"/srv", PathKind::missing},
                 {"/b", PathKind::missing}};
  const std::string user = "service: finger\nuser: nobody\n";
  const Check kChecks[] = {
      {user + "server: /bin/none\n", "warning: there is no /bin/none now"},
      {user + "server: /bin/data\n", "warning: /bin/data is not executable (chmod +x)"},
      {user + "server: /bin\n", "warning: /bin is not a program"},
      {kBase + "working_directory: /srv\n", "warning: /srv is not a directory now"},
      {kBase + "banner_fail: /b\n", "warning: there is no /b now"},
      {kBase + "listen: /run/x\nident_only: yes\n",
       "warning: ident_only is not used: the kernel says whose a connection to a UNIX socket is"},
      {kBase + "listen: /run/x\nnodelay: yes\n", "warning: nodelay is not used: it is for TCP"},
      {kBase + "listen: /run/x\nfreebind: yes\n", "warning: freebind is not used: it is for IP addresses"},
      {kBase + "listen: 69\nsocket_type: dgram\nwait: yes\nbacklog: 5\n",
       "warning: backlog is not used: a datagram socket has none"},
      {kBase + "wait: yes\ninstances: 5\n",
       "warning: instances is not used: with wait: yes there is one server at a time"},
      {kBase + "listen: '127.0.0.1:79'\nbind: 127.0.0.2\n", "warning: bind is not used: all places say where they are"},
  };
  for (const auto& check : kChecks) {
    const auto loaded = load_service(check.text, {}, world);
    EXPECT_EQ(messages(loaded), check.expected) << check.text;
    EXPECT_EQ(loaded.config.services.size(), 1U) << check.text;
  }
}

TEST(Compile, DoesNotWarnOfUnusedDefaults) {
  EXPECT_EQ(messages(load_service(kBase + "listen: /run/x\n", "nodelay: yes, bind: 127.0.0.1")), "");
}

TEST(Compile, KnowsWhatIsImpossibleWithoutRoot) {
  FakeWorld world;
  world.own_uid = 1000;
  world.own_gid = 1000;
  world.is_privileged = false;
  const std::string base = "service: finger\nserver: /bin/x\n";
  EXPECT_EQ(messages(load_service(base, {}, world)), "");
  EXPECT_EQ(messages(load_service(base + "user: 1000\ngroup: 1000\n", {}, world)), "");
  EXPECT_EQ(messages(load_service(base + "user: nobody\n", {}, world)),
            "error: cannot run as 'nobody': porterd does not run as root (leave 'user' out, or start porterd as root)");
  EXPECT_EQ(
      messages(load_service(base + "group: adm\n", {}, world)),
      "error: cannot run as group 'adm': porterd does not run as root (leave 'group' out, or start porterd as root)");
}

TEST(Compile, OnlyReadsADisabledService) {
  const auto loaded = load_service("disable: yes\nuser: nosuchuser\nserver: /none\ninstances: many\nsevrer: x\n");
  EXPECT_TRUE(loaded.config.services.empty());
  EXPECT_EQ(messages(loaded),
            "warning: instances: 'many' is not a whole number (a whole number such as 10, or unlimited) | "
            "warning: unknown attribute 'sevrer' (did you mean 'server'?)");
}

TEST(Compile, TurnsAllServicesOffByDefault) {
  EXPECT_TRUE(load_service(kBase, "disable: yes").config.services.empty());
  EXPECT_EQ(load_service(kBase + "disable: no\n", "disable: yes").config.services.size(), 1U);
}

TEST(Compile, RunsTheRestWhenOneIsBad) {
  const auto loaded =
      load_service(kBase + "---\nservice: bad\n---\nservice: third\nserver: /bin/x\nuser: nobody\nport: 3\n");
  ASSERT_EQ(loaded.config.services.size(), 2U);
  EXPECT_EQ(loaded.config.services[1].id, "third");
  EXPECT_TRUE(loaded.is_usable());
}

TEST(Compile, TakesTheFirstOfTwoWithOneId) {
  const auto loaded = load_service(kBase + "---\n" + kBase + "port: 80\n");
  ASSERT_EQ(loaded.config.services.size(), 1U);
  EXPECT_EQ(printed(loaded.config.services[0], "listen"), "[79]");
  EXPECT_EQ(messages(loaded),
            "error: there is a service 'finger' already (at /s.yaml:1:1; give one of them another 'id')");
}

TEST(Compile, TakesTheFirstOfTwoAtOnePlace) {
  const auto loaded = load_service(kBase + "---\n" + kBase + "id: other\n");
  EXPECT_EQ(messages(loaded), "error: service 'finger' listens there already");
  EXPECT_EQ(
      load_service(kBase + "---\n" + kBase + "id: o\nsocket_type: dgram\nwait: yes\nport: 79\n").config.services.size(),
      2U);
  EXPECT_EQ(load_service(kBase + "protocol: tcp4\n---\n" + kBase + "id: o\nprotocol: tcp6\n").config.services.size(),
            2U);
  EXPECT_EQ(
      load_service(kBase + "protocol: tcp4\n---\n" + kBase + "id: o\nlisten: '0.0.0.0:79'\n").config.services.size(),
      1U);
}

TEST(Compile, LeavesOutServicesThatWouldInheritAMistake) {
  const auto loaded =
      load_service(kBase + "---\n" + kBase + "id: b\nport: 80\nonly_from: [10.0.0.1]\n", "only_from: [10.0.0]");
  ASSERT_EQ(loaded.config.services.size(), 1U) << messages(loaded);
  EXPECT_EQ(loaded.config.services[0].id, "b");
  EXPECT_EQ(messages(loaded),
            "error: only_from: '10.0.0' is neither an address nor a host's name (an address, a prefix such as "
            "10.0.0.0/8, or a host's "
            "name) | note: left out for what is wrong in defaults: finger");
}

TEST(Compile, LeavesOutAllServicesWhenDefaultsHaveAnUnknownAttribute) {
  const auto loaded = load_service(kBase, "only_form: [10.0.0.1]");
  EXPECT_TRUE(loaded.config.services.empty());
  EXPECT_EQ(messages(loaded),
            "error: unknown attribute 'only_form' (did you mean 'only_from'?) | note: left out for what is wrong in "
            "defaults: finger");
}

TEST(Compile, KeepsWhatBelongsToOneServiceOutOfDefaults) {
  for (const auto& row : service_attributes()) {
    if (row.in_defaults == InDefaults::yes) continue;
    const auto loaded = load_main("defaults:\n  " + std::string(row.name) + ": x\n");
    EXPECT_EQ(messages(loaded),
              "error: '" + std::string(row.name) + "' cannot stand in defaults (it belongs into each service)");
  }
}

TEST(Compile, KeepsTheDefaultOfABadGlobalSetting) {
  const auto loaded = load_main("log_level: loud\nmax_sessions: 10\nuser: nobody\nlog_lvel: info\n");
  EXPECT_EQ(loaded.config.global.log_level, base::Level::info);
  EXPECT_EQ(loaded.config.global.max_sessions, 10U);
  EXPECT_EQ(
      messages(loaded),
      "error: log_level: 'loud' is not known here (error, warning, notice, info or debug) | error: 'user' is an "
      "attribute of services "
      "(put it under 'defaults:' or into a service) | error: unknown setting 'log_lvel' (did you mean 'log_level'?)");
}

}  // namespace
}  // namespace porterd::config
