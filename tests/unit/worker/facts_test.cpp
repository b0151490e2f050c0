// SPDX-License-Identifier: Apache-2.0
#include "worker/facts.h"

#include <gtest/gtest.h>

namespace porterd::worker {
namespace {

using namespace std::chrono_literals;

Facts full_facts() {
  Facts facts;
  facts.role = Role::relay;
  facts.is_datagram = true;
  facts.builtin = "respond";
  facts.settings.text = std::string("a\0b", 3);
  facts.settings.http_status = 503;
  facts.settings.daytime = DaytimeForm::inetd;
  facts.only_from = {*base::parse_prefix("10.0.0.0/8"), *base::parse_prefix("2001:db8::/32")};
  facts.has_only_from = true;
  facts.no_access = {*base::parse_prefix("10.1.2.3")};
  facts.relay.targets = {
      HostTarget{"db.example", 5432}, base::SocketAddress(base::Endpoint{*base::parse_address("2001:db8::1"), 80}),
      base::SocketAddress(base::UnixAddress{"/run/x.sock", false}), base::SocketAddress(base::UnixAddress{"x", true})};
  facts.relay.connect_timeout = 3s;
  facts.relay.sends_proxy_header = true;
  facts.text = "echo\r\n";
  facts.idle_timeout = 90s;
  facts.deadline = 5s;
  return facts;
}

TEST(Facts, AreReadAsTheyWereWritten) {
  const auto facts = full_facts();
  const auto read = read_facts(write_facts(facts));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->role, facts.role);
  EXPECT_EQ(read->is_datagram, facts.is_datagram);
  EXPECT_EQ(read->builtin, facts.builtin);
  EXPECT_EQ(read->settings.text, facts.settings.text);
  EXPECT_EQ(read->settings.http_status, facts.settings.http_status);
  EXPECT_EQ(read->settings.content_type, facts.settings.content_type);
  EXPECT_EQ(read->settings.daytime, facts.settings.daytime);
  EXPECT_EQ(read->only_from, facts.only_from);
  EXPECT_TRUE(read->has_only_from);
  EXPECT_EQ(read->no_access, facts.no_access);
  EXPECT_EQ(read->relay.targets, facts.relay.targets);
  EXPECT_EQ(read->relay.connect_timeout, 3s);
  EXPECT_TRUE(read->relay.sends_proxy_header);
  EXPECT_EQ(read->text, facts.text);
  EXPECT_EQ(read->idle_timeout, 90s);
  EXPECT_EQ(read->deadline, 5s);
  EXPECT_EQ(write_facts(*read), write_facts(facts)) << "nothing is left out";
}

TEST(Facts, AreWhole) {
  const auto text = write_facts(full_facts());
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(read_facts(std::string_view(text).substr(0, length)).has_value()) << length;
  EXPECT_FALSE(read_facts(text + '\0').has_value());
}

TEST(Facts, HaveNoRoleThatIsNone) {
  auto text = write_facts(Facts());
  text[0] = 17;
  EXPECT_FALSE(read_facts(text).has_value());
}

}  // namespace
}  // namespace porterd::worker
