// SPDX-License-Identifier: Apache-2.0
#include "worker/builtin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>

#include "worker/farewell.h"

namespace porterd::worker {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Sun Nov 22 06:09:10 UTC 2026
const base::WallTime kWhen{std::chrono::seconds(1795327750)};

/// A built-in beside the settings that it refers to.
struct Fixture {
  explicit Fixture(std::string_view name, BuiltinSettings given = {})
      : settings(std::move(given)), stream(find_builtin(name)->make_stream(settings)) {}
  BuiltinSettings settings;
  std::unique_ptr<StreamBuiltin> stream;
  std::string out{};
};

std::string reply(std::string_view name, std::string_view request, const BuiltinSettings& settings = {}) {
  std::string out;
  const auto builtin = find_builtin(name)->make_datagram(settings);
  return builtin->answer(request, kWhen, out) ? out : "no reply" + out;
}

class UtcTest : public testing::Test {
 protected:
  UtcTest() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};
using Daytime = UtcTest;

TEST(Builtin, TableIsSortedAndComplete) {
  std::string names;
  for (const auto& row : builtins()) {
    names.append(row.name).append(" ");
    EXPECT_NE(row.make_stream, nullptr) << row.name;
    EXPECT_FALSE(row.line.empty()) << row.name;
    EXPECT_EQ(find_builtin(row.name), &row);
  }
  EXPECT_EQ(names, "chargen daytime discard echo qotd respond time ");
  EXPECT_EQ(find_builtin("systat"), nullptr);
  EXPECT_EQ(find_builtin(""), nullptr);
}

TEST(Echo, SendsBackWhatItGetsUntilTheClientEnds) {
  Fixture echo("echo");
  EXPECT_EQ(echo.stream->begin(kWhen, echo.out), Wish::take);
  EXPECT_EQ(echo.out, "");
  EXPECT_EQ(echo.stream->take("one", echo.out), Wish::take);
  EXPECT_EQ(echo.stream->take(std::string_view("\0two", 4), echo.out), Wish::take);
  EXPECT_EQ(echo.out, std::string_view("one\0two", 7));
  EXPECT_EQ(echo.stream->end(echo.out), Wish::finish);
  EXPECT_EQ(echo.out.size(), 7U);
}

TEST(Echo, RepliesToAnEmptyDatagramWithAnEmptyOne) {
  EXPECT_EQ(reply("echo", ""), "");
  EXPECT_EQ(reply("echo", "x"), "x");
}

TEST(Discard, SaysNothing) {
  Fixture discard("discard");
  EXPECT_EQ(discard.stream->begin(kWhen, discard.out), Wish::take);
  EXPECT_EQ(discard.stream->take("anything", discard.out), Wish::take);
  EXPECT_EQ(discard.stream->end(discard.out), Wish::finish);
  EXPECT_EQ(discard.out, "");
  EXPECT_EQ(reply("discard", "x"), "no reply");
}

TEST(Chargen, EachLineBeginsOneCharacterFurtherOn) {
  Fixture chargen("chargen");
  EXPECT_EQ(chargen.stream->begin(kWhen, chargen.out), Wish::produce);
  for (int more = 0; more < 3; ++more) EXPECT_EQ(chargen.stream->produce(chargen.out), Wish::produce);
  ASSERT_EQ(chargen.out.size() % 74, 0U);
  for (std::size_t line = 0; line < chargen.out.size() / 74; ++line) {
    const auto text = std::string_view(chargen.out).substr(line * 74, 74);
    ASSERT_THAT(text, EndsWith("\r\n"));
    for (std::size_t column = 0; column < 72; ++column)
      ASSERT_EQ(text[column], static_cast<char>(' ' + (line + column) % 95)) << line << ' ' << column;
  }
}

TEST(Chargen, DatagramsAreOneLineEach) {
  const BuiltinSettings settings;
  const auto chargen = find_builtin("chargen")->make_datagram(settings);
  std::string first;
  std::string second;
  EXPECT_TRUE(chargen->answer("", kWhen, first));
  EXPECT_TRUE(chargen->answer("", kWhen, second));
  EXPECT_THAT(first, StartsWith(" !\"#"));
  EXPECT_THAT(second, StartsWith("!\"#"));
  EXPECT_EQ(first.size(), 74U);
  EXPECT_EQ(second.size(), 74U);
}

TEST_F(Daytime, SpeaksAsXinetdDoes) {
  Fixture daytime("daytime");
  EXPECT_EQ(daytime.stream->begin(kWhen, daytime.out), Wish::finish);
  EXPECT_EQ(daytime.out, "22 NOV 2026 06:09:10 UTC\r\n");
  EXPECT_EQ(reply("daytime", ""), "22 NOV 2026 06:09:10 UTC\r\n");
}

TEST_F(Daytime, SpeaksAsTheInetdsDo) {
  Fixture daytime("daytime", {.daytime = DaytimeForm::inetd});
  EXPECT_EQ(daytime.stream->begin(kWhen, daytime.out), Wish::finish);
  EXPECT_EQ(daytime.out, "Sun Nov 22 06:09:10 2026\r\n");
  EXPECT_EQ(reply("daytime", "", {.daytime = DaytimeForm::inetd}), "Sun Nov 22 06:09:10 2026\r\n");
  const base::WallTime ninth(kWhen - std::chrono::hours(13 * 24));
  daytime.out.clear();
  daytime.stream->begin(ninth, daytime.out);
  EXPECT_EQ(daytime.out, "Mon Nov  9 06:09:10 2026\r\n");
}

TEST(Time, CountsFrom1900) {
  const auto at = [](std::int64_t seconds) {
    Fixture time("time");
    EXPECT_EQ(time.stream->begin(base::WallTime(std::chrono::seconds(seconds)), time.out), Wish::finish);
    return time.out;
  };
  // RFC 868's own examples.
  EXPECT_EQ(at(0), "\x83\xaa\x7e\x80");                              // 2,208,988,800
  EXPECT_EQ(at(2'629'584'000 - 2'208'988'800), "\x9c\xbc\x44\x80");  // 1 May 1983
  EXPECT_EQ(reply("time", "").size(), 4U);
}

TEST(Qotd, SplitsTheWayFortuneDoes) {
  EXPECT_THAT(split_quotations("one\ntwo\n%\n%\nthree\r\n%\nfour"),
              testing::ElementsAre("one\r\ntwo\r\n", "three\r\n", "four\r\n"));
  EXPECT_THAT(split_quotations(""), testing::IsEmpty());
  EXPECT_THAT(split_quotations("%\n"), testing::IsEmpty());
  EXPECT_THAT(split_quotations("100 %\n"), testing::ElementsAre("100 %\r\n"));
}

TEST(Qotd, TellsAllOfThemInTime) {
  const BuiltinSettings settings{.quotations = {"a", "b", "c"}};
  std::string seen;
  for (int tick = 0; tick < 200; ++tick) {
    const auto qotd = find_builtin("qotd")->make_stream(settings);
    EXPECT_EQ(qotd->begin(kWhen + std::chrono::microseconds(tick), seen), Wish::finish);
  }
  EXPECT_EQ(seen.size(), 200U);
  for (const char letter : {'a', 'b', 'c'}) EXPECT_GT(std::ranges::count(seen, letter), 20) << letter;
}

TEST(Qotd, HasNothingToSayWithoutQuotations) {
  Fixture qotd("qotd");
  EXPECT_EQ(qotd.stream->begin(kWhen, qotd.out), Wish::finish);
  EXPECT_EQ(qotd.out, "");
}

TEST(Qotd, DatagramsAreShortAndStreamsGoInPieces) {
  const BuiltinSettings settings{.quotations = {std::string(200'000, 'q')}};
  EXPECT_EQ(reply("qotd", "", settings).size(), 512U);
  Fixture qotd("qotd", settings);
  auto wish = qotd.stream->begin(kWhen, qotd.out);
  for (int pieces = 0; wish == Wish::produce && pieces < 10; ++pieces) {
    EXPECT_LE(qotd.out.size(), kChunk * static_cast<std::size_t>(pieces + 1));
    wish = qotd.stream->produce(qotd.out);
  }
  EXPECT_EQ(wish, Wish::finish);
  EXPECT_EQ(qotd.out, settings.quotations[0]);
}

TEST(Respond, SaysItsTextWithoutBeingAsked) {
  Fixture respond("respond", {.text = "fine\n"});
  EXPECT_EQ(respond.stream->begin(kWhen, respond.out), Wish::finish);
  EXPECT_EQ(respond.out, "fine\n");
}

/// All that an HTTP `respond` says to a request that comes in these pieces.
std::string http(BuiltinSettings settings, std::initializer_list<std::string_view> pieces, bool ends = false) {
  Fixture respond("respond", std::move(settings));
  auto wish = respond.stream->begin(kWhen, respond.out);
  for (const auto piece : pieces)
    if (wish == Wish::take) wish = respond.stream->take(piece, respond.out);
  if (wish == Wish::take && ends) wish = respond.stream->end(respond.out);
  while (wish == Wish::produce) wish = respond.stream->produce(respond.out);
  return wish == Wish::take ? "waits for more" : respond.out;
}

TEST(Respond, FramesItsTextAsHttp) {
  const BuiltinSettings fine{.text = "fine\n", .http_status = 200};
  const std::string expected =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"
      "Cache-Control: no-store\r\nConnection: close\r\n\r\nfine\n";
  EXPECT_EQ(http(fine, {"GET / HTTP/1.1\r\nHost: x\r\n\r\n"}), expected);
  EXPECT_EQ(http(fine, {"GET / HT", "TP/1.0\r\n", "\r", "\n"}), expected);
  EXPECT_EQ(http(fine, {"\r\nOPTIONS * HTTP/1.0\n\n"}), expected);
  EXPECT_EQ(http(fine, {"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"}), expected);
  EXPECT_EQ(http(fine, {"GET / HTTP/1.1\r\nHost: x\r\n"}), "waits for more");
}

TEST(Respond, SendsNoContentWhereThereIsNone) {
  EXPECT_THAT(http({.text = "fine\n", .http_status = 200}, {"HEAD / HTTP/1.1\r\n\r\n"}),
              testing::AllOf(HasSubstr("Content-Length: 5\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_EQ(http({.text = "not sent", .http_status = 204}, {"GET / HTTP/1.1\r\n\r\n"}),
            "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(http({.http_status = 503}, {"GET / HTTP/1.1\r\n\r\n"}),
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(http({.http_status = 299}, {"GET / HTTP/1.1\r\n\r\n"}), StartsWith("HTTP/1.1 299 \r\n"));
}

TEST(Respond, RefusesWhatIsNoRequest) {
  const BuiltinSettings fine{.text = "fine\n", .http_status = 200};
  EXPECT_THAT(http(fine, {"nonsense\r\n"}), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(http(fine, {"nonsense\r\n"}), Not(HasSubstr("fine")));
  EXPECT_THAT(http(fine, {"GET / HTTP/1.1\r\n"}, true), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(http(fine, {}, true), "");
  EXPECT_THAT(http(fine, {"GET / HTTP/1.1\r\n", std::string(20'000, 'x')}), StartsWith("HTTP/1.1 431 "));
}

TEST(Respond, LargeContentGoesInPieces) {
  const BuiltinSettings large{.text = std::string(1'000'000, 'z'), .http_status = 200};
  Fixture respond("respond", large);
  respond.stream->begin(kWhen, respond.out);
  auto wish = respond.stream->take("GET / HTTP/1.1\r\n\r\n", respond.out);
  std::size_t total = respond.out.size();
  while (wish == Wish::produce) {
    respond.out.clear();
    wish = respond.stream->produce(respond.out);
    EXPECT_LE(respond.out.size(), kChunk);
    total += respond.out.size();
  }
  EXPECT_GT(total, 1'000'000U);
}

TEST(Farewell, SaysItsText) {
  const auto farewell = make_farewell("bye\r\n");
  std::string out;
  EXPECT_EQ(farewell->begin(kWhen, out), Wish::finish);
  EXPECT_EQ(out, "bye\r\n");
}

}  // namespace
}  // namespace porterd::worker
