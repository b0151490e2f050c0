// SPDX-License-Identifier: Apache-2.0
//
// Codecs for the server's environment.
#pragma once

#include "config/codec.h"
#include "config/config.h"

namespace porterd::config {

/// A variable's name: not empty, without '='.
struct VariableName {
  using Type = std::string;
  static constexpr std::string_view kForm = "the name of an environment variable";
  static Parsed<std::string> parse(const Value& value, const Context&);
  static Value print(const std::string& value) { return quotable(value); }
  static std::string schema();
};

/// {NAME: value, …} or a list of "NAME=value".
struct EnvironmentCodec {
  using Type = Environment;
  static constexpr std::string_view kForm = R"({NAME: value} or a list of "NAME=value")";
  static Parsed<Environment> parse(const Value& value, const Context& context);
  static Value print(const Environment& value);
  static std::string schema();
};

/// Gives `name` its value, replacing one that it has; a new one comes last.
void set_variable(Environment& environment, std::string name, std::string value);
/// Whether it was there.
bool remove_variable(Environment& environment, std::string_view name);

}  // namespace porterd::config
