// SPDX-License-Identifier: Apache-2.0
#include "daemon/activate_options.h"

#include <gtest/gtest.h>

#include "command_line.h"
#include "config/emit.h"

namespace porterd::daemon {
namespace {

base::Result<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "systemd-socket-activate");
  return parse_line(std::move(words));
}

std::string setting(const Options& options, const std::string& name) {
  for (const auto& setting : options.service->settings)
    if (setting.name == name) return config::emit_yaml(setting.value);
  return "(none)";
}

TEST(ActivateOptions, MakeAService) {
  const auto options = parse({"-l", "2000", "--listen=/run/s", "sh", "-c", "echo a b"}).value();
  EXPECT_EQ(options.personality, Personality::socket_activate);
  EXPECT_FALSE(options.daemonizes);
  EXPECT_EQ(options.service->name, "sh");
  EXPECT_EQ(setting(options, "listen"), "[2000, /run/s]");
  EXPECT_EQ(setting(options, "argv0"), "sh");
  EXPECT_EQ(setting(options, "server_args"), "[\"-c\", \"echo a b\"]");
  EXPECT_EQ(setting(options, "wait"), "yes");
  EXPECT_EQ(setting(options, "pass"), "listen_fds");
  EXPECT_EQ(setting(options, "passenv"), "[TERM, PATH, USER, HOME]");
  EXPECT_EQ(setting(options, "env"), "(none)");
}

TEST(ActivateOptions, SayHowTheSocketIsPassed) {
  const auto options =
      parse({"-a", "--inetd", "-l1", "-EA=1", "--setenv", "LANG", "--fdname=x", "/bin/cat", "-l", "3"}).value();
  EXPECT_EQ(setting(options, "wait"), "no");
  EXPECT_EQ(setting(options, "pass"), "stdio");
  EXPECT_EQ(setting(options, "server"), "/bin/cat");
  EXPECT_EQ(setting(options, "env"), "[A=1]");
  EXPECT_EQ(setting(options, "passenv"), "[TERM, PATH, USER, HOME, LANG]");
  EXPECT_EQ(setting(parse({"-l1", "--fdname", "a:b", "--fdname=c", "cat"}).value(), "env"),
            "[\"LISTEN_FDNAMES=a:b:c\"]");
  EXPECT_EQ(setting(parse({"-d", "-l1", "cat"}).value(), "socket_type"), "dgram");
  EXPECT_EQ(setting(parse({"--seqpacket", "-l/s", "cat"}).value(), "socket_type"), "seqpacket");
}

struct Refusal {
  std::vector<std::string> words;
  std::string message;
};

class RefusedActivateOptions : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedActivateOptions, SayWhatIsWrong) {
  const auto options = parse(GetParam().words);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().text(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Words, RefusedActivateOptions,
    testing::Values(Refusal{{"-l", "1"}, "no program is given; see porterd-socket-activate --help"},
                    Refusal{{"cat"}, "no address to listen on is given: -l ADDRESS"},
                    Refusal{{"-l1", "-a", "-d", "cat"}, "--accept: datagrams have no connections"},
                    Refusal{{"-l1", "-d", "--seqpacket", "cat"}, "--datagram and --seqpacket exclude each other"},
                    Refusal{{"-l1", "-l2", "--inetd", "cat"},
                            "--inetd without --accept passes one socket: there is more than one address"},
                    Refusal{{"-l1", "no-such-program-here"},
                            "no-such-program-here: there is no such program along PATH"},
                    Refusal{{"--now", "cat"}, "--now: no such option; see porterd --help"}));

}  // namespace
}  // namespace porterd::daemon
