// SPDX-License-Identifier: Apache-2.0
#include "log/fields.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <iterator>
#include <system_error>

namespace porterd::log {
namespace {

/// Long enough for "[" INET6_ADDRSTRLEN "]:65535" and for a LocalPeer.
using ShortText = fmt::basic_memory_buffer<char, 80>;

std::string_view view(const ShortText& text) { return {text.data(), text.size()}; }

void append(ShortText& out, std::string_view text) { out.append(text.data(), text.data() + text.size()); }

void append_number(ShortText& out, std::uint32_t number) {
  const fmt::format_int digits(number);
  append(out, {digits.data(), digits.size()});
}

// Endpoint::text() would allocate.
void append_endpoint(ShortText& out, const base::Endpoint& endpoint) {
  const bool is_bracketed = endpoint.address.family == base::Family::ipv6;
  if (is_bracketed) out.push_back('[');
  append(out, base::AddressText(endpoint.address).view());
  append(out, is_bracketed ? "]:" : ":");
  append_number(out, endpoint.port);
}

void put_peer(const base::Peer& peer, FieldTaker& taker) {
  if (std::holds_alternative<std::monostate>(peer)) return;
  const auto* endpoint = std::get_if<base::Endpoint>(&peer);
  if (endpoint == nullptr) return taker.text("peer", base::text_of(peer));
  ShortText text;
  append_endpoint(text, *endpoint);
  taker.text("peer", view(text));
}

void put_local(const std::optional<base::SocketAddress>& local, FieldTaker& taker) {
  if (!local) return;
  const auto* endpoint = std::get_if<base::Endpoint>(&*local);
  if (endpoint == nullptr) return taker.text("local", base::text_of(*local));
  ShortText text;
  append_endpoint(text, *endpoint);
  taker.text("local", view(text));
}

void put_id(std::uint64_t id, FieldTaker& taker) {
  if (id == 0) return;
  ShortText text;
  fmt::format_to(std::back_inserter(text), "{:x}", id);
  taker.text("conn", view(text));
}

void put_service(std::string_view service, FieldTaker& taker) {
  if (!service.empty()) taker.text("service", service);
}

void put(const Connection& connection, FieldTaker& taker) {
  put_service(connection.service, taker);
  put_id(connection.id, taker);
  put_peer(connection.peer, taker);
  if (connection.user) taker.number("uid", *connection.user);
  put_local(connection.local, taker);
}

void put(const SessionStart& start, FieldTaker& taker) {
  put(start.connection, taker);
  if (start.pid) taker.number("pid", *start.pid);
}

void put_status(int status, FieldTaker& taker) {
  if (WIFSIGNALED(status))
    taker.number("signal", WTERMSIG(status));
  else
    taker.number("status", WEXITSTATUS(status));
}

void put(const SessionEnd& end, FieldTaker& taker) {
  put(end.connection, taker);
  if (end.pid) taker.number("pid", *end.pid);
  if (end.wait_status) put_status(*end.wait_status, taker);
  if (end.duration) taker.duration("duration", *end.duration);
  if (!end.reason.empty()) taker.text("reason", end.reason);
  if (end.error != 0) taker.sentence("error", std::generic_category().message(end.error));
  if (end.traffic) {
    taker.number("in", static_cast<std::int64_t>(end.traffic->in));
    taker.number("out", static_cast<std::int64_t>(end.traffic->out));
  }
  if (!end.wait_status) return;
  taker.duration("user", end.user_time);
  taker.duration("system", end.system_time);
  if (end.peak_memory_kib > 0) taker.number("peak_kib", end.peak_memory_kib);
}

void put(const SessionRefusal& refusal, FieldTaker& taker) {
  put(refusal.connection, taker);
  taker.text("reason", refusal.reason);
  if (!refusal.detail.empty()) taker.text("detail", refusal.detail);
}

void put(const SessionFailure& failure, FieldTaker& taker) {
  put(failure.connection, taker);
  taker.text("step", failure.step);
  if (!failure.object.empty()) taker.text("object", failure.object);
  if (failure.error != 0) taker.sentence("error", std::generic_category().message(failure.error));
}

void put(const SessionTraffic& traffic, FieldTaker& taker) {
  put(traffic.connection, taker);
  taker.number("in", static_cast<std::int64_t>(traffic.bytes_in));
  taker.number("out", static_cast<std::int64_t>(traffic.bytes_out));
}

void put(const SessionUser& user, FieldTaker& taker) {
  put(user.connection, taker);
  if (!user.error.empty()) return taker.text("error", user.error);
  taker.text("name", user.name);
  taker.text("system", user.system);
}

void put(const ServerOutput& output, FieldTaker& taker) {
  put_service(output.service, taker);
  put_id(output.id, taker);
  if (output.pid != 0) taker.number("pid", output.pid);
  if (output.cut != 0) taker.number("cut", static_cast<std::int64_t>(output.cut));
  taker.sentence("line", output.line);
}

void put(const Message& message, FieldTaker& taker) {
  put_service(message.service, taker);
  for (const Field& field : message.fields) {
    if (const auto* number = std::get_if<std::int64_t>(&field.value))
      taker.number(field.name, *number);
    else
      taker.text(field.name, std::get<std::string_view>(field.value));
  }
  if (!message.text.empty()) taker.sentence("msg", message.text);
}

struct Event {
  std::string_view operator()(const SessionStart&) const { return "start"; }
  std::string_view operator()(const SessionEnd&) const { return "end"; }
  std::string_view operator()(const SessionRefusal&) const { return "refused"; }
  std::string_view operator()(const SessionFailure&) const { return "failed"; }
  std::string_view operator()(const SessionTraffic&) const { return "traffic"; }
  std::string_view operator()(const SessionUser&) const { return "user"; }
  std::string_view operator()(const ServerOutput&) const { return "output"; }
  std::string_view operator()(const Message& message) const { return message.event; }
};

}  // namespace

std::string_view event_of(const Record& record) { return std::visit(Event(), record.body); }

void describe(const Record& record, FieldTaker& taker) {
  std::visit([&taker](const auto& body) { put(body, taker); }, record.body);
}

}  // namespace porterd::log
