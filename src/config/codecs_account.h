// SPDX-License-Identifier: Apache-2.0
//
// Codecs for accounts. Names are looked up when the configuration is read; a number needs no account.
#pragma once

#include "config/codec.h"
#include "config/config.h"

namespace porterd::config {

struct UserCodec {
  using Type = User;
  static constexpr std::string_view kForm = "the name or number of a user";
  static Parsed<User> parse(const Value& value, const Context& context);
  static Value print(const User& value) { return quotable(value.name); }
  static std::string schema();
};

struct GroupCodec {
  using Type = Group;
  static constexpr std::string_view kForm = "the name or number of a group";
  static Parsed<Group> parse(const Value& value, const Context& context);
  static Value print(const Group& value) { return quotable(value.name); }
  static std::string schema();
};

/// `yes`: the user's; `all`: and the user's own besides `group`; `no`: none; or a list of groups.
struct GroupsCodec {
  using Type = Groups;
  static constexpr std::string_view kForm = "yes (those of the user), all, no, or a list of groups";
  static Parsed<Groups> parse(const Value& value, const Context& context);
  static Value print(const Groups& value);
  static std::string schema();
};

}  // namespace porterd::config
