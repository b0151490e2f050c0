// SPDX-License-Identifier: Apache-2.0
#include "daemon/options.h"

#include <gtest/gtest.h>

namespace porterd::daemon {
namespace {

base::Result<Options> parse(std::vector<std::string> words) {
  std::string name = "porterd";
  std::vector<char*> arguments{name.data()};
  for (auto& word : words) arguments.push_back(word.data());
  const std::size_t count = arguments.size();
  arguments.push_back(nullptr);
  return parse_options(std::span(arguments.data(), count));
}

TEST(Options, ServesTheSystemsConfigurationByDefault) {
  const auto options = parse({}).value();
  EXPECT_EQ(options.action, Action::serve);
  EXPECT_EQ(options.config, "/etc/porterd/porterd.yaml");
  EXPECT_FALSE(options.daemonizes);
}

TEST(Options, TakeValuesInBothForms) {
  EXPECT_EQ(parse({"--config", "a.yaml"})->config, "a.yaml");
  EXPECT_EQ(parse({"--config=a.yaml"})->config, "a.yaml");
  EXPECT_EQ(parse({"--dump=json"})->action, Action::dump_json);
  EXPECT_EQ(parse({"--dump"})->action, Action::dump_yaml);
  EXPECT_EQ(parse({"--explain", "cps"})->attribute, "cps");
  EXPECT_EQ(parse({"--explain=cps"})->attribute, "cps");
}

TEST(Options, TakeFilesOfInetd) {
  const auto options = parse({"--inetd=/etc/inetd.conf", "--inetd", "b", "--dialect=netbsd"}).value();
  EXPECT_EQ(options.inetd, (std::vector<std::string>{"/etc/inetd.conf", "b"}));
  EXPECT_EQ(options.dialect, config::InetdDialect::netbsd);
  EXPECT_FALSE(options.is_config_given);
  EXPECT_TRUE(parse({"--config=a.yaml"})->is_config_given);
}

TEST(Options, GiveNamesToTheResolverOnly) {
  EXPECT_EQ(parse({"--resolve", "--", "a.example", "-b"})->names, (std::vector<std::string>{"a.example", "-b"}));
}

struct Refusal {
  std::vector<std::string> words;
  std::string message;
};

class RefusedOptions : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedOptions, SayWhatIsWrong) {
  const auto options = parse(GetParam().words);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().text(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Words, RefusedOptions,
    testing::Values(Refusal{{"--bogus"}, "--bogus: no such option; see porterd --help"},
                    Refusal{{"--check", "-x"}, "-x: no such option; see porterd --help"},
                    Refusal{{"--config"}, "--config: needs a value; see porterd --help"},
                    Refusal{{"--dump=xml"}, "--dump=xml: yaml or json is possible"},
                    Refusal{{"--dialect=v7"}, "--dialect=v7: any, bsd, freebsd, netbsd, openbsd or gnu is possible"},
                    Refusal{{"finger"}, "finger: porterd takes options only; see porterd --help"}));

TEST(Options, HelpNamesEveryOptionButTheInternalOne) {
  const std::string help = help_text({});
  for (const char* name :
       {"--config", "--demo", "--daemonize", "--check", "--dump", "--schema", "--explain", "--version"})
    EXPECT_NE(help.find(name), std::string::npos) << name;
  EXPECT_EQ(help.find("--resolve"), std::string::npos);
}

}  // namespace
}  // namespace porterd::daemon
