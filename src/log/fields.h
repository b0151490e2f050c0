// SPDX-License-Identifier: Apache-2.0
//
// A record as its event's name and a sequence of fields: what all forms (key=value, JSON, journal) have in common. The
// fields and their order stand in fields.cpp, once, and in porterd(8).
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "log/record.h"

namespace porterd::log {

/// Takes the fields of a record, in order. Views are good only during the call.
class FieldTaker {
 public:
  FieldTaker() = default;
  FieldTaker(const FieldTaker&) = delete;
  FieldTaker& operator=(const FieldTaker&) = delete;
  FieldTaker(FieldTaker&&) = delete;
  FieldTaker& operator=(FieldTaker&&) = delete;
  virtual ~FieldTaker() = default;
  /// A word, a name, an address.
  virtual void text(std::string_view name, std::string_view value) = 0;
  /// Words of a person or a program, which stand in quotes always.
  virtual void sentence(std::string_view name, std::string_view value) = 0;
  virtual void number(std::string_view name, std::int64_t value) = 0;
  virtual void duration(std::string_view name, std::chrono::microseconds value) = 0;
};

/// "start", "end", "refused", "failed", "output", or the message's own.
[[nodiscard]] std::string_view event_of(const Record& record);

/// Hands all fields of `record` to `taker`; its time, level and event are not among them.
void describe(const Record& record, FieldTaker& taker);

}  // namespace porterd::log
