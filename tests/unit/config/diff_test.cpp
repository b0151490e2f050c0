// SPDX-License-Identifier: Apache-2.0
#include "config/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loading.h"

namespace porterd::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The first document of porterd.yaml is the daemon's own.
Config config_of(const std::string& text) { return load_main("launch: clone\n" + text).config; }

const std::string kFinger = "---\nservice: finger\nserver: /bin/finger\nuser: nobody\n";
const std::string kOther = "---\nservice: other\nport: 99\nserver: /bin/other\nuser: nobody\n";

TEST(Difference, IsNoneBetweenEqualConfigurations) {
  const auto one = config_of(kFinger + kOther);
  const auto other = config_of("# moved\n" + kFinger + kOther);
  const auto found = difference(one, other);
  EXPECT_THAT(found.added, IsEmpty());
  EXPECT_THAT(found.removed, IsEmpty());
  EXPECT_THAT(found.changed, IsEmpty());
  EXPECT_EQ(found.unchanged, 2U);
  EXPECT_TRUE(found.global.is_none());
}

TEST(Difference, FindsAddedAndRemovedServices) {
  const auto one = config_of(kFinger);
  const auto other = config_of(kOther);
  const auto found = difference(one, other);
  EXPECT_THAT(found.added, ElementsAre(&other.services[0]));
  EXPECT_THAT(found.removed, ElementsAre(&one.services[0]));
}

TEST(Difference, NamesWhatChangedAndWhatItTouches) {
  const auto one = config_of(kFinger);
  const auto other = config_of(kFinger + "instances: 3\nserver_args: [-l]\n");
  const auto found = difference(one, other);
  ASSERT_EQ(found.changed.size(), 1U);
  EXPECT_THAT(found.changed[0].what.attributes, ElementsAre("server_args", "instances"));
  EXPECT_TRUE(found.changed[0].what.touches.has(Touches::admission));
  EXPECT_TRUE(found.changed[0].what.touches.has(Touches::spawn));
  EXPECT_FALSE(found.changed[0].what.touches.has(Touches::listener));
}

TEST(Difference, SeesThatEverybodyIsNotNobody) {
  const auto found = difference(config_of(kFinger), config_of(kFinger + "only_from: []\n"));
  ASSERT_EQ(found.changed.size(), 1U);
  EXPECT_THAT(found.changed[0].what.attributes, ElementsAre("only_from"));
}

TEST(Difference, SeesGlobalSettings) {
  const auto found = difference(config_of("log_level: info\n"), config_of("log_level: debug\n"));
  EXPECT_THAT(found.global.attributes, ElementsAre("log_level"));
  EXPECT_TRUE(found.global.touches.has(Touches::log));
}

}  // namespace
}  // namespace porterd::config
