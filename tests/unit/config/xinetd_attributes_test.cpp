// SPDX-License-Identifier: Apache-2.0
//
// Each attribute of xinetd.conf, and the same in porterd's own words.
#include "config/xinetd_attributes.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "config/diff.h"
#include "xinetd_loading.h"

namespace porterd::config {
namespace {

/// What a service of xinetd.conf has where it says nothing.
const std::map<std::string, std::string> kUsual{
    {"service", "finger"},      {"user", "nobody"},
    {"server", "/bin/x"},       {"groups", "no"},
    {"stderr", "socket"},       {"cps", "{rate: 50, excess: disable, wait: 10s}"},
    {"log_on_success", "[]"},   {"log_on_failure", "[]"},
    {"environment", "inherit"}, {"connection_env", "remote_host"},
    {"libwrap", "yes"},
};

struct Same {
  std::string attribute;  ///< whose row this is
  std::string lines;      ///< of xinetd.conf
  std::map<std::string, std::string> yaml;
};

FakeWorld world() {
  FakeWorld world;
  world.hosts["both"] = {*base::parse_address("192.0.2.1"), *base::parse_address("2001:db8::1")};
  return world;
}

std::string yaml_of(const std::map<std::string, std::string>& own) {
  auto all = own;
  all.insert(kUsual.begin(), kUsual.end());
  std::string text;
  for (const auto& [name, value] : all) text += name + ": " + value + "\n";
  return text;
}

const std::map<std::string, std::string> kNone;

const Same kSame[] = {
    {"id", "id = other", {{"id", "other"}}},
    {"type", "type = UNLISTED SPECIAL\nport = 5", {{"port", "5"}, {"xinetd_marks", "[unlisted]"}}},
    {"flags", "flags = KEEPALIVE NODELAY REUSE", {{"keepalive", "yes"}, {"nodelay", "yes"}}},
    {"flags", "flags = IPv4", {{"protocol", "tcp4"}}},
    {"flags", "flags = ipv6", kNone},
    {"flags", "flags = IPv4 IPv6", kNone},
    {"flags", "server_args = in.x -l\nflags = NAMEINARGS", {{"argv0", "in.x"}, {"server_args", "[-l]"}}},
    {"disable", "disable = no", kNone},
    {"socket_type", "", kNone},
    {"protocol", "protocol = TCP", kNone},
    {"port", "port = 79", {{"port", "79"}}},
    {"bind", "interface = 127.0.0.1", {{"bind", "127.0.0.1"}}},
    {"bind", "bind = ::1", {{"bind", "\"::1\""}}},
    {"bind", "bind = ::", kNone},
    {"bind", "bind = both", {{"bind", "\"2001:db8::1\""}}},
    {"bind", "bind = both\nflags = IPv4", {{"bind", "192.0.2.1"}}},
    {"v6only", "v6only = yes", {{"protocol", "tcp6"}}},
    {"v6only", "v6only = no", kNone},
    {"server", "", kNone},
    {"server_args", "server_args = -a \"b c\"", {{"server_args", "[-a, '\"b', 'c\"']"}}},
    {"wait", "", kNone},
    {"user", "", kNone},
    {"group", "group = mail", {{"group", "mail"}}},
    {"groups", "groups = YES", {{"groups", "yes"}}},
    {"groups", "groups = YES\ngroup = mail", {{"groups", "all"}, {"group", "mail"}}},
    {"env", "env = A=1\nenv += B=2=3 A=4", {{"env", "{A: '4', B: '2=3'}"}}},
    {"env", "env = A=1\nenv = B=2", {{"env", "{B: '2'}"}}},
    {"passenv", "passenv = TZ LANG", {{"passenv", "[TZ, LANG]"}, {"environment", "none"}}},
    {"passenv", "passenv =", {{"passenv", "[]"}, {"environment", "none"}}},
    {"umask", "umask = 77", {{"umask", "077"}}},
    {"nice", "nice = -5", {{"nice", "-5"}}},
    {"rlimit_as", "rlimit_as = 8m", {{"rlimit_as", "8M"}}},
    {"rlimit_as", "rlimit_as = 0", kNone},
    {"rlimit_as", "rlimit_as = -1", {{"rlimit_as", "unlimited"}}},
    {"rlimit_cpu", "rlimit_cpu = 20", {{"rlimit_cpu", "20"}}},
    {"rlimit_cpu", "rlimit_cpu = UNLIMITED", {{"rlimit_cpu", "unlimited"}}},
    {"rlimit_data", "rlimit_data = 4K", {{"rlimit_data", "4K"}}},
    {"rlimit_files", "rlimit_files = 64", {{"rlimit_files", "64"}}},
    {"rlimit_rss", "rlimit_rss = 1M", {{"rlimit_rss", "1M"}}},
    {"rlimit_stack", "rlimit_stack = 1000", {{"rlimit_stack", "1000"}}},
    {"instances", "instances = 12", {{"instances", "12"}}},
    {"per_source", "per_source = 3", {{"per_source", "{limit: 3, ipv4: 32, ipv6: 128}"}}},
    {"per_source", "per_source = UNLIMITED", kNone},
    {"cps", "cps = 25 30", {{"cps", "{rate: 25, excess: disable, wait: 30s}"}}},
    {"cps", "cps = 0 5", {{"cps", "unlimited"}}},
    {"only_from", "only_from = 10.0.0.0 0.0.0.0", {{"only_from", "[10.0.0.0/8, 0.0.0.0/0]"}}},
    {"only_from", "only_from = 10.1.{2,3} 10.0.0.{1}", {{"only_from", "[10.1.2.0/24, 10.1.3.0/24, 10.0.0.1]"}}},
    {"only_from",
     "only_from = ::1 2001:db8::/32 host.example",
     {{"only_from", "['::1', '2001:db8::/32', host.example]"}}},
    {"only_from", "only_from =", {{"only_from", "[]"}}},
    {"only_from", "only_from = 10.0.0.1 a\nonly_from += b\nonly_from -= a 10.0.0.1", {{"only_from", "[b]"}}},
    {"only_from", "only_from = 10.0.0.1\nonly_from = 10.0.0.2", {{"only_from", "[10.0.0.2]"}}},
    {"no_access", "no_access = 192.0.2.7", {{"no_access", "[192.0.2.7]"}}},
    {"access_times", "access_times = 8:00-12:30 13:5-17:00", {{"access_times", "['08:00-12:30', '13:05-17:00']"}}},
    {"max_load", "max_load = 2.5", {{"max_load", "2.5"}}},
    {"banner", "banner = /b", {{"banner", "/b"}}},
    {"banner_success", "banner_success = /b", {{"banner_success", "/b"}}},
    {"banner_fail", "banner_fail = /b", {{"banner_fail", "/b"}}},
    {"log_type",
     "log_type = SYSLOG Mail notice",
     {{"log_type", "syslog mail notice"}, {"log_format", "xinetd_mapped"}}},
    {"log_type", "log_type = SYSLOG local7", {{"log_type", "syslog local7 info"}, {"log_format", "xinetd_mapped"}}},
    {"log_type", "log_type = FILE /l", {{"log_type", "file /l"}, {"log_format", "xinetd_mapped"}}},
    {"log_type", "log_type = FILE /l 0", {{"log_type", "file /l"}, {"log_format", "xinetd_mapped"}}},
    {"log_type",
     "log_type = FILE /l 64K",
     {{"log_type", "{type: file, path: /l, soft_limit: 64K, hard_limit: 69K}"}, {"log_format", "xinetd_mapped"}}},
    {"log_type",
     "log_type = FILE /l 1k 2M",
     {{"log_type", "{type: file, path: /l, soft_limit: 1K, hard_limit: 2M}"}, {"log_format", "xinetd_mapped"}}},
    {"log_on_success",
     "log_type = FILE /l\nlog_on_success = PID HOST exit\nlog_on_success -= PID",
     {{"log_type", "file /l"}, {"log_format", "xinetd_mapped"}, {"log_on_success", "[host, exit]"}}},
    {"log_on_success", "log_on_success = PID", kNone},  // without a log_type nothing is logged
    {"log_on_failure",
     "log_type = FILE /l\nlog_on_failure += ATTEMPT",
     {{"log_type", "file /l"}, {"log_format", "xinetd_mapped"}, {"log_on_failure", "[attempt]"}}},
    {"libwrap", "libwrap = fingerd", {{"libwrap", "fingerd"}}},
    {"flags", "flags = NOLIBWRAP", {{"libwrap", "no"}, {"xinetd_marks", "[nolibwrap]"}}},
    {"flags",
     "flags = IDONLY\nlog_type = FILE /l\nlog_on_success = USERID",
     {{"ident_only", "yes"}, {"log_type", "file /l"}, {"log_format", "xinetd_mapped"}, {"log_on_success", "[userid]"}}},
    {"mdns", "mdns = no", kNone},
    {"rpc_version",
     "type = RPC UNLISTED\nrpc_number = 100011\nrpc_version = 1-2",
     {{"rpc", "100011/1-2"}, {"xinetd_marks", "[unlisted]"}}},
    {"deny_time", "flags = SENSOR\ndeny_time = 5", {{"sensor", "yes"}, {"deny_time", "5m"}}},
    {"deny_time", "flags = SENSOR\ndeny_time = FOREVER", {{"sensor", "yes"}, {"deny_time", "forever"}}},
    {"deny_time", "flags = SENSOR\ndeny_time = 0", {{"sensor", "yes"}, {"deny_time", "never"}}},
};

TEST(XinetdAttribute, MeansTheSameAsPorterdsOwn) {
  for (const auto& [attribute, lines, yaml] : kSame) {
    const auto xinetd = load_xinetd(xinetd_service(lines), world());
    const auto own = load_service(yaml_of(yaml), {}, world());
    EXPECT_EQ(messages(xinetd), "") << lines;
    EXPECT_EQ(messages(own), "") << yaml_of(yaml);
    ASSERT_EQ(xinetd.config.services.size(), 1U) << lines;
    ASSERT_EQ(own.config.services.size(), 1U) << yaml_of(yaml);
    const auto found = changes(own.config.services[0], xinetd.config.services[0]);
    EXPECT_TRUE(found.is_none()) << lines << ": " << found.attributes.front();
  }
}

TEST(XinetdAttribute, HasARowHere) {
  // What changes which services there are, or is not served, is in the reader's test.
  std::set<std::string_view> names{"disabled", "enabled", "redirect", "rpc_version", "rpc_number"};
  for (const auto& row : kSame) names.insert(row.attribute);
  for (const auto& attribute : xinetd_attributes()) EXPECT_TRUE(names.contains(attribute.name)) << attribute.name;
}

TEST(XinetdAttribute, OfDefaultsMeansTheSameForAService) {
  const std::string lines =
      "instances = 5\nper_source = 2\ngroups = yes\numask = 077\nmax_load = 2\nbind = 127.0.0.1\n"
      "banner_fail = /b\nlog_type = SYSLOG auth\nlog_on_success = HOST\nno_access = 10.0.0.0\ncps = 1 2";
  const auto inherited = load_xinetd(xinetd_defaults(lines) + xinetd_service());
  const auto own = load_xinetd(xinetd_service(lines));
  ASSERT_EQ(inherited.config.services.size(), 1U) << messages(inherited);
  ASSERT_EQ(own.config.services.size(), 1U) << messages(own);
  const auto found = changes(own.config.services[0], inherited.config.services[0]);
  EXPECT_TRUE(found.is_none()) << found.attributes.front();
}

TEST(XinetdAttribute, GivesANumericUserTheGroupOfThatNumber) {
  const auto loaded = load_xinetd("service finger\n{\nprotocol = tcp\nwait = no\nserver = /bin/x\nuser = 12345\n}\n");
  ASSERT_EQ(loaded.config.services.size(), 1U) << messages(loaded);
  EXPECT_EQ(loaded.config.services[0].group->gid, 12345U);
}

TEST(XinetdAttribute, ServesDatagrams) {
  const auto loaded = load_xinetd(
      "service tftp\n{\nsocket_type = dgram\nwait = yes\nserver = /bin/x\nuser = nobody\nper_source = 3\n}\n");
  ASSERT_EQ(loaded.config.services.size(), 1U);
  EXPECT_EQ(messages(loaded), "warning: per_source is not used: a datagram socket has no connections");
  EXPECT_EQ(loaded.config.services[0].protocol, Protocol::udp);
}

struct Bad {
  std::string line;
  std::string message;
};

TEST(XinetdAttribute, SaysWhatIsWrongWithAValue) {
  const Bad kBad[] = {
      {"wait = maybe", "is not known here"},
      {"port = http", "'http' is not a port's number"},
      {"port = 0", "'0' is not a port's number"},
      {"protocol = tcp6", "'tcp6' is not a protocol that is served here"},
      {"bind = none.invalid", "'none.invalid' is no address and no host's name"},
      {"group = nogroup", "there is no group 'nogroup'"},
      {"rlimit_as = 1G", "'1G' is not a limit"},
      {"rlimit_cpu = 1K", "'1K' is not a limit"},
      {"umask = 1777", "'1777' is not an octal number"},
      {"max_load = 0", "'0' is not a load above 0"},
      {"access_times = 18:00-08:00", "'18:00-08:00' ends before it begins"},
      {"access_times = 8:00-24:00", "'8:00-24:00' is not a range of times"},
      {"only_from = 10.{1,2}.0", "is not a list of addresses"},
      {"only_from = 10.1.2.{300}", "is not a list of addresses"},
      {"no_access = .example.com", "domains are not taken"},
      {"no_access = ALL", "'ALL' is neither an address nor a host's name"},
      {"log_type = SYSLOG cron", "'cron' is not a facility of xinetd's"},
      {"log_type = FILE /l 10 5", "the hard limit is less than the soft one"},
      {"log_on_success = RECORD", "'RECORD' is not a word of xinetd's"},
      {"flags = FOO", "'FOO' is not known here"},
      {"redirect = 192.0.2.1 nosuch", "'nosuch' is not a port"},
      {"rpc_version = 4-2", "'4-2' is not a version or a range of them"},
      {"env = A", "'A' is not NAME=value"},
      {"deny_time = soon", "'soon' is not a number of minutes"},
  };
  for (const auto& [line, message] : kBad) {
    // The service has a wait already.
    const auto loaded = load_xinetd("service finger\n{\n" + line + "\n}\n");
    EXPECT_TRUE(loaded.config.services.empty());
    EXPECT_TRUE(messages(loaded).contains(message)) << line << ": " << messages(loaded);
  }
}

TEST(XinetdAttribute, LogShowsAddressesAsXinetdsSocketDoes) {
  const auto format = [](const std::string& lines, const std::string& defaults = "log_type = FILE /l\n") {
    const auto loaded = load_xinetd(xinetd_defaults(defaults) + xinetd_service(lines));
    EXPECT_EQ(ids_of(loaded), "finger") << lines;
    return loaded.config.services.at(0).log_format;
  };
  EXPECT_EQ(format(""), LogFormat::xinetd_mapped);
  EXPECT_EQ(format("flags = IPv6"), LogFormat::xinetd_mapped);
  EXPECT_EQ(format("bind = ::"), LogFormat::xinetd_mapped);
  EXPECT_EQ(format("flags = IPv4"), LogFormat::xinetd);
  EXPECT_EQ(format("bind = 127.0.0.1"), LogFormat::xinetd);
  EXPECT_EQ(format("v6only = yes"), LogFormat::xinetd);
  EXPECT_EQ(format("", ""), std::nullopt) << "without a log_type it is porterd that logs";
}

TEST(XinetdAttribute, LogHasAnotherFormWhereADropInSaysSo) {
  FakeWorld world;
  world.put("/etc/porterd/porterd.yaml", "");
  world.put("/etc/porterd/conf.d/finger.d/own.yaml", "log_format: json\n");
  world.put("/x.conf", xinetd_service("log_type = FILE /l"));
  const auto loaded = load({.main = "/etc/porterd/porterd.yaml", .xinetd = {"/x.conf"}}, world);
  EXPECT_EQ(ids_of(loaded), "finger") << messages(loaded);
  EXPECT_EQ(loaded.config.services.back().log_format, LogFormat::json);
}

TEST(XinetdAttribute, WarnsOfWhatIsTakenOtherwiseThanWritten) {
  const Bad kSlips[] = {
      {"only_from = 10.1", "'10.1' is the address 10.0.0.1"},
      {"only_from = 10.0.0.0/255.0.0.0", "is taken as the length 32"},
      {"only_from = ::", "'::' is taken as every IPv6 address"},
      {"only_from = .example.com", "lets nobody in (domains are not taken"},
      {"only_from = *", "'*' is neither an address nor a host's name, and lets nobody in"},
      {"nice = 99", "'99' is taken as 19"},
      {"max_load = 2,5", "'2,5' is taken as 2"},
      {"flags = IDONLY", "IDONLY lets everybody in, as in xinetd"},
      {"flags = IDONLY\nlog_on_success = USERID", "IDONLY lets everybody in, as in xinetd"},
      {"banner = b", "'b' is not an absolute path (taken as /b)"},
  };
  for (const auto& [line, message] : kSlips) {
    const auto loaded = load_xinetd(xinetd_service(line));
    EXPECT_EQ(ids_of(loaded), "finger");
    EXPECT_TRUE(messages(loaded).contains(message)) << line << ": " << messages(loaded);
  }
}

}  // namespace
}  // namespace porterd::config
