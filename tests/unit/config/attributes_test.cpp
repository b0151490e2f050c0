// SPDX-License-Identifier: Apache-2.0
//
// Every attribute by itself: what it takes, how that is printed, that the print reads back as the same, and
// what exactly is said about a bad value.
#include <gtest/gtest.h>

#include <set>

#include "config/apply.h"
#include "config/emit.h"
#include "config/yaml_reader.h"
#include "fake_world.h"

namespace porterd::config {
namespace {

struct Row {
  std::string_view name;
  std::string_view good;
  std::string_view printed;
  std::string_view bad;
  std::string_view complaint;  // message, and the hint in brackets
};

// One value read and applied to a fresh record.
template <typename Record>
struct Applied {
  Record record;
  Diagnostics diagnostics;
  bool is_taken = false;

  Applied(const Attribute<Record>& row, std::string_view value) {
    Document document;
    const auto text = std::string(row.name) + ": " + std::string(value) + "\n";
    read_yaml(std::make_shared<SourceFile>(SourceFile{"s.yaml", text}), FileRole::services, "s", document, diagnostics);
    if (document.sections.empty() || document.sections[0].settings.empty()) return;
    const FakeWorld world;
    is_taken = apply_setting(row, document.sections[0].settings[0], record, world, Machine::counts, diagnostics) ==
               Outcome::taken;
  }
  [[nodiscard]] std::string complaint() const {
    if (diagnostics.all().empty()) return "nothing";
    const auto& first = diagnostics.all()[0];
    return first.message + (first.hint.empty() ? "" : " (" + first.hint + ")");
  }
};

template <typename Record>
void expect_row(const Attribute<Record>& row, const Row& expected) {
  const Applied<Record> good(row, expected.good);
  EXPECT_TRUE(good.is_taken) << good.diagnostics.text();
  const auto printed = emit_yaml(row.print(good.record));
  EXPECT_EQ(printed, expected.printed);

  const Applied<Record> again(row, printed);
  EXPECT_TRUE(again.is_taken) << again.diagnostics.text();
  EXPECT_TRUE(again.diagnostics.all().empty()) << again.diagnostics.text();
  EXPECT_TRUE(row.is_equal(good.record, again.record)) << "reads back as " << emit_yaml(row.print(again.record));

  const Applied<Record> bad(row, expected.bad);
  EXPECT_FALSE(bad.is_taken);
  EXPECT_EQ(bad.complaint(), expected.complaint);
  EXPECT_TRUE(row.is_equal(bad.record, Record())) << "a bad value leaves the field as it was";
}

const Row kServiceRows[] = {
    {"service", "finger", "finger", "a b",
     "service: 'a b' cannot be a service's name (letters, digits and any of . _ + - (not first), at most 64)"},
    {"id", "finger-dgram", "finger-dgram", "[a]",
     "id: a list is not taken here (letters, digits and any of . _ + - (not first), at most 64)"},
    {"disable", "yes", "yes", "maybe", "disable: 'maybe' is neither yes nor no (yes or no)"},
    {"disable", "true", "yes", "\"yes\"", "disable: \"yes\" is a text, not yes or no (write yes without quotes)"},
    {"disable", "off", "no", "", "disable: needs a value (yes or no)"},
    {"socket_type", "dgram", "dgram", "datagram",
     "socket_type: 'datagram' is not known here (stream, dgram or seqpacket)"},
    {"socket_type", "seqpacket", "seqpacket", "raw",
     "socket_type: 'raw' is not known here (stream, dgram or seqpacket)"},
    {"protocol", "udp6", "udp6", "tpc", "protocol: 'tpc' is not known here (did you mean 'tcp'?)"},
    {"protocol", "unix", "unix", "{}", "protocol: a map is not taken here (tcp, tcp4, tcp6, udp, udp4, udp6 or unix)"},
    {"builtin", "echo", "echo", "ehco", "builtin: 'ehco' is not known here (did you mean 'echo'?)"},
    {"answer", "OK", "OK", "[]",
     "answer: a list is not taken here (a text, {file: PATH}, or {status: 200, text: …} for HTTP)"},
    {"answer", "{status: 503, text: busy, type: text/html}", "{status: 503, text: busy, type: text/html}",
     "{status: 99}", "answer: '99' is out of range (a number from 100 to 599)"},
    {"answer", "{file: /etc/motd}", "{file: /etc/motd}", "{file: /etc/motd, text: x}",
     "answer: has both 'text' and 'file' (one of the two)"},
    {"daytime_form", "inetd", "inetd", "rfc", "daytime_form: 'rfc' is not known here (xinetd or inetd)"},
    {"redirect", "\"192.0.2.1:80\"", "[\"192.0.2.1:80\"]", "\"192.0.2.1\"",
     "redirect: \"192.0.2.1\" is not HOST:PORT (\"HOST:PORT\", \"[2001:db8::1]:80\", /run/x.sock or \"@name\")"},
    {"redirect", "[\"db.example:5432\", /run/x.sock, \"@x\", \"[2001:db8::1]:80\"]",
     "[\"db.example:5432\", /run/x.sock, \"@x\", \"[2001:db8::1]:80\"]", "\"2001:db8::1:80\"",
     "redirect: an IPv6 address stands in brackets here, and no other (\"[2001:db8::1]:80\")"},
    {"redirect", "\"localhost:finger\"", "[\"localhost:79\"]", "\"localhost:0\"",
     "redirect: '0' is not a port (a port from 1 to 65535)"},
    {"redirect", "\"a_b.example:80\"", "[\"a_b.example:80\"]", "\"127.0.0.300:80\"",
     "redirect: '127.0.0.300' is not a host (\"HOST:PORT\", \"[2001:db8::1]:80\", /run/x.sock or \"@name\")"},
    {"redirect_proxy", "yes", "yes", "2", "redirect_proxy: '2' is neither yes nor no (yes or no)"},
    {"redirect_timeout", "3s", "3s", "soon",
     "redirect_timeout: 'soon' is not a duration (a duration such as 250ms, 10s, 5m or 1h30m)"},
    {"tcpmux", "plus", "plus", "maybe", "tcpmux: 'maybe' is not known here (no, yes or plus)"},
    {"port", "79", "79", "0", "port: '0' is out of range (a number from 1 to 65535)"},
    {"port", "65535", "65535", "finger", "port: 'finger' is not a whole number (a port from 1 to 65535)"},
    {"bind", "127.0.0.1", "\"127.0.0.1\"", "127.0.0.1.1",
     "bind: '127.0.0.1.1' is neither an address nor a host's name (an address such as 127.0.0.1 or ::1, or a host's "
     "name)"},
    {"bind", "'::1'", "\"::1\"", "127.0.0.1:79",
     "bind: '127.0.0.1:79' is neither an address nor a host's name (an address such as 127.0.0.1 or ::1, or a host's "
     "name)"},
    {"bind", "www.example.org", "www.example.org", "a b",
     "bind: 'a b' is neither an address nor a host's name (an address such as 127.0.0.1 or ::1, or a host's name)"},
    {"listen", "\"www.example.org:79\"", "[\"www.example.org:79\"]", "\"www.example.org%:79\"",
     "listen: '' is no name for a network device (79, \"127.0.0.1:79\", \"[::1]:79\", \"HOST:79\", \"%eth0:79\", "
     "a name from services(5), /run/x.sock or \"@name\")"},
    {"listen", "79", "[79]", "70000", "listen: '70000' is not a port (a port from 1 to 65535)"},
    {"listen", "[\"127.0.0.1:79\", \"[::1]:79\"]", "[\"127.0.0.1:79\", \"[::1]:79\"]", "\"::1:79\"",
     "listen: an IPv6 address stands in brackets here (\"[::1]:79\")"},
    {"listen", "\"%eth0:79\"", "[\"%eth0:79\"]", "\"%waytoolongforadevice:79\"",
     "listen: 'waytoolongforadevice' is no name for a network device (79, \"127.0.0.1:79\", \"[::1]:79\", "
     "\"HOST:79\", \"%eth0:79\", a name "
     "from services(5), /run/x.sock or \"@name\")"},
    {"listen", "[\"192.0.2.1%eth0:79\", \"[2001:db8::1]%eth0:79\"]",
     "[\"192.0.2.1%eth0:79\", \"[2001:db8::1]%eth0:79\"]", "\"[::1:79\"",
     "listen: \"[::1:79\" lacks a ']' (79, \"127.0.0.1:79\", \"[::1]:79\", \"HOST:79\", \"%eth0:79\", a name from "
     "services(5), "
     "/run/x.sock or "
     "\"@name\")"},
    {"listen", "finger", "[finger]", "\"host name:79\"",
     "listen: 'host name' is neither an address nor a host's name (79, \"127.0.0.1:79\", \"[::1]:79\", \"HOST:79\", "
     "\"%eth0:79\", "
     "a name from "
     "services(5), /run/x.sock or \"@name\")"},
    {"listen", "\"127.0.0.1:finger\"", "[\"127.0.0.1:finger\"]", "\"127.0.0.1:\"",
     "listen: '' is not a port (79, \"127.0.0.1:79\", \"[::1]:79\", \"HOST:79\", \"%eth0:79\", a name from "
     "services(5), /run/x.sock "
     "or \"@name\")"},
    {"listen", "[/run/x.sock, \"@x\"]", "[/run/x.sock, \"@x\"]", "\"@\"",
     "listen: \"@\" is no name for a UNIX socket (79, \"127.0.0.1:79\", \"[::1]:79\", \"HOST:79\", \"%eth0:79\", a "
     "name from "
     "services(5), "
     "/run/x.sock or \"@name\")"},
    {"listen", "{path: /run/x.sock, owner: nobody, group: adm, mode: 0660}",
     "[{path: /run/x.sock, owner: nobody, group: adm, mode: 0660}]", "{path: /run/x.sock, mode: 0999}",
     "listen: '0999' is not an octal number from 0 to 0777 (an octal number such as 022)"},
    {"listen", "{address: \"127.0.0.1:79\"}", "[\"127.0.0.1:79\"]", "{address: 79, mode: 0600}",
     "listen: only a UNIX socket with a path has an owner, a group and a mode (79, \"127.0.0.1:79\", \"[::1]:79\", "
     "\"HOST:79\", \"%eth0:79\", a "
     "name from services(5), /run/x.sock or \"@name\")"},
    {"listen", "{path: /run/x.sock}", "[/run/x.sock]", "{path: /run/x.sock, onwer: root}",
     "listen: unknown key 'onwer' (did you mean 'owner'?)"},
    {"backlog", "128", "128", "-1", "backlog: '-1' is out of range (a number from 0 to 65535)"},
    {"freebind", "yes", "yes", "[]", "freebind: a list is not taken here (yes or no)"},
    {"keepalive", "yes", "yes", "2", "keepalive: '2' is neither yes nor no (yes or no)"},
    {"nodelay", "yes", "yes", "YES!", "nodelay: 'YES!' is neither yes nor no (yes or no)"},

    {"server", "/usr/sbin/in.fingerd", "/usr/sbin/in.fingerd", "in.fingerd",
     "server: 'in.fingerd' is not an absolute path (a path that begins with /)"},
    {"server_args", "-l  -t 3", "[\"-l\", \"-t\", \"3\"]", "{a: b}",
     "server_args: a map is not taken here (a list of arguments, or one text that is split at blanks)"},
    {"server_args", "[-l, 'a b', \"\", yes, 3]", "[\"-l\", \"a b\", \"\", \"yes\", \"3\"]", "[-l, ]x",
     "not YAML: end of map not found"},
    {"argv0", "-login", "\"-login\"", "[]", "argv0: a list is not taken here (a text)"},
    {"wait", "yes", "yes", "no way", "wait: 'no way' is neither yes nor no (yes or no)"},
    {"pass", "listen_fds", "listen_fds", "listenfds",
     "pass: 'listenfds' is not known here (did you mean 'listen_fds'?)"},
    {"stderr", "null", "null", "nul",
     "stderr: 'nul' is not a place for what a server says on descriptor 2 (did you mean 'null'?)"},
    {"stderr", "file /var/log/a b.log", "file /var/log/a b.log", "file x.log",
     "stderr: 'x.log' is not an absolute path (file /var/log/NAME.log)"},
    {"stderr", "socket", "socket", "log twice",
     "stderr: 'twice' is too much after 'log' (log, socket, inherit, null or file PATH)"},
    {"user", "nobody", "nobody", "nobdy", "user: there is no user 'nobdy' (the name or number of a user)"},
    {"user", "4242", "\"4242\"", "4294967295",
     "user: '4294967295' is too large for a user's number (the name or number of a user)"},
    {"group", "adm", "adm", "amd", "group: there is no group 'amd' (the name or number of a group)"},
    {"group", "7", "\"7\"", "[adm]", "group: a list is not taken here (the name or number of a group)"},
    {"groups", "[adm, 8]", "[adm, \"8\"]", "[adm, wheel]",
     "groups: there is no group 'wheel' (yes (those of the user), all, no, or a list of groups)"},
    {"groups", "all", "all", "alle",
     "groups: there is no group 'alle' (yes (those of the user), all, no, or a list of groups)"},
    {"groups", "no", "no", "{}",
     "groups: a map is not taken here (yes (those of the user), all, no, or a list of groups)"},
    {"environment", "laundered", "laundered", "clean",
     "environment: 'clean' is not known here (account, inherit, laundered or none)"},
    {"connection_env", "ucspi", "ucspi", "tcp",
     "connection_env: 'tcp' is not known here (all, remote_host, ucspi or none)"},
    {"env", "{TZ: UTC, A: \"\"}", "{TZ: UTC, A: \"\"}", "{A: }", "env: needs a value (write \"\" for an empty value)"},
    {"env", "[B=1, A=x=y]", "{B: \"1\", A: x=y}", "[A]",
     "env: 'A' is not NAME=value ({NAME: value} or a list of \"NAME=value\")"},
    {"passenv", "[TZ, LANG]", "[TZ, LANG]", "TZ=UTC",
     "passenv: 'TZ=UTC' is not the name of a variable (names of environment variables)"},
    {"working_directory", "/var/empty", "/var/empty", "var",
     "working_directory: 'var' is not an absolute path (a path that begins with /)"},
    {"umask", "027", "0027", "0899",
     "umask: '0899' is not an octal number from 0 to 0777 (an octal number such as 022)"},
    {"umask", "0o77", "0077", "1777",
     "umask: '1777' is not an octal number from 0 to 0777 (an octal number such as 022)"},
    {"nice", "-5", "-5", "20", "nice: '20' is out of range (a number from -20 to 19)"},

    {"rlimit_as", "64M", "64M", "64MB",
     "rlimit_as: '64MB' is not a limit (a size such as 64M, two as soft:hard, or unlimited)"},
    {"rlimit_as", "64M:1G", "64M:1G", "1G:64M",
     "rlimit_as: the soft limit is above the hard one (soft:hard, the smaller one first)"},
    {"rlimit_as", "{soft: 1K, hard: unlimited}", "1K:unlimited", "{soft: 1}",
     "rlimit_as: needs both 'soft' and 'hard' (a size such as 64M, two as soft:hard, or unlimited)"},
    {"rlimit_core", "0", "0", "-1",
     "rlimit_core: '-1' is not a limit (a size such as 64M, two as soft:hard, or unlimited)"},
    {"rlimit_cpu", "5m", "300", "0.5",
     "rlimit_cpu: '0.5' is not a limit (seconds or a duration such as 5m, two as soft:hard, or unlimited)"},
    {"rlimit_cpu", "20", "20", "500ms",
     "rlimit_cpu: '500ms' is not a limit (seconds or a duration such as 5m, two as soft:hard, or unlimited)"},
    {"rlimit_data", "unlimited", "unlimited", "\"unlimited\"",
     "rlimit_data: \"unlimited\" is a text, not a limit (write it without quotes)"},
    {"rlimit_fsize", "1T", "1T", "20000000T",
     "rlimit_fsize: '20000000T' is not a limit (a size such as 64M, two as soft:hard, or unlimited)"},
    {"rlimit_files", "1024:4096", "1024:4096", "many",
     "rlimit_files: 'many' is not a limit (a number such as 1024, two as soft:hard, or unlimited)"},
    {"rlimit_memlock", "64k", "64K", "",
     "rlimit_memlock: needs a value (a size such as 64M, two as soft:hard, or unlimited)"},
    {"rlimit_msgqueue", "800K", "800K", "1:2:3",
     "rlimit_msgqueue: '2:3' is not a limit (a size such as 64M, two as soft:hard, or unlimited)"},
    {"rlimit_nice", "30", "30", "[30]",
     "rlimit_nice: a list is not taken here (a number such as 1024, two as soft:hard, or unlimited)"},
    {"rlimit_nproc", "50:100", "50:100", "':'",
     "rlimit_nproc: '' is not a limit (a number such as 1024, two as soft:hard, or unlimited)"},
    {"rlimit_rss", "1M", "1M", "1 M",
     "rlimit_rss: '1 M' is not a limit (a size such as 64M, two as soft:hard, or unlimited)"},
    {"rlimit_rtprio", "0", "0", "x",
     "rlimit_rtprio: 'x' is not a limit (a number such as 1024, two as soft:hard, or unlimited)"},
    {"rlimit_rttime", "200ms", "200000", "200us",
     "rlimit_rttime: '200us' is not a limit (microseconds or a duration such as 200ms, two as soft:hard, or "
     "unlimited)"},
    {"rlimit_sigpending", "100", "100", "+1",
     "rlimit_sigpending: '+1' is not a limit (a number such as 1024, two as soft:hard, or unlimited)"},
    {"rlimit_stack", "8M:unlimited", "8M:unlimited", "unlimited:8M",
     "rlimit_stack: the soft limit is above the hard one (soft:hard, the smaller one first)"},

    {"instances", "10", "10", "-1", "instances: '-1' is out of range (a number from 0 to 4294967295)"},
    {"instances", "0", "0", "few", "instances: 'few' is not a whole number (a whole number such as 10, or unlimited)"},
    {"per_source", "5", "5", "many",
     "per_source: 'many' is not a whole number (a whole number, {limit, ipv4, ipv6}, or unlimited)"},
    {"per_source", "{limit: 5, ipv6: 56}", "{limit: 5, ipv4: 32, ipv6: 56}", "{limit: 5, ipv4: 33}",
     "per_source: '33' is out of range (a number from 0 to 32)"},
    {"per_source", "{limit: 5}", "5", "{ipv4: 24}",
     "per_source: needs a 'limit' (a whole number, {limit, ipv4, ipv6}, or unlimited)"},
    {"cps", "50", "50/s", "50 10",
     "cps: '50 10' is not a rate (a rate such as 50, 50/s or 256/m, {rate, burst, excess, wait}, or unlimited)"},
    {"cps", "3000/m", "50/s", "100/w",
     "cps: '100/w' is not a rate (a rate such as 50, 50/s or 256/m, {rate, burst, excess, wait}, or unlimited)"},
    {"cps", "{rate: 100/m, burst: 1}", "{rate: 100/m, burst: 1, excess: hold, wait: 10s}", "{rate: x}",
     "cps: 'x' is not a rate (a rate such as 50, 50/s or 256/m)"},
    {"cps", "7/h", "7/h", "7/",
     "cps: '7/' is not a rate (a rate such as 50, 50/s or 256/m, {rate, burst, excess, wait}, "
     "or unlimited)"},
    {"cps", "{rate: 5, burst: 20, excess: disable, wait: 1m}", "{rate: 5/s, burst: 20, excess: disable, wait: 1m}",
     "{rate: 5, excess: drop}", "cps: 'drop' is not known here (hold, refuse or disable)"},
    {"cps", "{rate: 7200/h}", "2/s", "0", "cps: a rate of 0 lets nobody in (disable: yes turns a service off)"},
    {"only_from", "[10.0.0.0/8, '2001:db8::/32', host.example.org]",
     "[\"10.0.0.0/8\", \"2001:db8::/32\", host.example.org]", "10.0.0.0/33",
     "only_from: '10.0.0.0/33' is neither an address nor a host's name (an address, a prefix such as 10.0.0.0/8, or a "
     "host's name)"},
    {"only_from", "[]", "[]", "",
     "only_from: needs a value (an address, a prefix such as 10.0.0.0/8, or a host's name)"},
    {"only_from", "192.0.2.7", "[\"192.0.2.7\"]", "all",
     "only_from: 'all' is not an address (everybody is 0.0.0.0/0 and ::/0)"},
    {"no_access", "['::/0', 0.0.0.0/0]", "[\"::/0\", \"0.0.0.0/0\"]", ".example.org",
     "no_access: '.example.org' is neither an address nor a host's name (domains are not taken, because a client "
     "chooses the name of its "
     "own address; write prefixes)"},
    {"no_access", "10.0.0.0/32", "[\"10.0.0.0/32\"]", "10.0.0.{1,2}",
     "no_access: '10.0.0.{1,2}' is neither an address nor a host's name (write each address as an item of its own)"},
    {"access_times", "[8:00-18:00, 22:00-06:30]", "[\"08:00-18:00\", \"22:00-06:30\"]", "08:00-24:00",
     "access_times: '24:00' is not a time of day (00:00 to 23:59; both ends are included)"},
    {"access_times", "00:00-23:59", "[\"00:00-23:59\"]", "08:00",
     "access_times: '08:00' is not a range of times (times as HH:MM-HH:MM)"},
    {"max_load", "2.5", "2.5", "0",
     "max_load: '0' is not a number above 0 (a number above 0 such as 4 or 2.5, or unlimited)"},
    {"libwrap", "yes", "yes", "a:b",
     "libwrap: 'a:b' cannot be a name in hosts.allow (yes, no or a name in hosts.allow)"},
    {"libwrap", "in.fingerd", "in.fingerd", "[]",
     "libwrap: a list is not taken here (yes, no or a name in hosts.allow)"},
    {"libwrap", "\"yes\"", "\"yes\"", "\"\"", "libwrap: needs a value (yes, no or a name in hosts.allow)"},

    {"ident_only", "yes", "yes", "maybe", "ident_only: 'maybe' is neither yes nor no (yes or no)"},
    {"ident_timeout", "5s", "5s", "soon",
     "ident_timeout: 'soon' is not a duration (a duration such as 250ms, 10s, 5m or 1h30m)"},
    {"cps_per_source", "60/m", "60/m", "0/m",
     "cps_per_source: a rate of 0 lets nobody in (disable: yes turns a service off)"},
    {"rpc", "rquotad/1-2", "rquotad/1-2", "rquotad",
     "rpc: 'rquotad' has no version (PROGRAM/VERSION or PROGRAM/FIRST-LAST, such as rquotad/1-2)"},
    {"rpc", "100011/1", "\"100011/1\"", "nfsd/3", "rpc: rpc(5) does not have 'nfsd' (its number)"},
    {"rpc", "rquotad/2-2", "rquotad/2", "rquotad/2-1",
     "rpc: '2-1' is not a version or a range of them (PROGRAM/VERSION or PROGRAM/FIRST-LAST, such as rquotad/1-2)"},
    {"intercept", "yes", "yes", "always", "intercept: 'always' is neither yes nor no (yes or no)"},
    {"intercept_idle", "90s", "1m30s", "long",
     "intercept_idle: 'long' is not a duration (a duration such as 250ms, 10s, 5m or 1h30m)"},
    {"sensor", "yes", "yes", "perhaps", "sensor: 'perhaps' is neither yes nor no (yes or no)"},
    {"deny_time", "90m", "1h30m", "long",
     "deny_time: 'long' is not a duration (a duration such as 30m or 1d, forever, or never)"},
    {"deny_time", "forever", "forever", "-1",
     "deny_time: '-1' is not a duration (a duration such as 30m or 1d, forever, or never)"},

    {"banner", "/etc/issue.net", "/etc/issue.net", "issue",
     "banner: 'issue' is not an absolute path (a path that begins with /)"},
    {"banner_success", "/a", "/a", "\"none\"",
     "banner_success: \"none\" is not an absolute path (a path that begins with /)"},
    {"banner_fail", "none", "none", "[]", "banner_fail: a list is not taken here (an absolute path, or none)"},
    {"banner_timeout", "2m", "2m", "soon",
     "banner_timeout: 'soon' is not a duration (a duration such as 250ms, 10s, 5m or 1h30m)"},
    {"log_type", "syslog auth notice", "syslog auth notice", "syslog atuh",
     "log_type: 'atuh' is not a facility of syslog(3) (did you mean 'auth'?)"},
    {"log_type", "SYSLOG local0", "syslog local0 info", "syslog daemon loud",
     "log_type: 'loud' is not a level of syslog(3) (main, none, stderr, journal, syslog [FACILITY [LEVEL]] or file "
     "PATH)"},
    {"log_type", "file /var/log/x.log", "file /var/log/x.log", "file",
     "log_type: '' is not an absolute path (file /var/log/NAME.log)"},
    {"log_type", "{type: syslog, level: err}", "syslog daemon err", "{type: journal}",
     "log_type: is neither {type: syslog, facility, level} nor {type: file, path, soft_limit, hard_limit} (main, none, "
     "stderr, journal, syslog [FACILITY [LEVEL]] or file PATH)"},
    {"log_type", "{type: file, path: /x, soft_limit: 1K}", "{type: file, path: /x, soft_limit: 1K, hard_limit: 6K}",
     "{type: file, path: /x, soft_limit: 0}", "log_type: '0' is not the size of a file (a size such as 64K or 10M)"},
    {"log_type", "{type: file, path: /x, soft_limit: 1M, hard_limit: 2M}",
     "{type: file, path: /x, soft_limit: 1M, hard_limit: 2M}", "{type: file, path: /x, soft_limit: 2M, hard_limit: 1M}",
     "log_type: the hard_limit is less than the soft_limit (main, none, stderr, journal, syslog [FACILITY [LEVEL]] or "
     "file PATH)"},
    {"log_type", "{type: file, path: /x, soft_limit: 4M}", "{type: file, path: /x, soft_limit: 4M, hard_limit: 4116K}",
     "{type: file, path: /x, hard_limit: 1M}",
     "log_type: a hard_limit needs a soft_limit (main, none, stderr, journal, syslog [FACILITY [LEVEL]] or file PATH)"},
    {"log_format", "xinetd", "xinetd", "xinetd6", "log_format: 'xinetd6' is not known here (did you mean 'xinetd'?)"},
    {"log_format", "xinetd_mapped", "xinetd_mapped", "[]",
     "log_format: a list is not taken here (text, json, xinetd or xinetd_mapped)"},
    {"log_type", "{type: file, path: /x y}", "file /x y", "jornal",
     "log_type: 'jornal' is not a place for records (did you mean 'journal'?)"},
    {"log_type", "none", "none", "journal loudly",
     "log_type: 'loudly' is too much after 'journal' (main, none, stderr, journal, syslog [FACILITY [LEVEL]] or file "
     "PATH)"},
    {"log_on_success", "[duration, PID]", "[pid, duration]", "[pid, hots]",
     "log_on_success: 'hots' is not a field of a record (did you mean 'host'?)"},
    {"log_on_success", "pid host", "[pid, host]", "attempt",
     "log_on_success: 'attempt' is not shown here (any of pid, host, userid, exit, duration, traffic; or none)"},
    {"log_on_failure", "none", "[]", "traffic",
     "log_on_failure: 'traffic' is not shown here (any of host, userid, attempt; or none)"},
    {"xinetd_marks", "[unlisted, noretry]", "[unlisted, noretry]", "[listed]",
     "xinetd_marks: 'listed' is not known here (did you mean 'unlisted'?)"},
};

const Row kGlobalRows[] = {
    {"include", "[a/*.yaml, /etc/x.yaml]", "[\"a/*.yaml\", /etc/x.yaml]", "{}",
     "include: a map is not taken here (a pattern or a list of them)"},
    {"log_type", "journal", "journal", "main",
     "log_type: 'main' is the log that is set here (none, stderr, journal, syslog [FACILITY [LEVEL]] or file PATH)"},
    {"log_format", "json", "json", "xml", "log_format: 'xml' is not known here (text, json, xinetd or xinetd_mapped)"},
    {"dump_file", "/var/run/xinetd.dump", "/var/run/xinetd.dump", "dump",
     "dump_file: 'dump' is not an absolute path (a path that begins with /)"},
    {"log_level", "debug", "debug", "warn",
     "log_level: 'warn' is not known here (error, warning, notice, info or debug)"},
    {"pid_file", "/run/porterd.pid", "/run/porterd.pid", "porterd.pid",
     "pid_file: 'porterd.pid' is not an absolute path (a path that begins with /)"},
    {"penalty_file", "/run/p", "/run/p", "p", "penalty_file: 'p' is not an absolute path (a path that begins with /)"},
    {"drain_timeout", "1m30s", "1m30s", "90 s",
     "drain_timeout: '90 s' is not a duration (a duration such as 250ms, 10s, 5m or 1h30m)"},
    {"kill_timeout", "250ms", "250ms", "-1",
     "kill_timeout: '-1' is not a duration (a duration such as 250ms, 10s, 5m or 1h30m)"},
    {"resolve_interval", "10", "10s", "1000d", "resolve_interval: '1000d' is too long (at most 366d)"},
    {"max_sessions", "5000", "5000", "\"unlimited\"",
     "max_sessions: \"unlimited\" is not a whole number (a whole number such as 10, or unlimited)"},
    {"launch", "fork", "fork", "vfork", "launch: 'vfork' is not known here (did you mean 'fork'?)"},
    {"workers", "4", "4", "0", "workers: '0' is out of range (a number from 1 to 64)"},
    {"worker_user", "nobody", "nobody", "nosuch",
     "worker_user: there is no user 'nosuch' (the name or number of a user)"},
    {"worker_idle", "10s", "10s", "never",
     "worker_idle: 'never' is not a duration (a duration such as 250ms, 10s, 5m or 1h30m)"},
    {"worker_path", "/opt/porterd-worker", "/opt/porterd-worker", "porterd-worker",
     "worker_path: 'porterd-worker' is not an absolute path (a path that begins with /)"},
};

TEST(ServiceAttribute, TakesPrintsAndRefuses) {
  for (const auto& expected : kServiceRows) {
    SCOPED_TRACE(std::string(expected.name) + ": " + std::string(expected.good));
    const auto* row = find_service_attribute(expected.name);
    ASSERT_NE(row, nullptr);
    expect_row(*row, expected);
  }
}

TEST(GlobalAttribute, TakesPrintsAndRefuses) {
  for (const auto& expected : kGlobalRows) {
    SCOPED_TRACE(std::string(expected.name) + ": " + std::string(expected.good));
    const auto* row = find_global_attribute(expected.name);
    ASSERT_NE(row, nullptr);
    expect_row(*row, expected);
  }
}

TEST(ServiceAttribute, HasARowHere) {
  std::set<std::string_view> names;
  for (const auto& row : kServiceRows) names.insert(row.name);
  for (const auto& row : service_attributes()) EXPECT_TRUE(names.contains(row.name)) << row.name;
}

TEST(GlobalAttribute, HasARowHere) {
  std::set<std::string_view> names;
  for (const auto& row : kGlobalRows) names.insert(row.name);
  for (const auto& row : global_attributes()) EXPECT_TRUE(names.contains(row.name)) << row.name;
}

TEST(ServiceAttribute, MayBeUnlimited) {
  for (const std::string_view name : {"instances", "per_source", "cps", "max_load"}) {
    const Applied<Service> applied(*find_service_attribute(name), "unlimited");
    EXPECT_TRUE(applied.is_taken) << name;
    EXPECT_TRUE(find_service_attribute(name)->is_equal(applied.record, Service())) << name;
  }
}

struct Slip {
  std::string_view name;
  std::string_view value;
  std::string_view warning;
};

TEST(ServiceAttribute, WarnsOfLikelySlips) {
  constexpr Slip kSlips[] = {
      {"only_from", "10.0.0.0",
       "'10.0.0.0' is this one address; zeros at its end are no wildcard here (write 10.0.0.0/8 for all addresses that "
       "begin so)"},
      {"only_from", "0.0.0.0",
       "'0.0.0.0' is this one address; zeros at its end are no wildcard here (write 0.0.0.0/0 for all addresses that "
       "begin so)"},
      {"no_access", "10.1.2.3/8", "'10.1.2.3/8' has bits set beyond its length (it is taken as 10.0.0.0/8)"},
      {"listen", "\"%wg0:79\"", "there is no network device 'wg0' now"},
  };
  for (const auto& slip : kSlips) {
    const Applied<Service> applied(*find_service_attribute(slip.name), slip.value);
    EXPECT_TRUE(applied.is_taken);
    EXPECT_EQ(applied.diagnostics.count(Severity::warning), 1U);
    EXPECT_EQ(applied.complaint(), slip.warning);
  }
}

TEST(ServiceAttribute, LooksUpAccounts) {
  const Applied<Service> named(*find_service_attribute("user"), "nobody");
  EXPECT_EQ(named.record.user, (User{"nobody", 65534, 65534, "/nonexistent", "/usr/sbin/nologin"}));
  const Applied<Service> known(*find_service_attribute("user"), "65534");
  EXPECT_EQ(known.record.user, (User{"65534", 65534, 65534, "/nonexistent", "/usr/sbin/nologin"}));
  const Applied<Service> number(*find_service_attribute("user"), "4242");
  EXPECT_EQ(number.record.user, (User{"4242", 4242, 4242, "/", "/bin/sh"}));
}

}  // namespace
}  // namespace porterd::config
