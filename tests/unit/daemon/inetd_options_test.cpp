// SPDX-License-Identifier: Apache-2.0
#include "daemon/inetd_options.h"

#include <gtest/gtest.h>

#include "command_line.h"

namespace porterd::daemon {
namespace {

using config::InetdDialect;
using Files = std::vector<std::string>;

base::Result<Options> parse(const std::string& dialect, std::vector<std::string> words) {
  words.insert(words.begin(), {"porterd", dialect.empty() ? "--inetd" : "--inetd=" + dialect});
  return parse_line(std::move(words));
}

TEST(InetdOptions, AreADaemonThatReadsTheSystemsFile) {
  const auto options = parse("", {}).value();
  EXPECT_EQ(options.personality, Personality::inetd);
  EXPECT_EQ(options.config, "");
  EXPECT_EQ(options.inetd, Files{"/etc/inetd.conf"});
  EXPECT_EQ(options.dialect, InetdDialect::any);
  EXPECT_TRUE(options.daemonizes);
  EXPECT_EQ(options.log->kind, config::LogTarget::Kind::syslog);
  const auto gnu = parse("gnu", {}).value();
  EXPECT_EQ(gnu.inetd, Files{});
  EXPECT_EQ(gnu.inetd_if_there, (Files{"/etc/inetd.conf", "/etc/inetd.d"}));
}

TEST(InetdOptions, AreOpenbsds) {
  const auto options = parse("openbsd", {"-Eil", "-q", "5", "-R100", "i.conf"}).value();
  EXPECT_TRUE(options.inetd_defaults.keeps_environment);
  EXPECT_TRUE(options.inetd_defaults.asks_wrappers);
  EXPECT_FALSE(options.daemonizes);
  EXPECT_EQ(options.inetd_defaults.backlog, 5U);
  EXPECT_EQ(options.inetd_defaults.per_minute, 100U);
  EXPECT_EQ(options.inetd, Files{"i.conf"});
}

TEST(InetdOptions, AreGnus) {
  const auto options = parse("gnu", {"a", "--rate=9", "-pfile", "--environment", "b"}).value();
  EXPECT_EQ(options.inetd, (Files{"a", "b"}));
  EXPECT_EQ(options.inetd_defaults.per_minute, 9U);
  EXPECT_TRUE(options.inetd_defaults.tells_connection);
  EXPECT_EQ(options.pid_file, "file");
  EXPECT_EQ(parse("gnu", {"--pidfile"})->pid_file, "");
  EXPECT_EQ(parse("gnu", {"--resolve"})->notices.size(), 1U);
  EXPECT_EQ(parse("gnu", {"-V"})->action, Action::version);
}

TEST(InetdOptions, AreFreebsds) {
  const auto options =
      parse("freebsd", {"-wWl", "-c", "8", "-C", "60", "-a", "192.0.2.1", "-p", "pid", "-R", "0", "-s", "2"}).value();
  EXPECT_TRUE(options.inetd_defaults.asks_wrappers);
  EXPECT_EQ(options.inetd_defaults.instances, 8U);
  EXPECT_EQ(options.inetd_defaults.per_source, 2U);
  EXPECT_EQ(options.inetd_defaults.per_source_rate, 60U);
  EXPECT_EQ(options.inetd_defaults.per_minute, 0U);
  EXPECT_EQ(options.inetd_defaults.host, "192.0.2.1");
  EXPECT_EQ(options.pid_file, "pid");
  EXPECT_EQ(options.notices.size(), 1U);
  EXPECT_FALSE(parse("freebsd", {"-l"})->inetd_defaults.asks_wrappers);
}

TEST(InetdOptions, AreNetbsds) {
  const auto options = parse("netbsd", {"-dl", "one", "two"}).value();
  EXPECT_EQ(options.inetd, (Files{"one", "two"}));
  EXPECT_TRUE(options.inetd_defaults.asks_wrappers);
  EXPECT_EQ(options.log->kind, config::LogTarget::Kind::standard_error);
}

TEST(InetdOptions, OfNobodyAreThoseOfAll) {
  EXPECT_TRUE(parse("", {"-l", "-c", "1", "--environment", "-p", "f", "-q", "3"}));
  EXPECT_TRUE(parse("", {"-l"})->inetd_defaults.asks_wrappers);
}

struct Refusal {
  std::string dialect;
  std::vector<std::string> words;
  std::string message;
};

class RefusedInetdOptions : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedInetdOptions, SayWhatIsWrong) {
  const auto options = parse(GetParam().dialect, GetParam().words);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().text(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(Words, RefusedInetdOptions,
                         testing::Values(Refusal{"openbsd", {"-dc", "3"}, "-c: no such option; see porterd --help"},
                                         Refusal{"netbsd", {"-R", "3"}, "-R: no such option; see porterd --help"},
                                         Refusal{"openbsd", {"-R", "x"}, "-R x: needs a number"},
                                         Refusal{"openbsd", {"-q"}, "-q: needs a value; see porterd --help"},
                                         Refusal{"gnu", {"--bogus"}, "--bogus: no such option; see porterd --help"}));

}  // namespace
}  // namespace porterd::daemon
