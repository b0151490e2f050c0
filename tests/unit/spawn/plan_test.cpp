// SPDX-License-Identifier: Apache-2.0
#include "spawn/plan.h"

#include <gmock/gmock.h>

#include <vector>

namespace porterd::spawn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

Inheritance as_root() {
  Inheritance inheritance;
  inheritance.umask = 022;
  return inheritance;
}

config::Service finger() {
  config::Service service;
  service.id = service.service = "finger";
  service.server = "/usr/sbin/in.fingerd";
  service.server_args = {"-w", "-u"};
  service.user =
      config::User{.name = "nobody", .uid = 65534, .gid = 65534, .home = "/nonexistent", .shell = "/bin/false"};
  service.groups.kind = config::Groups::Kind::none;
  return service;
}

std::vector<std::string> strings(char* const* list) {
  std::vector<std::string> result;
  for (; *list != nullptr; ++list) result.emplace_back(*list);
  return result;
}

std::vector<std::string> environment_of(const Plan& plan) {
  std::vector<std::string> result;
  for (const char* const entry : plan.environment()) result.emplace_back(entry);
  return result;
}

TEST(Plan, ArgumentZeroIsTheLastComponentOfTheServer) {
  const auto plan = Plan::make(finger(), as_root()).value();
  EXPECT_STREQ(plan->path(), "/usr/sbin/in.fingerd");
  EXPECT_THAT(strings(plan->child().argv), ElementsAre("in.fingerd", "-w", "-u"));
}

TEST(Plan, ArgumentZeroIsAsConfigured) {
  auto service = finger();
  service.argv0 = "-sh";
  EXPECT_THAT(strings(Plan::make(service, as_root()).value()->child().argv), ElementsAre("-sh", "-w", "-u"));
}

TEST(Plan, EnvironmentIsCleanButForTheAccount) {
  const auto plan = Plan::make(finger(), as_root()).value();
  EXPECT_THAT(environment_of(*plan),
              ElementsAre("HOME=/nonexistent", "LOGNAME=nobody", StartsWith("PATH=/usr/local/bin:"), "SHELL=/bin/false",
                          "USER=nobody"));
}

TEST(Plan, PassesOnWhatIsNamedAndPutsEnvOverIt) {
  auto service = finger();
  service.passenv = {"LANG", "TZ"};
  service.env = {{"PATH", "/opt"}, {"TZ", "UTC"}};
  std::string lang = "LANG=C";
  std::string zone = "TZ=Mars";
  std::string secret = "SECRET=1";
  const std::vector<char*> ours{lang.data(), zone.data(), secret.data(), nullptr};
  auto inheritance = as_root();
  inheritance.environment = ours.data();
  const auto entries = environment_of(*Plan::make(service, inheritance).value());
  EXPECT_THAT(entries, Contains("LANG=C"));
  EXPECT_THAT(entries, Contains("TZ=UTC"));
  EXPECT_THAT(entries, Contains("PATH=/opt"));
  EXPECT_THAT(entries, Not(Contains(StartsWith("SECRET="))));
}

TEST(Plan, EnvironmentBeginsAsTheServiceSays) {
  std::string lang = "LANG=C";
  std::string path = "PATH=/bin";
  std::string preload = "LD_PRELOAD=x.so";
  std::string terminal = "TERMINFO=/x";
  const std::vector<char*> ours{lang.data(), path.data(), preload.data(), terminal.data(), nullptr};
  auto inheritance = as_root();
  inheritance.environment = ours.data();
  auto service = finger();
  const auto entries = [&](config::EnvironmentBase base) {
    service.environment = base;
    return environment_of(*Plan::make(service, inheritance).value());
  };
  service.env = {{"A", "1"}};
  EXPECT_THAT(entries(config::EnvironmentBase::inherit),
              ElementsAre("A=1", "LANG=C", "LD_PRELOAD=x.so", "PATH=/bin", "TERMINFO=/x"));
  EXPECT_THAT(entries(config::EnvironmentBase::laundered), ElementsAre("A=1", "LANG=C"));
  EXPECT_THAT(entries(config::EnvironmentBase::none), ElementsAre("A=1"));
  service.passenv = {"PATH"};
  EXPECT_THAT(entries(config::EnvironmentBase::laundered), ElementsAre("A=1", "LANG=C", "PATH=/bin"));
  EXPECT_THAT(entries(config::EnvironmentBase::none), ElementsAre("A=1", "PATH=/bin"));
}

