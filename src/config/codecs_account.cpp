// SPDX-License-Identifier: Apache-2.0
#include "config/codecs_account.h"

#include <limits>

#include "base/text.h"
#include "config/codecs_basic.h"

namespace porterd::config {
namespace {

// (uid_t)-1 means "leave as it is" to setresuid(2).
constexpr std::uint64_t kLargestId = std::numeric_limits<uid_t>::max() - 1;

User user_of(std::string name, const Account& account) {
  return {std::move(name), account.uid, account.gid, account.home, account.shell};
}

User numbered_user(std::string name, uid_t uid, const World& world) {
  if (const auto account = world.user_numbered(uid)) return user_of(std::move(name), *account);
  return {std::move(name), uid, uid, "/", "/bin/sh"};
}

}  // namespace

Parsed<User> UserCodec::parse(const Value& value, const Context& context) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  std::string name(*text);
  if (const auto number = base::parse_unsigned(name)) {
    if (*number > kLargestId) return reject(value, shown(value) + " is too large for a user's number");
    return numbered_user(std::move(name), static_cast<uid_t>(*number), context.world);
  }
  const auto account = context.world.user_named(name);
  if (!account) return reject_here(value, fmt::format("there is no user {}", shown(value)));
  return user_of(std::move(name), *account);
}

std::string UserCodec::schema() { return R"({"type": ["string", "integer"]})"; }

Parsed<Group> GroupCodec::parse(const Value& value, const Context& context) {
  const auto text = text_of(value);
  if (!text) return std::unexpected(text.error());
  std::string name(*text);
  if (const auto number = base::parse_unsigned(name)) {
    if (*number > kLargestId) return reject(value, shown(value) + " is too large for a group's number");
    return Group{std::move(name), static_cast<gid_t>(*number)};
  }
  const auto gid = context.world.group_named(name);
  if (!gid) return reject_here(value, fmt::format("there is no group {}", shown(value)));
  return Group{std::move(name), *gid};
}

std::string GroupCodec::schema() { return R"({"type": ["string", "integer"]})"; }

Parsed<Groups> GroupsCodec::parse(const Value& value, const Context& context) {
  if (value.kind == Value::Kind::scalar && !value.is_quoted) {
    if (const auto is_of_user = YesNo::parse(value, context))
      return Groups{*is_of_user ? Groups::Kind::of_user : Groups::Kind::none, {}};
    if (value.text == "all") return Groups{Groups::Kind::all, {}};
  }
  auto listed = ListOf<GroupCodec>::parse(value, context);
  if (!listed) return std::unexpected(std::move(listed).error());
  if (listed->empty()) return Groups{Groups::Kind::none, {}};
  return Groups{Groups::Kind::listed, std::move(*listed)};
}

Value GroupsCodec::print(const Groups& value) {
  switch (value.kind) {
    case Groups::Kind::none:
      return plain("no");
    case Groups::Kind::of_user:
      return plain("yes");
    case Groups::Kind::all:
      return plain("all");
    case Groups::Kind::listed:
      break;
  }
  return ListOf<GroupCodec>::print(value.listed);
}

std::string GroupsCodec::schema() {
  return schema_any({YesNo::schema(), R"({"const": "all"})", ListOf<GroupCodec>::schema()});
}

}  // namespace porterd::config
