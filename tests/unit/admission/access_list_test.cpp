// SPDX-License-Identifier: Apache-2.0
#include "admission/access_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/enum_names.h"

namespace porterd::admission {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

config::AccessList entries(std::initializer_list<std::string_view> texts) {
  config::AccessList list;
  for (const std::string_view text : texts) {
    if (const auto prefix = base::parse_prefix(text))
      list.emplace_back(*prefix);
    else
      list.emplace_back(config::HostName{std::string(text)});
  }
  return list;
}

AccessList only_from(std::initializer_list<std::string_view> only, std::initializer_list<std::string_view> no = {}) {
  const config::AccessList listed = entries(only);
  return {&listed, entries(no)};
}

AccessList no_access(std::initializer_list<std::string_view> no) { return {nullptr, entries(no)}; }

std::string_view verdict(const AccessList& list, std::string_view address) {
  return base::name_of(list.verdict(*base::parse_address(address)));
}

ResolvedNames names(std::string name, std::initializer_list<std::string_view> addresses) {
  ResolvedNames resolved;
  for (const std::string_view address : addresses) resolved[name].push_back(*base::parse_address(address));
  return resolved;
}

TEST(AccessList, AllowsEverybodyWhenEmpty) {
  EXPECT_EQ(verdict(AccessList(), "192.0.2.1"), "allowed");
  EXPECT_EQ(verdict(AccessList(), "::1"), "allowed");
  EXPECT_EQ(verdict(no_access({}), "192.0.2.1"), "allowed");
}

TEST(AccessList, RefusesEverybodyWhenOnlyFromIsSetToNobody) {
  EXPECT_EQ(verdict(only_from({}), "192.0.2.1"), "refused");
  EXPECT_EQ(verdict(only_from({}), "::1"), "refused");
}

TEST(AccessList, AllowsOnlyThoseInOnlyFrom) {
  const AccessList list = only_from({"10.0.0.0/8", "2001:db8::/32", "192.0.2.7"});
  EXPECT_EQ(verdict(list, "10.0.0.0"), "allowed");
  EXPECT_EQ(verdict(list, "10.255.255.255"), "allowed");
  EXPECT_EQ(verdict(list, "9.255.255.255"), "refused");
  EXPECT_EQ(verdict(list, "11.0.0.0"), "refused");
  EXPECT_EQ(verdict(list, "192.0.2.7"), "allowed");
  EXPECT_EQ(verdict(list, "192.0.2.8"), "refused");
  EXPECT_EQ(verdict(list, "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"), "allowed");
  EXPECT_EQ(verdict(list, "2001:db9::"), "refused");
}

TEST(AccessList, RefusesThoseInNoAccess) {
  const AccessList list = no_access({"10.0.0.0/8", "::1"});
  EXPECT_EQ(verdict(list, "10.1.2.3"), "refused");
  EXPECT_EQ(verdict(list, "11.1.2.3"), "allowed");
  EXPECT_EQ(verdict(list, "::1"), "refused");
  EXPECT_EQ(verdict(list, "::2"), "allowed");
}

TEST(AccessList, LetsTheLongestPrefixDecide) {
  const AccessList list = only_from({"0.0.0.0/0", "10.1.0.0/16", "10.1.2.3"}, {"10.0.0.0/8", "10.1.2.0/24"});
  EXPECT_EQ(verdict(list, "9.9.9.9"), "allowed");
  EXPECT_EQ(verdict(list, "10.9.9.9"), "refused");
  EXPECT_EQ(verdict(list, "10.1.9.9"), "allowed");
  EXPECT_EQ(verdict(list, "10.1.2.9"), "refused");
  EXPECT_EQ(verdict(list, "10.1.2.3"), "allowed");
}

TEST(AccessList, RefusesWhenBothMatchEqually) {
  const AccessList list = only_from({"10.0.0.0/8", "192.0.2.1"}, {"10.0.0.0/8", "192.0.2.1"});
  EXPECT_EQ(verdict(list, "10.0.0.1"), "refused");
  EXPECT_EQ(verdict(list, "192.0.2.1"), "refused");
}

TEST(AccessList, KeepsTheFamiliesApart) {
  EXPECT_EQ(verdict(only_from({"0.0.0.0/0"}), "::1"), "refused");
  EXPECT_EQ(verdict(only_from({"::/0"}), "127.0.0.1"), "refused");
  EXPECT_EQ(verdict(only_from({"::/0"}), "::1"), "allowed");
  EXPECT_EQ(verdict(no_access({"::/0"}), "127.0.0.1"), "allowed");
}

TEST(AccessList, TakesTheLastAddressesOfAFamily) {
  const AccessList list =
      no_access({"255.255.255.255", "255.0.0.0/8", "ffff::/16", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"});
  EXPECT_EQ(verdict(list, "255.255.255.255"), "refused");
  EXPECT_EQ(verdict(list, "254.255.255.255"), "allowed");
  EXPECT_EQ(verdict(list, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "refused");
  EXPECT_EQ(verdict(list, "fffe::"), "allowed");
}

TEST(AccessList, IgnoresTheScopeOfALinkLocalAddress) {
  EXPECT_EQ(verdict(only_from({"fe80::/10"}), "fe80::1%1"), "allowed");
}

TEST(AccessList, DoesNotMatchAnUnresolvedNameInOnlyFrom) {
  EXPECT_EQ(verdict(only_from({"friend.example", "10.0.0.0/8"}), "192.0.2.1"), "refused");
  EXPECT_EQ(verdict(only_from({"friend.example", "10.0.0.0/8"}), "10.0.0.1"), "allowed");
}

TEST(AccessList, FailsClosedForAnUnresolvedNameInNoAccess) {
  EXPECT_EQ(verdict(no_access({"foe.example"}), "192.0.2.1"), "unresolved");
  EXPECT_EQ(verdict(no_access({"foe.example"}), "::1"), "unresolved");
  const AccessList list = only_from({"10.0.0.0/8", "10.0.0.1", "::1"}, {"10.1.0.0/16", "foe.example"});
  EXPECT_EQ(verdict(list, "10.2.0.0"), "unresolved");
  EXPECT_EQ(verdict(list, "10.1.0.0"), "refused");
  EXPECT_EQ(verdict(list, "192.0.2.1"), "refused");
  EXPECT_EQ(verdict(list, "10.0.0.1"), "allowed");
  EXPECT_EQ(verdict(list, "::1"), "allowed");
}

TEST(AccessList, FailsClosedWhileOneOfSeveralNamesIsUnresolved) {
  const AccessList list =
      no_access({"foe.example", "other.example"}).with_resolved(names("foe.example", {"192.0.2.1"}));
  EXPECT_EQ(verdict(list, "192.0.2.1"), "refused");
  EXPECT_EQ(verdict(list, "192.0.2.2"), "unresolved");
}

TEST(AccessList, TakesANameWithoutAddressesAsUnresolved) {
  EXPECT_EQ(verdict(no_access({"foe.example"}).with_resolved({{"foe.example", {}}}), "192.0.2.1"), "unresolved");
}

TEST(AccessList, MatchesTheAddressesOfResolvedNames) {
  const AccessList list =
      only_from({"friend.example"}).with_resolved(names("friend.example", {"192.0.2.1", "2001:db8::1"}));
  EXPECT_EQ(verdict(list, "192.0.2.1"), "allowed");
  EXPECT_EQ(verdict(list, "2001:db8::1"), "allowed");
  EXPECT_EQ(verdict(list, "192.0.2.2"), "refused");
  const AccessList foe =
      only_from({"192.0.2.0/24"}, {"foe.example"}).with_resolved(names("foe.example", {"192.0.2.1"}));
  EXPECT_EQ(verdict(foe, "192.0.2.1"), "refused");
  EXPECT_EQ(verdict(foe, "192.0.2.2"), "allowed");
}

TEST(AccessList, MakesANewListForNewAddressesAndKeepsTheOld) {
  const AccessList before = only_from({"friend.example"}).with_resolved(names("friend.example", {"192.0.2.1"}));
  const AccessList after = before.with_resolved(names("friend.example", {"192.0.2.2"}));
  EXPECT_EQ(verdict(before, "192.0.2.1"), "allowed");
  EXPECT_EQ(verdict(after, "192.0.2.1"), "refused");
  EXPECT_EQ(verdict(after, "192.0.2.2"), "allowed");
}

TEST(AccessList, IgnoresNamesThatItDoesNotContain) {
  const AccessList list = only_from({"friend.example"}).with_resolved(names("stranger.example", {"192.0.2.1"}));
  EXPECT_EQ(verdict(list, "192.0.2.1"), "refused");
  EXPECT_EQ(verdict(AccessList().with_resolved(names("stranger.example", {"192.0.2.1"})), "192.0.2.1"), "allowed");
}

TEST(AccessList, ListsItsHostNamesOnce) {
  EXPECT_THAT(AccessList().host_names(), IsEmpty());
  EXPECT_THAT(only_from({"10.0.0.0/8"}).host_names(), IsEmpty());
  EXPECT_THAT(only_from({"b.example", "a.example"}, {"b.example", "c.example"}).host_names(),
              ElementsAre("a.example", "b.example", "c.example"));
}

// The rule as it is written down, without any cleverness.
Verdict naive_verdict(const config::AccessList* only, const config::AccessList& no, const base::IpAddress& address) {
  const auto longest = [&](const config::AccessList& list) {
    int length = -1;
    for (const config::AccessEntry& entry : list)
      if (const auto& prefix = std::get<base::Prefix>(entry); prefix.contains(address))
        length = std::max(length, static_cast<int>(prefix.length));
    return length;
  };
  const int in_no = longest(no);
  const int in_only = only == nullptr ? -1 : longest(*only);
  if (in_no < 0 && in_only < 0) return only == nullptr ? Verdict::allowed : Verdict::refused;
  return in_no >= in_only ? Verdict::refused : Verdict::allowed;
}

/// Addresses from a small corner of both spaces, so that prefixes often nest, touch and coincide.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}

  int number(int most) { return std::uniform_int_distribution<int>(0, most)(engine_); }

  base::IpAddress address() {
    base::IpAddress address;
    address.family = number(1) == 0 ? base::Family::ipv4 : base::Family::ipv6;
    const std::size_t size = address.family == base::Family::ipv4 ? 4 : 16;
    const std::uint8_t fill = number(3) == 0 ? 0xff : 0;
    for (std::size_t index = 0; index < size; ++index) address.bytes[index] = fill;
    address.bytes[size - 1] = static_cast<std::uint8_t>(number(255));
    if (number(7) == 0) address.bytes[0] = static_cast<std::uint8_t>(number(255));
    return address;
  }

  config::AccessList list() {
    config::AccessList list;
    for (int count = number(12); count > 0; --count) {
      const base::IpAddress start = address();
      const int length = number(9) == 0 ? number(start.bits()) : start.bits() - number(8);
      list.emplace_back(base::prefix_of(start, length));
    }
    return list;
  }

 private:
  std::mt19937 engine_;
};

TEST(AccessList, AgreesWithANaiveOneOnRandomLists) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    Dice dice(seed);
    const config::AccessList only = dice.list();
    const config::AccessList no = dice.list();
    const config::AccessList* chosen = dice.number(2) == 0 ? nullptr : &only;
    const AccessList list(chosen, no);
    for (int question = 0; question < 200; ++question) {
      const base::IpAddress address = dice.address();
      ASSERT_EQ(list.verdict(address), naive_verdict(chosen, no, address)) << "seed " << seed << ", " << address.text();
    }
  }
}

TEST(AccessList, HoldsAHundredThousandPrefixes) {
  config::AccessList no;
  for (std::uint32_t index = 0; index < 100'000; ++index) {
    base::IpAddress address;
    address.bytes = {static_cast<std::uint8_t>(1 + (index >> 16)), static_cast<std::uint8_t>(index >> 8),
                     static_cast<std::uint8_t>(index), 0};
    no.emplace_back(base::prefix_of(address, 25));
  }
  const AccessList list(nullptr, no);
  EXPECT_EQ(verdict(list, "1.200.7.127"), "refused");
  EXPECT_EQ(verdict(list, "1.200.7.128"), "allowed");
  EXPECT_EQ(verdict(list, "200.0.0.1"), "allowed");
}

TEST(AccessList, CostsTwoPointersWhenEmpty) { EXPECT_LE(sizeof(AccessList), 2 * sizeof(void*)); }

}  // namespace
}  // namespace porterd::admission
