// SPDX-License-Identifier: Apache-2.0
#include "log/xinetd_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>

#include "record_samples.h"

namespace porterd::log {
namespace {

using std::chrono::milliseconds;
using testing::MatchesRegex;

std::string line_of(const Record& record, XinetdHead head = XinetdHead::none, Format format = Format::xinetd) {
  Buffer out;
  return append_xinetd(out, record, format, head) ? std::string(out.data(), out.size()) : "(no line)";
}

Connection from(base::Peer peer) {
  Connection result = connection();
  result.peer = std::move(peer);
  return result;
}

Connection without_peer() {
  Connection result = from({});
  result.shows_peer = false;
  return result;
}

Record message_with(std::string_view event, std::span<const Field> fields, std::string_view text = {}) {
  return record(Message{event, "finger", fields, text}, base::Level::notice);
}

TEST(XinetdForm, HasThePlainNumbersOfTheLocalDate) {
  ::setenv("TZ", "UTC-1", 1);
  ::tzset();
  EXPECT_EQ(line_of(record(SessionStart{connection(), 17}), XinetdHead::date),
            "26/11/22@07:09:10: START: finger pid=17 from=192.0.2.1");
  const base::WallTime march = kTime + std::chrono::hours(24 * 100 + 5);
  EXPECT_EQ(line_of(record(SessionStart{connection(), {}}, base::Level::info, march), XinetdHead::date),
            "27/3/2@12:09:10: START: finger from=192.0.2.1");
  ::unsetenv("TZ");
  ::tzset();
}

TEST(XinetdForm, ShowsOfAStartWhatIsAskedFor) {
  EXPECT_EQ(line_of(record(SessionStart{without_peer(), {}})), "START: finger");
  EXPECT_EQ(line_of(record(SessionStart{without_peer(), 0})), "START: finger pid=0");
  EXPECT_EQ(line_of(record(SessionStart{from({}), 1})), "START: finger pid=1 from=<no address>");
}

TEST(XinetdForm, ShowsOfAnEndWhatIsAskedFor) {
  SessionEnd end{.connection = connection(), .pid = 1, .wait_status = 3 << 8, .duration = milliseconds(3000)};
  EXPECT_EQ(line_of(record(end)), "EXIT: finger status=3 pid=1 duration=3(sec)");
  end.wait_status = SIGKILL;
  end.duration = {};
  EXPECT_EQ(line_of(record(end)), "EXIT: finger signal=9 pid=1");
  end.wait_status = {};
  EXPECT_EQ(line_of(record(end)), "(no line)") << "neither EXIT nor DURATION";
  end = {.connection = connection(), .pid = {}, .wait_status = {}, .duration = milliseconds(1)};
  EXPECT_EQ(line_of(record(end)), "EXIT: finger duration=0(sec)");
}

TEST(XinetdForm, CountsTheSecondsThatAClockOfSecondsSees) {
  const auto duration = [](milliseconds value) {
    return line_of(record(SessionEnd{.connection = connection(), .pid = {}, .wait_status = {}, .duration = value}));
  };
  // It is 123 ms after a second.
  EXPECT_EQ(duration(milliseconds(123)), "EXIT: finger duration=0(sec)");
  EXPECT_EQ(duration(milliseconds(124)), "EXIT: finger duration=1(sec)");
  EXPECT_EQ(duration(milliseconds(1123)), "EXIT: finger duration=1(sec)");
}

TEST(XinetdForm, HasItsOwnWordsForReasons) {
  const auto reason = [](std::string_view ours) { return line_of(record(SessionRefusal{without_peer(), ours})); };
  EXPECT_EQ(reason("address"), "FAIL: finger address");
  EXPECT_EQ(reason("unresolved"), "FAIL: finger address");
  EXPECT_EQ(reason("time"), "FAIL: finger time");
  EXPECT_EQ(reason("load"), "FAIL: finger load");
  EXPECT_EQ(reason("instances"), "FAIL: finger service_limit");
  EXPECT_EQ(reason("per_source"), "FAIL: finger per_source_limit");
  EXPECT_EQ(reason("max_sessions"), "FAIL: finger process_limit");
  EXPECT_EQ(reason("libwrap"), "FAIL: finger libwrap");
  EXPECT_EQ(reason("cps"), "FAIL: finger connections per second");
  EXPECT_EQ(line_of(record(SessionRefusal{connection(), "cps"})), "FAIL: finger connections per second from=192.0.2.1");
}

TEST(XinetdForm, KnowsWhatIsFoundOutInAChild) {
  for (const auto* reason : {"address", "unresolved", "sensor", "penalty"})
    EXPECT_TRUE(is_found_by_xinetds_child(reason)) << reason;
  for (const auto* reason : {"time", "cps", "load", "instances", "per_source", "max_sessions"})
    EXPECT_FALSE(is_found_by_xinetds_child(reason)) << reason;
}

TEST(XinetdForm, ShowsAddressesAsItsSocketsSeeThem) {
  const auto peer = [](std::string_view address, Format format) {
    return xinetd_peer(base::Endpoint{*base::parse_address(address), 1}, format);
  };
  EXPECT_EQ(peer("192.0.2.1", Format::xinetd), "192.0.2.1");
  EXPECT_EQ(peer("192.0.2.1", Format::xinetd_mapped), "::ffff:192.0.2.1");
  EXPECT_EQ(peer("2001:db8::1", Format::xinetd_mapped), "2001:db8::1");
  EXPECT_EQ(peer("fe80::1%lo", Format::xinetd), "fe80::1%lo");
}

TEST(XinetdForm, HasTrafficAndUsers) {
  EXPECT_EQ(line_of(record(SessionTraffic{connection(), 5, 6})), "TRAFFIC: finger in=5(bytes) out=6(bytes)");
  EXPECT_EQ(line_of(record(SessionUser{connection(), "joe", "UNIX"})), "USERID: finger UNIX : joe");
  const auto noid = [](std::string_view error) { return line_of(record(SessionUser{connection(), "", "", error})); };
  EXPECT_EQ(noid("too_late"), "NOID: finger 192.0.2.1 timeout");
  EXPECT_EQ(noid("unreachable"), "NOID: finger 192.0.2.1 no server");
  EXPECT_EQ(noid("no_user"), "NOID: finger 192.0.2.1 bad response");
  EXPECT_EQ(noid("malformed"), "NOID: finger 192.0.2.1 bad response");
  EXPECT_EQ(noid("broke"), "NOID: finger 192.0.2.1 error while receiving response");
  EXPECT_EQ(noid("busy"), "NOID: finger 192.0.2.1 system error");
}

TEST(XinetdForm, WhatAClientSaysCannotForgeALine) {
  EXPECT_EQ(line_of(record(SessionUser{connection(), "x\n26/11/22@07:09:10: FAIL: \"y\"\x1b", "UNIX"})),
            "USERID: finger UNIX : x\\n26/11/22@07:09:10: FAIL: \"y\"\\x1b");
  EXPECT_EQ(line_of(record(ServerOutput{"finger", 1, 2, "a\nb", 0})), "finger[2]: a\\nb");
}

TEST(XinetdForm, MainLogHasNamePidAndLevel) {
  const Field fields[] = {{"services", std::int64_t{12}}};
  EXPECT_THAT(line_of(message_with("ready", fields), XinetdHead::date),
              MatchesRegex("26/11/22@..:09:10 xinetd\\[" + std::to_string(::getpid()) +
                           "\\]: NOTICE: Started working: 12 available services"));
  EXPECT_EQ(line_of(message_with("stopped", {})), "(no line)");
}

TEST(XinetdForm, SaysItInXinetdsWords) {
  const Field version[] = {{"version", "1.2"}};
  EXPECT_EQ(line_of(message_with("starting", version)), "porterd 1.2 started with loadavg options compiled in.");
  const Field one[] = {{"services", std::int64_t{1}}};
  EXPECT_EQ(line_of(message_with("ready", one)), "Started working: 1 available service");
  EXPECT_EQ(line_of(message_with("stopping", {})), "Exiting...");
  const Field wait[] = {{"wait", std::int64_t{10}}};
  EXPECT_EQ(line_of(message_with("disabled", wait)),
            "Deactivating service finger due to excessive incoming connections.  Restarting in 10 seconds.");
  EXPECT_EQ(line_of(message_with("enabled", {})), "Activating service finger");
  const Field file[] = {{"file", "/run/x"}};
  EXPECT_EQ(line_of(message_with("dumped", file)), "generated state dump in file /run/x");
  const Field where[] = {{"where", "/etc/a:b.conf:12:3"}};
  EXPECT_EQ(line_of(message_with("config", where, "bad")), "bad [file=/etc/a:b.conf] [line=12]");
  const Field nowhere[] = {{"where", "/etc/xinetd.conf"}};
  EXPECT_EQ(line_of(message_with("config", nowhere, "bad")), "bad [file=/etc/xinetd.conf] [line=0]");
  EXPECT_EQ(line_of(record(SessionFailure{connection(), "exec", "/bad", ENOEXEC})),
            "execv( /bad ) failed: Exec format error (errno = 8)");
  EXPECT_EQ(line_of(record(SessionFailure{connection(), "setuid", "", EPERM})),
            "setuid failed: Operation not permitted (errno = 1)");
}

TEST(XinetdForm, SaysTheRestInPorterdsWords) {
  const Field fields[] = {{"wait", "100ms"}};
  EXPECT_EQ(line_of(message_with("back_off", fields, "slow")), "back_off service=finger wait=100ms msg=\"slow\"");
}

TEST(XinetdForm, HasXinetdsLevels) {
  const auto level = [](std::string_view event) { return xinetd_level(message_with(event, {})); };
  EXPECT_EQ(level("stopping"), base::Level::warning);
  EXPECT_EQ(level("enabled"), base::Level::error);
  EXPECT_EQ(level("dumped"), base::Level::info);
  EXPECT_EQ(level("back_off"), base::Level::notice) << "as it is";
  EXPECT_EQ(xinetd_level(record(Message{"xinetd", {}, {}, "load"}, base::Level::error)), base::Level::error);
}

}  // namespace
}  // namespace porterd::log
