// SPDX-License-Identifier: Apache-2.0
#include "log/collapse.h"

#include <array>
#include <optional>
#include <span>

#include "log/fields.h"

namespace porterd::log {
namespace {

/// What makes two records repeats of each other. Empty parts are allowed.
struct Kind {
  std::string_view event;
  std::string_view service;
  std::string_view name;  ///< "reason" or "step"
  std::string_view value;
  std::string_view source;  ///< numeric address
};

const base::IpAddress* source_of(const Connection& connection) {
  const auto* endpoint = std::get_if<base::Endpoint>(&connection.peer);
  return endpoint == nullptr ? nullptr : &endpoint->address;
}

struct SourceOf {
  const base::IpAddress* operator()(const SessionRefusal& refusal) const { return source_of(refusal.connection); }
  const base::IpAddress* operator()(const SessionFailure& failure) const { return source_of(failure.connection); }
  const base::IpAddress* operator()(const auto& /*other*/) const { return nullptr; }
};

struct KindOf {
  std::optional<Kind> operator()(const SessionRefusal& refusal) const {
    return Kind{"refused", refusal.connection.service, "reason", refusal.reason, {}};
  }
  std::optional<Kind> operator()(const SessionFailure& failure) const {
    return Kind{"failed", failure.connection.service, "step", failure.step, {}};
  }
  std::optional<Kind> operator()(const Message& message) const {
    return Kind{message.event, message.service, {}, {}, {}};
  }
  std::optional<Kind> operator()(const auto& /*other*/) const { return std::nullopt; }
};

// NUL separates: it is in no name.
void write_key(std::string& key, const Kind& kind) {
  key.clear();
  for (const std::string_view part : {kind.event, kind.service, kind.name, kind.value, kind.source})
    key.append(part).push_back('\0');
}

Kind read_key(std::string_view key) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    part = key.substr(0, key.find('\0'));
    key.remove_prefix(part.size() + 1);
  }
  return {parts[0], parts[1], parts[2], parts[3], parts[4]};
}

// A clock that was set back ends a period too: nobody knows how long it would last.
bool is_over(base::WallTime begin, base::WallTime now) { return now < begin || now - begin >= Collapse::kPeriod; }

}  // namespace

void Collapse::write(const Record& record) {
  std::optional<Kind> kind = std::visit(KindOf(), record.body);
  if (!kind) return next_->write(record);
  std::string source;
  if (const auto* address = std::visit(SourceOf(), record.body); address != nullptr && has_room(record.time)) {
    source = address->text();
    kind->source = source;
  }
  write_key(key_, *kind);
  Burst& burst = burst_of(record);
  if (burst.written < kLimit) {
    ++burst.written;
    return next_->write(record);
  }
  ++burst.held_back;
  ++held_back_;
}

bool Collapse::has_room(base::WallTime now) {
  if (bursts_.size() >= kMostKinds && is_over(cleaned_, now)) {
    cleaned_ = now;
    forget_quiet(now);
  }
  return bursts_.size() < kMostKinds;
}

Collapse::Burst& Collapse::burst_of(const Record& record) {
  auto found = bursts_.find(key_);
  if (found == bursts_.end()) found = bursts_.emplace(key_, Burst{record.time, record.level}).first;
  if (is_over(found->second.begin, record.time)) {
    report(found->first, found->second, record.time);
    found->second = {record.time, record.level};
  }
  return found->second;
}

void Collapse::flush(base::WallTime now) {
  forget_quiet(now);
  next_->flush(now);
}

void Collapse::forget_quiet(base::WallTime now) {
  for (auto each = bursts_.begin(); each != bursts_.end();) {
    if (!is_over(each->second.begin, now)) {
      ++each;
      continue;
    }
    report(each->first, each->second, now);
    each = bursts_.erase(each);
  }
}

void Collapse::report(const std::string& key, Burst& burst, base::WallTime now) {
  if (burst.held_back == 0) return;
  const Kind kind = read_key(key);
  // What a kind does not have is left out: a message has neither, and without a source there is a reason at most.
  const std::array<Field, 3> fields = {Field{"source", kind.source}, Field{kind.name, kind.value},
                                       Field{"repeated", burst.held_back}};
  const std::size_t absent = kind.name.empty() ? 2 : kind.source.empty() ? 1 : 0;
  next_->write({burst.level, now, Message{kind.event, kind.service, std::span(fields).subspan(absent), {}}});
  held_back_ -= std::exchange(burst.held_back, 0);
}

}  // namespace porterd::log
