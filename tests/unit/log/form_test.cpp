// SPDX-License-Identifier: Apache-2.0
#include "log/form.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <random>
#include <string>

#include "json_check.h"
#include "record_samples.h"

namespace porterd::log {
namespace {

using std::chrono::microseconds;

constexpr int exited(int status) { return status << 8; }

std::string time_text(base::WallTime time) {
  Buffer out;
  append_time(out, time);
  return {out.data(), out.size()};
}

SessionEnd sample_end() {
  return {.connection = connection(),
          .pid = 123,
          .wait_status = exited(0),
          .duration = microseconds(12'000),
          .user_time = microseconds(1'000),
          .system_time = microseconds(345),
          .peak_memory_kib = 1234};
}

TEST(Form, WritesTimeInUtcWithMilliseconds) {
  EXPECT_EQ(time_text(kTime), "2026-11-22T06:09:10.123Z");
  EXPECT_EQ(time_text(base::WallTime()), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(base::WallTime(std::chrono::microseconds(951'827'696'999'999))), "2000-02-29T12:34:56.999Z");
}

TEST(Form, WritesAStart) {
  EXPECT_EQ(text_of(record(SessionStart{connection(), 123})),
            "start service=finger conn=5f3a peer=192.0.2.1:40001 local=192.0.2.9:79 pid=123");
}

TEST(Form, WritesOnlyWhatIsGiven) {
  EXPECT_EQ(text_of(record(SessionStart{{.service = "finger", .id = 0, .peer = {}, .local = {}}, {}})),
            "start service=finger");
  EXPECT_EQ(text_of(record(SessionEnd{{.service = "finger", .id = 1, .peer = {}, .local = {}}, {}, {}, {}})),
            "end service=finger conn=1");
}

TEST(Form, WritesEveryKindOfPeer) {
  Connection from = connection();
  from.local.reset();
  from.peer = base::Endpoint{*base::parse_address("2001:db8::1"), 1};
  EXPECT_EQ(text_of(record(SessionStart{from, {}})), "start service=finger conn=5f3a peer=[2001:db8::1]:1");
  from.peer = base::LocalPeer{17, 0, 5};
  from.local = base::UnixAddress{"/run/x y.sock", false};
  EXPECT_EQ(text_of(record(SessionStart{from, {}})),
            R"(start service=finger conn=5f3a peer="pid=17,uid=0,gid=5" local="/run/x y.sock")");
}

TEST(Form, WritesAnEnd) {
  EXPECT_EQ(text_of(record(sample_end())),
            "end service=finger conn=5f3a peer=192.0.2.1:40001 local=192.0.2.9:79 pid=123 status=0 duration=0.012 "
            "user=0.001 system=0.000345 peak_kib=1234");
}

TEST(Form, WritesAnEndBySignal) {
  SessionEnd end = sample_end();
  end.wait_status = SIGKILL;
  EXPECT_NE(text_of(record(end)).find(" signal=9 duration="), std::string::npos);
  EXPECT_EQ(text_of(record(end)).find("status="), std::string::npos);
}

TEST(Form, WritesARefusal) {
  EXPECT_EQ(text_of(record(SessionRefusal{connection(), "address"})),
            "refused service=finger conn=5f3a peer=192.0.2.1:40001 local=192.0.2.9:79 reason=address");
}

TEST(Form, WritesMoreAboutARefusal) {
  EXPECT_EQ(text_of(record(SessionRefusal{connection(), "ident", "no_user"})),
            "refused service=finger conn=5f3a peer=192.0.2.1:40001 local=192.0.2.9:79 reason=ident detail=no_user");
}

TEST(Form, WritesUsers) {
  const Connection at{.service = "finger", .id = 1, .peer = {}, .local = {}};
  EXPECT_EQ(text_of(record(SessionUser{at, "joe", "UNIX"})), "user service=finger conn=1 name=joe system=UNIX");
  EXPECT_EQ(text_of(record(SessionUser{at, "", "", "too_late"})), "user service=finger conn=1 error=too_late");
}

TEST(Form, WritesAFailure) {
  const Connection at{.service = "finger", .id = 1, .peer = {}, .local = {}};
  EXPECT_EQ(text_of(record(SessionFailure{at, "exec", "/usr/sbin/in.fingerd", ENOENT})),
            R"(failed service=finger conn=1 step=exec object=/usr/sbin/in.fingerd error="No such file or directory")");
  EXPECT_EQ(text_of(record(SessionFailure{at, "clone", "", 0})), "failed service=finger conn=1 step=clone");
}

TEST(Form, WritesServerOutput) {
  EXPECT_EQ(text_of(record(ServerOutput{"finger", 0x5f3a, 123, "oops"})),
            R"(output service=finger conn=5f3a pid=123 line="oops")");
  EXPECT_EQ(text_of(record(ServerOutput{"", 0, 0, ""})), R"(output line="")");
}

TEST(Form, WritesAMessage) {
  const Field fields[] = {{"address", "[::]:79"}, {"sockets", std::int64_t{-2}}, {"why", "no such thing"}};
  EXPECT_EQ(text_of(record(Message{"listening", "finger", fields, "ready now"})),
            R"(listening service=finger address=[::]:79 sockets=-2 why="no such thing" msg="ready now")");
  EXPECT_EQ(text_of(message("stopped")), "stopped");
}

TEST(Form, WritesJsonWithNumbersAsNumbers) {
  EXPECT_EQ(json_of(record(sample_end())),
            R"({"time":"2026-11-22T06:09:10.123Z","level":"info","event":"end","service":"finger","conn":"5f3a",)"
            R"("peer":"192.0.2.1:40001","local":"192.0.2.9:79","pid":123,"status":0,"duration":0.012,"user":0.001,)"
            R"("system":0.000345,"peak_kib":1234})");
}

TEST(Form, WritesTheSameFieldsInJson) {
  const Field fields[] = {{"sockets", std::int64_t{2}}};
  EXPECT_EQ(
      json_of(record(Message{"listening", "finger", fields, "ready"}, base::Level::warning)),
      R"({"time":"2026-11-22T06:09:10.123Z","level":"warning","event":"listening","service":"finger","sockets":2,"msg":"ready"})");
}

TEST(Form, LetsNobodyForgeALine) {
  const std::string_view attack =
      "x\"\n2026-11-22T06:09:10.123Z start service=root pid=1 \\\" msg=\"\r\x1b[2J\xe2\x80\xa8\x85\xff";
  const Field fields[] = {{"name", attack}};
  const Connection at{.service = attack, .id = 1, .peer = {}, .local = base::UnixAddress{std::string(attack), false}};
  const Record attacks[] = {record(ServerOutput{attack, 1, 2, attack}),
                            record(Message{"event", attack, fields, attack}), record(SessionStart{at, 1}),
                            record(SessionFailure{at, attack, attack, ENOENT})};
  for (const Record& each : attacks) {
    const std::string text = text_of(each);
    EXPECT_EQ(text.find_first_of("\n\r\x1b\xff"), std::string::npos) << text;
    EXPECT_EQ(text.find("\xe2\x80\xa8"), std::string::npos) << text;
    // Outside quotes the attacker's words do not appear.
    bool is_quoted = false;
    std::string outside;
    for (std::size_t index = 0; index < text.size(); ++index) {
      if (text[index] == '\\') {
        ++index;
      } else if (text[index] == '"') {
        is_quoted = !is_quoted;
      } else if (!is_quoted) {
        outside.push_back(text[index]);
      }
    }
    EXPECT_FALSE(is_quoted) << text;
    EXPECT_EQ(outside.find("root"), std::string::npos) << outside;
    EXPECT_TRUE(is_json_object(json_of(each))) << json_of(each);
  }
}

TEST(Form, IsValidJsonWhateverAServerWrites) {
  std::mt19937 dice(7);
  for (int round = 0; round < 2000; ++round) {
    std::string line(dice() % 64, '\0');
    for (char& byte : line)
      byte = static_cast<char>(dice() % 3 == 0 ? "\"\\{}:,\n\x80\xc3\xe2\xf0"[dice() % 11] : static_cast<char>(dice()));
    const std::string json = json_of(record(ServerOutput{line, 1, 2, line}));
    ASSERT_TRUE(is_json_object(json)) << json;
  }
}

TEST(Form, StaysWithinItsLimitAndStaysWhole) {
  const std::string huge(100'000, '\n');
  const Field fields[] = {{"first", huge}, {"second", "left out"}, {"third", std::int64_t{3}}};
  const Record records[] = {record(ServerOutput{"finger", 1, 2, huge}), record(Message{"event", huge, fields, huge}),
                            record(SessionFailure{connection(), huge, huge, ENOENT})};
  for (const Record& each : records) {
    EXPECT_LT(text_of(each).size(), kLongestLine);
    EXPECT_NE(text_of(each).find("...\""), std::string::npos);
    EXPECT_LT(json_of(each).size(), kLongestLine);
    EXPECT_TRUE(is_json_object(json_of(each)));
  }
}

TEST(Form, StaysWithinEveryLimit) {
  const Field fields[] = {{"first", "some words"}, {"second", std::int64_t{1'000'000'000'000}}, {"third", "\n\n\n"}};
  const Record each = record(Message{"event", "finger", fields, "what happened"});
  for (std::size_t limit = 200; limit < 260; ++limit) {
    Buffer out;
    append_json(out, each, limit);
    EXPECT_LE(out.size(), limit);
    EXPECT_TRUE(is_json_object({out.data(), out.size()})) << std::string_view(out.data(), out.size());
  }
  for (std::size_t limit = 5; limit < 100; ++limit) {
    Buffer out;
    append_text(out, each, limit);
    EXPECT_LE(out.size(), limit);
  }
}

TEST(Form, ShowsNegativeTimeAsNone) {
  SessionEnd end = sample_end();
  end.duration = microseconds(-5);
  EXPECT_NE(text_of(record(end)).find(" duration=0.000 "), std::string::npos);
}

}  // namespace
}  // namespace porterd::log
