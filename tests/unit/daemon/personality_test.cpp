// SPDX-License-Identifier: Apache-2.0
#include "daemon/personality.h"

#include <gtest/gtest.h>

#include "command_line.h"

namespace porterd::daemon {
namespace {

using config::InetdDialect;

struct Called {
  std::vector<std::string> words;
  Personality personality;
  InetdDialect dialect = InetdDialect::any;
};

class RoleOf : public testing::TestWithParam<Called> {};

TEST_P(RoleOf, IsByNameOrByTheFirstOption) {
  auto words = GetParam().words;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  const auto role = role_of(arguments);
  EXPECT_EQ(role.personality, GetParam().personality);
  EXPECT_EQ(role.dialect, GetParam().dialect);
}

INSTANTIATE_TEST_SUITE_P(
    Words, RoleOf,
    testing::Values(Called{{"porterd"}, Personality::porterd}, Called{{"/usr/sbin/xinetd", "-d"}, Personality::xinetd},
                    Called{{"porterd", "--xinetd"}, Personality::xinetd},
                    Called{{"porterd", "--xinetd", "-d"}, Personality::xinetd},
                    Called{{"porterd", "--xinetd", "--check"}, Personality::xinetd},
                    Called{{"porterd", "--xinetd", "x.conf"}, Personality::porterd},
                    Called{{"porterd", "--xinetd=x.conf"}, Personality::porterd},
                    Called{{"porterd", "--strict", "--xinetd", "-d"}, Personality::porterd},
                    Called{{"inetd", "i.conf"}, Personality::inetd},
                    Called{{"/sbin/openbsd-inetd"}, Personality::inetd, InetdDialect::openbsd},
                    Called{{"inetutils-inetd"}, Personality::inetd, InetdDialect::gnu},
                    Called{{"porterd", "--inetd", "-d"}, Personality::inetd},
                    Called{{"porterd", "--inetd=freebsd", "i.conf"}, Personality::inetd, InetdDialect::freebsd},
                    Called{{"porterd", "--inetd=any"}, Personality::porterd},
                    Called{{"porterd", "--inetd=./gnu"}, Personality::porterd},
                    Called{{"porterd", "--inetd", "i.conf"}, Personality::porterd},
                    Called{{"systemd-socket-activate", "-l", "1", "cat"}, Personality::socket_activate},
                    Called{{"porterd", "--socket-activate"}, Personality::socket_activate}));

TEST(Personality, IsChosenByTheFirstOptionOnly) {
  const auto options = parse_line({"porterd", "--strict", "--inetd=gnu"});
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().text(), "--inetd=gnu: must be the first option; a file of that name is ./gnu");
  EXPECT_FALSE(parse_line({"porterd", "--strict", "--socket-activate"}));
}

}  // namespace
}  // namespace porterd::daemon
