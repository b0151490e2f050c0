// SPDX-License-Identifier: Apache-2.0
//
// NetBSD's entries of keys and values.
#include <gtest/gtest.h>

#include "inetd_loading.h"

namespace porterd::config {
namespace {

Loaded read(const std::string& text) { return load_inetd(text, InetdDialect::netbsd); }

TEST(InetdBlock, HasKeysInAnyOrderOnAnyLines) {
  const auto loaded = read(
      "finger on args = f \"a\\tb\" 'it''s' # a comment; with a semicolon\n"
      "  , service_max=5,accept_max = 3,\n# another\n"
      "exec =\n /f, user = nobody, group = mail, wait = no,\n protocol = tcp6;\n");
  EXPECT_EQ(messages(loaded), "");
  EXPECT_EQ(services_of(loaded),
            "---\nservice: finger\nid: finger\nprotocol: tcp6\nlisten: [79]\nserver: /f\nserver_args: [\"a\\x09b\", "
            "its]\nargv0: f\nstderr: socket\nuser: nobody\ngroup: mail\nenvironment: inherit\nconnection_env: none\n"
            "instances: 3\ncps: {rate: 5/m, burst: 5, excess: disable, wait: 10m}\n");
}

TEST(InetdBlock, MayShareALineWithOthers) {
  const auto loaded = read(
      "1 on protocol = tcp, bind = 127.0.0.1, wait = no, user = root, exec = /f; 2 on protocol = tcp6, wait = yes, "
      "user = root, exec = /f; 3 stream tcp nowait root /f\n");
  EXPECT_EQ(messages(loaded), "");
  EXPECT_EQ(loaded.config.services.size(), 3U);
}

TEST(InetdBlock, IsReadAndNotServedWhenItIsOff) {
  const auto loaded = read("finger off protocol = tcp4, wait = no, user = root, exec = /f;\n");
  EXPECT_EQ(messages(loaded), "");
  EXPECT_EQ(loaded.config.services.size(), 0U);
  EXPECT_EQ(loaded.bad_entries, std::vector<std::string>{});
}

TEST(InetdBlock, WithoutItsEndCostsNoOther) {
  const auto loaded = read(
      "finger on protocol = tcp4, wait = no,\n  user = root\n"
      "1 stream tcp nowait root /f\n2 on protocol = tcp4, wait = no, user = root, exec = /f;\n");
  EXPECT_EQ(messages(loaded), "error: the entry 'finger' has no ';' at its end");
  EXPECT_EQ(loaded.config.services.size(), 2U);
}

struct Mistake {
  std::string keys;
  std::string said;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.keys; }

class InetdBlockMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(InetdBlockMistakes, AreSaidAtTheirPlace) {
  const auto loaded = read("finger on " + GetParam().keys + ";\n");
  std::string said;
  for (const auto& one : loaded.diagnostics.all())
    said += std::to_string(one.where.column) + " " + one.message + (one.hint.empty() ? "" : " (" + one.hint + ")");
  EXPECT_EQ(said, GetParam().said);
  EXPECT_EQ(loaded.config.services.size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Keys, InetdBlockMistakes,
    testing::Values(Mistake{"exce = /f", "11 unknown key 'exce' (did you mean 'exec'?)"},
                    Mistake{"exec /f", "16 KEY = VALUE is wanted here"},
                    Mistake{"exec = /f, , user = root", "22 KEY = VALUE is wanted here"},
                    Mistake{"exec = /f, exec = /g", "22 'exec' is set twice"},
                    Mistake{"user =", "11 user needs a value"}, Mistake{"wait = yes no", "11 wait takes one value"},
                    Mistake{"args = f \"a", "20 these quotes are not closed in this line"},
                    Mistake{"args = f \"\\q\"", R"(21 unknown escape (\\ \n \t \r \' \" or \xXX))"},
                    Mistake{"protocol = tcp4, user = root, exec = /f", "1 'wait' is missing"},
                    Mistake{"protocol = tcp4, wait = no, exec = /f", "1 'user' is missing"},
                    Mistake{"wait = no, user = root, exec = /f", "1 'protocol' is missing"},
                    Mistake{"protocol = unix", "1 'finger' is not the absolute path of a UNIX socket"},
                    Mistake{"protocol = tcp4, wait = nowait, user = root, exec = /f",
                            "35 wait: 'nowait' is neither yes nor no"},
                    Mistake{"protocol = tcp4, wait = no, user = root, exec = f",
                            "59 server: 'f' is neither an absolute path nor internal"},
                    Mistake{"protocol = tcp4",
                            "1 'finger' is left out: there is no such service inside porterd (echo, discard, chargen, "
                            "daytime, time or tcpmux)"}));

}  // namespace
}  // namespace porterd::config
