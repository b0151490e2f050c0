// SPDX-License-Identifier: Apache-2.0
#include "log/collapse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record_samples.h"

namespace porterd::log {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class CollapseTest : public testing::Test {
 protected:
  void refuse(std::string_view reason, base::WallTime time, std::string_view service = "finger") {
    const Connection from{.service = service, .id = ++number_, .peer = {}, .local = {}};
    collapse.write(record(SessionRefusal{from, reason}, base::Level::notice, time));
  }
  void refuse_often(int times, base::WallTime time, std::string_view reason = "address") {
    for (int count = 0; count < times; ++count) refuse(reason, time);
  }

  void refuse_often_from(const std::string& source, int times, base::WallTime time = kTime) {
    Connection from = connection();
    from.peer = base::Endpoint{*base::parse_address(source), 40001};
    for (int count = 0; count < times; ++count)
      collapse.write(record(SessionRefusal{from, "address"}, base::Level::notice, time));
  }

  std::vector<std::string> lines;
  Collapse collapse{std::make_unique<KeepingSink>(lines)};

 private:
  std::uint64_t number_ = 0;
};

TEST_F(CollapseTest, WritesTheFirstOfAKindAsTheyAre) {
  refuse_often(10, kTime);
  EXPECT_THAT(lines, SizeIs(10));
  EXPECT_EQ(lines.front(), "refused service=finger conn=1 reason=address");
  EXPECT_FALSE(collapse.has_pending());
}

TEST_F(CollapseTest, CountsTheOthersAndSaysHowManyWhenTheSecondIsOver) {
  refuse_often(25, kTime);
  EXPECT_THAT(lines, SizeIs(10));
  EXPECT_TRUE(collapse.has_pending());
  collapse.flush(kTime + milliseconds(999));
  EXPECT_THAT(lines, SizeIs(10));
  collapse.flush(kTime + milliseconds(1000));
  ASSERT_THAT(lines, SizeIs(11));
  EXPECT_EQ(lines.back(), "refused service=finger reason=address repeated=15");
  EXPECT_FALSE(collapse.has_pending());
  collapse.flush(kTime + milliseconds(2000));
  EXPECT_THAT(lines, SizeIs(11));
}

TEST_F(CollapseTest, SaysHowManyBeforeTheNextOneToo) {
  refuse_often(11, kTime);
  refuse("address", kTime + milliseconds(1500));
  ASSERT_THAT(lines, SizeIs(12));
  EXPECT_EQ(lines[10], "refused service=finger reason=address repeated=1");
  EXPECT_EQ(lines[11], "refused service=finger conn=c reason=address");
}

TEST_F(CollapseTest, BeginsAnewEverySecond) {
  refuse_often(11, kTime);
  refuse_often(11, kTime + milliseconds(1000));
  EXPECT_THAT(lines, SizeIs(21));
}

TEST_F(CollapseTest, TellsServicesAndReasonsApart) {
  refuse_often(10, kTime, "address");
  refuse_often(10, kTime, "instances");
  for (int count = 0; count < 10; ++count) refuse("address", kTime, "pop3");
  EXPECT_THAT(lines, SizeIs(30));
}

TEST_F(CollapseTest, FloodFromOneSourceHidesNoOther) {
  refuse_often_from("192.0.2.1", 100);
  refuse_often_from("192.0.2.2", 1);
  refuse_often_from("2001:db8::1", 11);
  EXPECT_THAT(lines, SizeIs(10 + 1 + 10));
  collapse.flush(kTime + milliseconds(1000));
  EXPECT_THAT(std::vector(lines.end() - 2, lines.end()),
              ElementsAre("refused service=finger source=192.0.2.1 reason=address repeated=90",
                          "refused service=finger source=2001:db8::1 reason=address repeated=1"));
}

TEST_F(CollapseTest, SourcesBeyondMeasureAreCountedTogether) {
  for (std::size_t number = 0; number < 2 * Collapse::kMostKinds; ++number)
    refuse_often_from("10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256), 1);
  EXPECT_THAT(lines, SizeIs(Collapse::kMostKinds + Collapse::kLimit));
  refuse_often_from("192.0.2.1", 1, kTime + milliseconds(1000));
  EXPECT_EQ(lines[lines.size() - 2], "refused service=finger reason=address repeated=" +
                                         std::to_string(Collapse::kMostKinds - Collapse::kLimit));
  EXPECT_THAT(lines.back(), testing::HasSubstr("peer=192.0.2.1:40001"));
}

TEST_F(CollapseTest, CollapsesFailuresByStep) {
  const Connection from{.service = "finger", .id = 1, .peer = {}, .local = {}};
  for (int count = 0; count < 12; ++count) collapse.write(record(SessionFailure{from, "exec", "/x", 2}));
  collapse.write(record(SessionFailure{from, "setuid", "", 1}));
  EXPECT_THAT(lines, SizeIs(11));
  collapse.flush(kTime + milliseconds(1000));
  EXPECT_EQ(lines.back(), "failed service=finger step=exec repeated=2");
}

TEST_F(CollapseTest, CollapsesMessagesByEvent) {
  for (int count = 0; count < 12; ++count) collapse.write(message("accept_failed", "out of descriptors"));
  collapse.write(message("reloaded"));
  EXPECT_THAT(lines, SizeIs(11));
  collapse.flush(kTime + milliseconds(1000));
  EXPECT_EQ(lines.back(), "accept_failed repeated=2");
}

TEST_F(CollapseTest, LetsStartsEndsAndOutputPass) {
  for (int count = 0; count < 20; ++count) {
    collapse.write(record(SessionStart{connection(), 1}));
    collapse.write(record(SessionEnd{.connection = connection(), .pid = 1, .wait_status = 0, .duration = {}}));
    collapse.write(record(ServerOutput{"finger", 1, 2, "same"}));
  }
  EXPECT_THAT(lines, SizeIs(60));
}

TEST_F(CollapseTest, BeginsAnewWhenTheClockIsSetBack) {
  refuse_often(12, kTime);
  refuse("address", kTime - std::chrono::hours(1));
  ASSERT_THAT(lines, SizeIs(12));
  EXPECT_EQ(lines[10], "refused service=finger reason=address repeated=2");
}

}  // namespace
}  // namespace porterd::log
