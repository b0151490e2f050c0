// SPDX-License-Identifier: Apache-2.0
#include "daemon/xinetd_options.h"

#include <gtest/gtest.h>
#include <syslog.h>

#include "command_line.h"

namespace porterd::daemon {
namespace {

using Kind = config::LogTarget::Kind;

base::Result<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "xinetd");
  return parse_line(std::move(words));
}

TEST(XinetdOptions, AreADaemonThatLogsToSyslogByDefault) {
  const auto options = parse({}).value();
  EXPECT_EQ(options.personality, Personality::xinetd);
  EXPECT_EQ(options.config, "");
  EXPECT_EQ(options.xinetd, "/etc/xinetd.conf");
  EXPECT_TRUE(options.daemonizes);
  EXPECT_TRUE(options.needs_services);
  EXPECT_FALSE(options.is_interrupted);
  EXPECT_EQ(options.log->kind, Kind::syslog);
  EXPECT_EQ(options.log->facility, LOG_DAEMON);
  EXPECT_EQ(options.log_format, config::LogFormat::xinetd);
  EXPECT_EQ(options.pid_file, "");
  EXPECT_TRUE(options.inetd_if_there.empty());
  EXPECT_TRUE(options.notices.empty());
}

TEST(XinetdOptions, AreXinetds) {
  const auto options = parse({"-f", "x.conf", "-filelog", "/log", "-pidfile", "/pid", "-limit", "7", "-stayalive",
                              "-reuse", "-inetd_compat"})
                           .value();
  EXPECT_EQ(options.xinetd, "x.conf");
  EXPECT_EQ(options.log->kind, Kind::file);
  EXPECT_EQ(options.log->path, "/log");
  EXPECT_EQ(options.pid_file, "/pid");
  EXPECT_EQ(options.max_sessions, 7U);
  EXPECT_FALSE(options.needs_services);
  EXPECT_TRUE(options.daemonizes);
  EXPECT_EQ(options.inetd_if_there, std::vector<std::string>{"/etc/inetd.conf"});
  EXPECT_EQ(options.dialect, config::InetdDialect::bsd);
  EXPECT_TRUE(options.notices.empty());
  EXPECT_EQ(parse({"-syslog", "LOCAL3"})->log->facility, LOG_LOCAL3);
  EXPECT_EQ(parse({"-limit", "0"})->max_sessions, std::nullopt);
  EXPECT_EQ(parse({"-version"})->action, Action::version);
}

TEST(XinetdOptions, StayInTheForegroundAndAlive) {
  const auto foreground = parse({"-dontfork", "-pidfile", "p"}).value();
  EXPECT_FALSE(foreground.daemonizes);
  EXPECT_FALSE(foreground.needs_services);
  EXPECT_EQ(foreground.log->kind, Kind::syslog);
  EXPECT_EQ(foreground.pid_file, "p");
  const auto debugging = parse({"-d", "-filelog", "l", "-pidfile", "p"}).value();
  EXPECT_FALSE(debugging.daemonizes);
  EXPECT_TRUE(debugging.is_interrupted);
  EXPECT_EQ(debugging.log->kind, Kind::standard_error);
  EXPECT_EQ(debugging.log_level, base::Level::debug);
  EXPECT_EQ(debugging.pid_file, "");
}

TEST(XinetdOptions, PassOverWhatXinetdPassesOver) {
  const auto options = parse({"-inetd_ipv6", "-cc", "60", "-logprocs", "1", "-shutdownprocs", "2"}).value();
  EXPECT_EQ(options.notices.size(), 4U);
  EXPECT_EQ(options.notices[0], "-inetd_ipv6: not an option of xinetd; passed over, as xinetd does");
}

TEST(XinetdOptions, MixWithPorterdsOwn) {
  const auto options = parse({"--dump=json", "-f", "x.conf", "--config=p.yaml", "--strict"}).value();
  EXPECT_EQ(options.action, Action::dump_json);
  EXPECT_EQ(options.config, "p.yaml");
  EXPECT_EQ(options.xinetd, "x.conf");
  EXPECT_TRUE(options.is_strict);
}

struct Refusal {
  std::vector<std::string> words;
  std::string message;
};

class RefusedXinetdOptions : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedXinetdOptions, SayWhatIsWrong) {
  const auto options = parse(GetParam().words);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().text(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Words, RefusedXinetdOptions,
    testing::Values(Refusal{{"-f"}, "-f: needs a value"},
                    Refusal{{"-limit", "many"}, "-limit many: needs a number of processes"},
                    Refusal{{"-cc", "x"}, "-cc x: needs a number"},
                    Refusal{{"-filelog", "f", "-syslog", "daemon"}, "-syslog and -filelog exclude each other"},
                    Refusal{{"-syslog", "mail"},
                            "-syslog mail: daemon, auth, authpriv, user or local0 to local7 is possible"},
                    Refusal{{"x.conf"}, "x.conf: xinetd takes options only; see porterd(8)"},
                    Refusal{{"--bogus"}, "--bogus: no such option; see porterd --help"}));

}  // namespace
}  // namespace porterd::daemon
