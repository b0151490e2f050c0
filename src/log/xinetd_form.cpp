// SPDX-License-Identifier: Apache-2.0
#include "log/xinetd_form.h"

#include <net/if.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include "log/xinetd_message.h"

namespace porterd::log {
namespace {

std::string host_of(const base::IpAddress& address, Format format) {
  std::string text = address.text();
  if (address.family == base::Family::ipv4) return format == Format::xinetd_mapped ? "::ffff:" + text : text;
  std::array<char, IF_NAMESIZE> device{};
  if (address.scope != 0 && ::if_indextoname(address.scope, device.data()) != nullptr)
    text.append("%").append(device.data());
  return text;
}

// porterd's reasons in xinetd's words.
struct Reason {
  std::string_view ours;
  std::string_view theirs;
  bool is_found_by_child = false;
};
constexpr std::array<Reason, 10> kReasons{{{"address", "address", true},
                                           {"unresolved", "address", true},
                                           {"sensor", "address", true},
                                           {"penalty", "address", true},
                                           {"ident", "address", true},
                                           {"instances", "service_limit"},
                                           {"per_source", "per_source_limit"},
                                           {"max_sessions", "process_limit"},
                                           {"cps", "connections per second"},
                                           {"cps_per_source", "connections per second"}}};

const Reason* find_reason(std::string_view ours) {
  const auto* const found = std::ranges::find(kReasons, ours, &Reason::ours);
  return found == kReasons.end() ? nullptr : found;
}

// The others are the same words.
std::string_view reason_of(std::string_view ours) {
  const auto* reason = find_reason(ours);
  return reason == nullptr ? ours : reason->theirs;
}

// xinetd takes the difference of two readings of a clock of whole seconds.
std::int64_t whole_seconds(base::WallTime end, std::chrono::microseconds duration) {
  const auto second = [](base::WallTime time) { return std::chrono::floor<std::chrono::seconds>(time); };
  const auto begin = end - std::chrono::duration_cast<base::WallTime::duration>(duration);
  return (second(end) - second(begin)).count();
}

class Writer {
 public:
  Writer(Buffer& out, const Record& record, Format format, std::size_t limit)
      : out_(out), record_(record), format_(format), limit_(limit) {}

  void operator()(const SessionStart& start) {
    begin("START", start.connection);
    if (start.pid) print(" pid={}", *start.pid);
    put_host(start.connection);
  }
  void operator()(const SessionEnd& end) {
    begin("EXIT", end.connection);
    if (end.wait_status) put_status(*end.wait_status);
    if (end.pid) print(" pid={}", *end.pid);
    if (end.duration) print(" duration={}(sec)", whole_seconds(record_.time, *end.duration));
  }
  void operator()(const SessionRefusal& refusal) {
    begin("FAIL", refusal.connection);
    print(" {}", reason_of(refusal.reason));
    put_host(refusal.connection);
  }
  void operator()(const SessionTraffic& traffic) {
    begin("TRAFFIC", traffic.connection);
    print(" in={}(bytes) out={}(bytes)", traffic.bytes_in, traffic.bytes_out);
  }
  void operator()(const SessionUser& user) {
    begin(user.error.empty() ? "USERID" : "NOID", user.connection);
    out_.push_back(' ');
    if (!user.error.empty())
      return print("{} {}", xinetd_peer(user.connection.peer, format_), xinetd_ident_failure(user.error));
    append_value(out_, user.system, Quotes::never, limit_);
    print(" : ");
    append_value(out_, user.name, Quotes::never, limit_);
  }
  void operator()(const SessionFailure& failure) { append_xinetd_failure(out_, failure, limit_); }
  void operator()(const ServerOutput& output) { append_xinetd_output(out_, output, limit_); }
  void operator()(const Message& message) { append_xinetd_message(out_, message, record_, limit_); }

 private:
  template <typename... Values>
  void print(fmt::format_string<Values...> form, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<Values>(values)...);
  }
  void begin(std::string_view entry, const Connection& connection) { print("{}: {}", entry, connection.service); }
  void put_host(const Connection& connection) {
    if (connection.shows_peer) print(" from={}", xinetd_peer(connection.peer, format_));
  }
  void put_status(int status) {
    if (WIFSIGNALED(status))
      print(" signal={}", WTERMSIG(status));
    else
      print(" status={}", WEXITSTATUS(status));
  }

  Buffer& out_;
  const Record& record_;
  Format format_;
  std::size_t limit_;
};

void append_date(Buffer& out, base::WallTime time) {
  const std::time_t seconds = base::Wall::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  fmt::format_to(std::back_inserter(out), "{:02}/{}/{}@{:02}:{:02}:{:02}", local.tm_year % 100, local.tm_mon + 1,
                 local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

std::string_view word_for(base::Level level) {
  constexpr std::array<std::string_view, 5> kWords{"ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"};
  return kWords[static_cast<std::size_t>(level)];
}

bool has_line(const Body& body) {
  if (const auto* message = std::get_if<Message>(&body)) return has_xinetd_line(*message);
  const auto* end = std::get_if<SessionEnd>(&body);
  return end == nullptr || end->wait_status || end->duration;
}

}  // namespace

std::string xinetd_peer(const base::Peer& peer, Format format) {
  if (const auto* endpoint = std::get_if<base::Endpoint>(&peer)) return host_of(endpoint->address, format);
  return std::holds_alternative<std::monostate>(peer) ? "<no address>" : base::text_of(peer);
}

std::string_view xinetd_ident_failure(std::string_view error) {
  struct Row {
    std::string_view ours;
    std::string_view theirs;
  };
  constexpr std::array<Row, 5> kFailures{{{"malformed", "bad response"},
                                          {"no_user", "bad response"},
                                          {"unreachable", "no server"},
                                          {"too_late", "timeout"},
                                          {"broke", "error while receiving response"}}};
  const auto* const found = std::ranges::find(kFailures, error, &Row::ours);
  return found == kFailures.end() ? "system error" : found->theirs;
}

bool is_service_line(const Body& body) {
  return !std::holds_alternative<SessionFailure>(body) && !std::holds_alternative<ServerOutput>(body) &&
         !std::holds_alternative<Message>(body);
}

bool is_found_by_xinetds_child(std::string_view reason) {
  const auto* row = find_reason(reason);
  return row != nullptr && row->is_found_by_child;
}

base::Level xinetd_level(const Record& record) {
  const auto* message = std::get_if<Message>(&record.body);
  return message == nullptr ? record.level : xinetd_level(*message, record.level);
}

bool append_xinetd(Buffer& out, const Record& record, Format format, XinetdHead head, std::size_t limit) {
  if (!has_line(record.body)) return false;
  if (head == XinetdHead::date) {
    append_date(out, record.time);
    if (!is_service_line(record.body))
      fmt::format_to(std::back_inserter(out), " {}[{}]: {}", kXinetdName, ::getpid(), word_for(xinetd_level(record)));
    append(out, ": ");
  }
  std::visit(Writer(out, record, format, limit), record.body);
  return true;
}

}  // namespace porterd::log
