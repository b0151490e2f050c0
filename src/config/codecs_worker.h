// SPDX-License-Identifier: Apache-2.0
//
// Codecs for what workers do: where connections are passed on to, and what fixed answers are.
#pragma once

#include "config/codec.h"
#include "config/config.h"

namespace porterd::config {

/// "db.example:5432", "192.0.2.1:80", "[2001:db8::1]:80", /run/x.sock or "@name". A port may be a name of services(5).
struct TargetCodec {
  using Type = RedirectTarget;
  static constexpr std::string_view kForm = R"("HOST:PORT", "[2001:db8::1]:80", /run/x.sock or "@name")";
  static Parsed<RedirectTarget> parse(const Value& value, const Context& context);
  static Value print(const RedirectTarget& value);
  static std::string schema();
};

/// A text, or {text, file, status, type}.
struct AnswerCodec {
  using Type = Answer;
  static constexpr std::string_view kForm = "a text, {file: PATH}, or {status: 200, text: …} for HTTP";
  static Parsed<Answer> parse(const Value& value, const Context& context);
  static Value print(const Answer& value);
  static std::string schema();
};

}  // namespace porterd::config
