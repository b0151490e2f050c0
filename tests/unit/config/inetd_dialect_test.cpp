// SPDX-License-Identifier: Apache-2.0
//
// One line in each dialect: what comes of it, or what is said.
#include <gtest/gtest.h>

#include "inetd_loading.h"

namespace porterd::config {
namespace {

using enum InetdDialect;

struct Reading {
  InetdDialect dialect;
  std::string line;
  std::string attribute;
  std::string value;
  std::string said{};  ///< warnings and errors, but not the note about the dialect
};

void PrintTo(const Reading& reading, std::ostream* out) {
  *out << base::name_of(reading.dialect) << ": " << reading.line;
}

class InetdDialects : public testing::TestWithParam<Reading> {};

TEST_P(InetdDialects, ReadALineAsTheirInetdDoes) {
  const auto& reading = GetParam();
  FakeWorld world;
  world.hosts["both"] = {*base::parse_address("192.0.2.1"), *base::parse_address("2001:db8::1")};
  auto loaded = load_inetd(reading.line + "\n", reading.dialect, world);
  EXPECT_EQ(value_of(loaded, reading.attribute), reading.value) << loaded.diagnostics.text();
  std::string said;
  for (const auto& one : loaded.diagnostics.all())
    if (one.severity > Severity::note) said += (said.empty() ? "" : " | ") + one.message;
  EXPECT_EQ(said, reading.said);
}

const std::string kFinger = "finger stream tcp nowait nobody /f";
std::string finger_with(const std::string& wait) { return "finger stream tcp " + wait + " nobody /f"; }
std::string finger_over(const std::string& protocol) { return "finger stream " + protocol + " nowait nobody /f"; }
std::string finger_as(const std::string& user) { return "finger stream tcp nowait " + user + " /f"; }

INSTANTIATE_TEST_SUITE_P(
    Families, InetdDialects,
    testing::Values(Reading{any, kFinger, "protocol", "tcp"}, Reading{bsd, kFinger, "protocol", "tcp4"},
                    Reading{freebsd, kFinger, "protocol", "tcp4"}, Reading{netbsd, kFinger, "protocol", "tcp4"},
                    Reading{openbsd, kFinger, "protocol", "tcp"}, Reading{gnu, kFinger, "protocol", "tcp"},
                    Reading{any, finger_over("tcp6"), "protocol", "tcp6"},
                    Reading{gnu, finger_over("tcp6"), "protocol", "tcp"},
                    Reading{gnu, finger_over("tcp6only"), "protocol", "tcp6"},
                    Reading{freebsd, finger_over("tcp46"), "protocol", "tcp"},
                    Reading{openbsd, finger_over("tcp4"), "protocol", "tcp4"},
                    Reading{any, finger_over("tcp,sndbuf=64k"), "protocol", "tcp"},
                    Reading{freebsd, finger_over("tcp/ttcp"), "protocol", "tcp4"},
                    Reading{freebsd, finger_over("tcp6/faith"), "protocol", "no service",
                            "faith is not served: there is no faithd(8) here"},
                    Reading{netbsd, "tftp dgram udp6 wait root /t", "protocol", "udp6"},
                    Reading{any, finger_over("sctp"), "protocol", "no service", "the protocol 'sctp' is not served"},
                    Reading{any, "/run/f stream unix nowait root /f", "listen", "[/run/f]"},
                    Reading{freebsd, "/run/f stream unix nowait root /f", "listen", "[{path: /run/f, mode: 0200}]"},
                    Reading{freebsd, ":nobody:mail:0660:/run/f stream unix nowait root /f", "listen",
                            "[{path: /run/f, owner: nobody, group: mail, mode: 0660}]"}));

INSTANTIATE_TEST_SUITE_P(
    Limits, InetdDialects,
    testing::Values(
        Reading{any, kFinger, "cps", "{rate: 256/m, burst: 256, excess: disable, wait: 10m}"},
        Reading{bsd, kFinger, "cps", "{rate: 50/s, burst: 50, excess: disable, wait: 10s}"},
        Reading{freebsd, kFinger, "cps", "{rate: 256/m, burst: 256, excess: disable, wait: 10m}"},
        Reading{netbsd, kFinger, "cps", "{rate: 40/m, burst: 40, excess: disable, wait: 10m}"},
        Reading{openbsd, kFinger, "cps", "{rate: 256/m, burst: 256, excess: disable, wait: 10m}"},
        Reading{gnu, kFinger, "cps", "{rate: 1000/m, burst: 1000, excess: disable, wait: 10m}"},
        Reading{any, finger_with("nowait.5"), "cps", "{rate: 5/m, burst: 5, excess: disable, wait: 10m}"},
        Reading{netbsd, finger_with("nowait:60"), "cps", "{rate: 1/s, burst: 60, excess: disable, wait: 10m}"},
        Reading{openbsd, finger_with("nowait:5"), "wait", "none",
                "':5' has no meaning in this dialect and is left out"},
        Reading{openbsd, finger_with("nowait/5"), "instances", "none",
                "'/5' has no meaning in this dialect and is left out"},
        Reading{bsd, finger_with("nowait.5"), "wait", "no service", "'nowait.5' is neither wait nor nowait"},
        Reading{freebsd, finger_with("nowait/7"), "instances", "7"},
        Reading{any, finger_with("nowait/0/0/3"), "per_source", "{limit: 3, ipv4: 32, ipv6: 128}"},
        Reading{freebsd, finger_with("nowait/7/9"), "cps_per_source", "9/m"},
        Reading{freebsd, finger_with("nowait/7/9/1/1"), "instances", "no service",
                "more than three limits after wait or nowait"},
        Reading{freebsd, finger_with("nowait.5"), "wait", "none",
                "'.5' has no meaning in this dialect and is left out"},
        Reading{any, finger_with("nowait.0"), "wait", "no service",
                "'0' is not a number above 0: how many servers may be started in a minute"},
        Reading{any, finger_with("nowait.x"), "wait", "no service",
                "'x' is not a number above 0: how many servers may be started in a minute"},
        Reading{any, finger_with("Wait"), "wait", "no service", "'Wait' is neither wait nor nowait"},
        Reading{netbsd, "finger stream,4:dataready tcp nowait nobody /f", "instances", "4"}));

INSTANTIATE_TEST_SUITE_P(
    Users, InetdDialects,
    testing::Values(
        Reading{bsd, finger_as("nobody.mail"), "group", "mail"},
        Reading{openbsd, finger_as("nobody:mail"), "group", "mail"},
        Reading{netbsd, finger_as("nobody.mail"), "group", "mail"},
        Reading{gnu, finger_as("nobody.mail"), "user", "nobody"},
        Reading{freebsd, finger_as("nobody.mail"), "user", "no service", "user: there is no user \"nobody.mail\""},
        Reading{freebsd, finger_as("nobody:mail/daemon"), "group", "mail"},
        Reading{any, finger_as("nobody/staff"), "user", "nobody",
                "the login class 'staff' is not applied: there are none here"},
        Reading{openbsd, finger_as("nobody/staff"), "user", "no service", "user: there is no user \"nobody/staff\""},
        Reading{any, finger_as("nobody:"), "user", "no service", "'nobody:' names no group"},
        Reading{any, finger_as("who"), "user", "no service", "user: there is no user \"who\""},
        Reading{any, finger_as("nobody:who"), "user", "no service", "group: there is no group \"who\""}));

INSTANTIATE_TEST_SUITE_P(
    Arguments, InetdDialects,
    testing::Values(Reading{openbsd, kFinger + " f \"a b\" 'c'", "server_args", R"(["\"a", "b\"", "'c'"])"},
                    Reading{bsd, kFinger + " f 'c'", "server_args", R"(["'c'"])"},
                    Reading{gnu, kFinger + " f \"a b\" 'c d' \"\"", "server_args", R"(["a b", "c d", ""])"},
                    Reading{freebsd, kFinger + " f \"a b\"", "server_args", R"(["a b"])"},
                    Reading{netbsd, kFinger + " f 'a b", "server_args", R"(["'a", b])"},
                    Reading{any, kFinger + " f 'a b'", "server_args", R"(["a b"])",
                            "the quotes are removed, so that this is one argument: a b"},
                    Reading{any, kFinger + " /usr/sbin/other -x", "argv0", "/usr/sbin/other"},
                    Reading{any, kFinger, "argv0", "none"},
                    Reading{any, kFinger + " f -a # note", "server_args", R"(["-a", "#", note])",
                            "'#' and what follows are arguments, not a comment"},
                    Reading{openbsd, kFinger + " f -a\n\t-b -c", "server_args", R"(["-a", "-b", "-c"])"},
                    Reading{gnu, kFinger + " f -a\n\t-b -c", "server_args", R"(["-a"])",
                            "an entry has at least six columns, not 2"},
                    Reading{openbsd, kFinger + " f -a\n# c\n -b", "server_args", R"(["-a"])",
                            "an entry has at least six columns, not 1"},
                    Reading{any, kFinger + " f -a\n  # c", "server_args", R"(["-a"])",
                            "taken as a comment: for the BSDs it goes on the line before"}));

INSTANTIATE_TEST_SUITE_P(
    Addresses, InetdDialects,
    testing::Values(Reading{any, "127.0.0.1:" + kFinger, "listen", "[\"127.0.0.1:79\"]"},
                    Reading{any, "127.0.0.1: " + kFinger, "listen", "[\"127.0.0.1:79\"]"},
                    Reading{any, "[::1]:" + kFinger, "listen", "[\"[::1]:79\"]"},
                    Reading{openbsd, "127.0.0.1,[::1]:" + kFinger, "listen", "[\"127.0.0.1:79\", \"[::1]:79\"]"},
                    Reading{gnu, "localhost:" + kFinger, "listen", "[\"127.0.0.1:79\", \"[::1]:79\"]"},
                    Reading{netbsd, "localhost:" + kFinger, "listen", "[\"127.0.0.1:79\"]"},
                    Reading{any, "*:" + kFinger, "listen", "[79]"},
                    Reading{openbsd, "10._x!,127.0.0.1:" + kFinger, "listen", "[\"127.0.0.1:79\"]",
                            "'10._x!' is neither an address nor a host's name, and left out"},
                    Reading{any, "host.test:" + kFinger, "listen", "no service",
                            "the host 'host.test' has no address now"},
                    Reading{openbsd, "host.test,127.0.0.1:" + kFinger, "listen", "[\"127.0.0.1:79\"]",
                            "the host 'host.test' has no address now: it is left out until the configuration is read "
                            "again"},
                    Reading{any, "both:" + kFinger, "listen", "[\"192.0.2.1:79\", \"[2001:db8::1]:79\"]"},
                    Reading{openbsd, "both,192.0.2.1:" + finger_over("tcp4"), "listen", "[\"192.0.2.1:79\"]"},
                    Reading{netbsd, "both:" + finger_over("tcp6"), "listen", "[\"[2001:db8::1]:79\"]"},
                    Reading{any, "127.0.0.1:\n" + kFinger, "listen", "[\"127.0.0.1:79\"]"},
                    Reading{any, "127.0.0.1:\n*:\n" + kFinger, "listen", "[79]"},
                    Reading{any, "20100 stream tcp nowait root /f", "listen", "[20100]"},
                    Reading{any, "nosuch stream tcp nowait root /f", "listen", "no service",
                            "services(5) does not have 'nosuch' for tcp"}));

}  // namespace
}  // namespace porterd::config