TEST(Plan, TooManyVariablesAreRefused) {
  auto service = finger();
  for (int number = 0; number < 600; ++number) service.env.emplace_back("V" + std::to_string(number), "x");
  const auto plan = Plan::make(service, as_root());
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().text(), "environment of finger: more than 500 variables");
}

TEST(Plan, ChangesIdsOnlyWhereTheyDiffer) {
  auto inheritance = as_root();
  EXPECT_TRUE(Plan::make(finger(), inheritance).value()->child().sets_uid);
  inheritance.uid = inheritance.gid = 65534;
  const auto same = Plan::make(finger(), inheritance).value();
  EXPECT_FALSE(same->child().sets_uid);
  EXPECT_FALSE(same->child().sets_gid);
  EXPECT_EQ(same->child().group_count, -1);
}

TEST(Plan, ConfiguredGroupGoesBeforeTheUsers) {
  auto service = finger();
  service.group = config::Group{.name = "adm", .gid = 4};
  EXPECT_EQ(Plan::make(service, as_root()).value()->child().gid, 4U);
}

TEST(Plan, SupplementaryGroupsAreThoseListed) {
  auto service = finger();
  service.groups = {.kind = config::Groups::Kind::listed, .listed = {{.name = "a", .gid = 7}, {.name = "b", .gid = 9}}};
  const auto plan = Plan::make(service, as_root()).value();
  ASSERT_EQ(plan->child().group_count, 2);
  EXPECT_EQ(plan->child().groups[0], 7U);
  EXPECT_EQ(plan->child().groups[1], 9U);
}

TEST(Plan, ServersGetTheDescriptorLimitThatWeWereStartedWith) {
  auto inheritance = as_root();
  inheritance.has_raised_descriptors = true;
  inheritance.descriptors = {.rlim_cur = 1024, .rlim_max = 524'288};
  const auto plan = Plan::make(finger(), inheritance).value();
  ASSERT_EQ(plan->child().limit_count, 1U);
  EXPECT_EQ(plan->child().limits[0].resource, RLIMIT_NOFILE);
  EXPECT_EQ(plan->child().limits[0].soft, 1024U);
}

TEST(Plan, ConfiguredDescriptorLimitGoesBeforeOurs) {
  auto service = finger();
  service.rlimits = {{.resource = RLIMIT_NOFILE, .soft = 16, .hard = 32}};
  auto inheritance = as_root();
  inheritance.has_raised_descriptors = true;
  const auto plan = Plan::make(service, inheritance).value();
  ASSERT_EQ(plan->child().limit_count, 1U);
  EXPECT_EQ(plan->child().limits[0].hard, 32U);
}

TEST(Plan, AsksForNoCallThatChangesNothing) {
  const auto plan = Plan::make(finger(), as_root()).value();
  EXPECT_EQ(plan->child().umask, -1);
  EXPECT_EQ(plan->child().directory, nullptr);
  EXPECT_FALSE(plan->child().sets_nice);
  auto service = finger();
  service.umask = 077;
  service.working_directory = "/tmp";
  service.nice = -5;
  const auto other = Plan::make(service, as_root()).value();
  EXPECT_EQ(other->child().umask, 077);
  EXPECT_STREQ(other->child().directory, "/tmp");
  EXPECT_TRUE(other->child().sets_nice);
}

}  // namespace
}  // namespace porterd::spawn
