// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/paths.h"
#include "migration/unit_exec.h"
#include "migration/unit_keys.h"

namespace porterd::migration {
namespace {

using config::plain;
using config::quotable;

// Where systemd looks for a program without a path.
constexpr std::array<std::string_view, 6> kProgramFolders{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                          "/usr/bin",        "/sbin",          "/bin"};

std::optional<std::string> find_program(const std::string& name, const config::World& world) {
  if (name.starts_with('/')) return name;
  for (const auto folder : kProgramFolders)
    if (auto path = config::joined(folder, name); world.path_kind(path) == config::PathKind::executable) return path;
  return std::nullopt;
}

std::optional<std::string> variable(const UnitFacts& facts, std::string_view name) {
  std::optional<std::string> value;
  for (const auto& [known, text] : facts.variables)
    if (known == name) value = text;
  return value;
}

void tell_prefixes(UnitBuilder& builder, const ExecCommand& command, const UnitSetting& from) {
  if (command.has_prefix('-')) builder.note(from, "a failure is recorded, and nothing follows from it");
  if (command.has_prefix('+') && builder.has("user")) {
    builder.set("user", plain("root"), from);
    builder.forget("group");
    builder.change(from, "'+' means root, whatever User says");
  }
  if (command.has_prefix('!') && builder.has("user"))
    builder.refuse(from, "'!' is not taken: the server starts as User says",
                   "user: root, if it changes to an account by itself");
}

void finish_command(UnitBuilder& builder, const config::Location& service) {
  const auto& exec = builder.facts.exec;
  if (exec.size() != 1)
    return builder.give_up(exec.empty() ? service : exec.back().where,
                           exec.empty() ? "the service has no ExecStart" : "there are several commands",
                           exec.empty() ? "" : "a script that runs them, and ends in exec");
  const auto& from = exec.front();
  std::vector<std::string> unknown;
  const auto find = [&](std::string_view name) {
    auto value = variable(builder.facts, name);
    if (!value) unknown.emplace_back(name);
    return value;
  };
  const auto command = parse_exec(from.value, builder.names(), find);
  if (!command) return builder.give_up(from.where, command.error(), "write the command out");
  if (command->has_prefix('|')) return builder.give_up(from.where, "'|' is not taken", "the shell as the program");
  const auto program = find_program(command->program, builder.world());
  if (!program)
    return builder.give_up(from.where, fmt::format("'{}' is nowhere to be found", command->program), "its path");
  if (!unknown.empty())
    builder.change(from, builder.facts.environment_file != nullptr
                             ? fmt::format("${} is empty here: what EnvironmentFile says belongs into server_args",
                                           fmt::join(unknown, ", $"))
                             : fmt::format("${} is empty, as it is set nowhere", fmt::join(unknown, ", $")));
  tell_prefixes(builder, *command, from);
  builder.set("server", quotable(*program), from);
  if (command->argv0) builder.set("argv0", quotable(*command->argv0), from);
  for (const auto& argument : command->arguments) builder.add("server_args", quotable(argument), from);
}

void finish_error(UnitBuilder& builder, bool has_socket) {
  const auto* from = builder.facts.error;
  const std::string_view value = from == nullptr ? "inherit" : std::string_view(from->value);
  if (value == "socket" || value == "inherit") {
    // systemd lets descriptor 2 be what descriptor 1 is, which is the socket or the journal.
    if (!has_socket) return;
    if (from == nullptr) return builder.imply("stderr", plain("socket"));
    return builder.set("stderr", plain("socket"), *from);
  }
  if (value == "null") return builder.set("stderr", plain("null"), *from);
  const auto colon = value.find(':');
  const auto kind = value.substr(0, colon);
  if (colon != std::string_view::npos && (kind == "file" || kind == "append" || kind == "truncate")) {
    if (kind != "append") builder.change(*from, "what is written is appended to the file");
    return builder.set("stderr", plain("file " + std::string(value.substr(colon + 1))), *from);
  }
  if (kind.starts_with("journal") || kind.starts_with("syslog") || kind.starts_with("kmsg"))
    return builder.set("stderr", plain("log"), *from);
  builder.refuse(*from, fmt::format("'{}' is not taken", value), "log, socket, null or file PATH");
}

// A connection is descriptors 0 and 1 to porterd; systemd has it as 3 unless StandardInput says otherwise.
void finish_streams(UnitBuilder& builder, const config::Location& service) {
  const auto& facts = builder.facts;
  const bool has_socket = facts.input != nullptr && facts.input->value == "socket";
  const auto* output = facts.output;
  const bool is_plain = output == nullptr || output->value == "inherit" || output->value == "socket";
  if (facts.accepts && !has_socket)
    return builder.give_up(facts.input != nullptr ? facts.input->where : service,
                           "the server gets its connection as descriptor 3 there, and as 0 and 1 here",
                           "a server that talks to 0 and 1, with StandardInput=socket");
  if (has_socket && !is_plain)
    builder.refuse(*output, "descriptor 1 is the connection here", "a server that leaves it alone does not notice");
  if (!has_socket && output != nullptr && output->value != "null")
    builder.change(*output, "descriptor 1 is /dev/null here");
  finish_error(builder, has_socket);
}

void finish_rate(UnitBuilder& builder) {
  const auto& facts = builder.facts;
  if (facts.trigger == nullptr) return;
  constexpr std::uint32_t kUsual = 200;
  constexpr std::uint32_t kUsualOfWaiting = 20;
  const auto burst = facts.trigger_burst.value_or(facts.accepts ? kUsual : kUsualOfWaiting);
  const auto milliseconds = static_cast<std::uint64_t>(facts.trigger_interval.count());
  if (burst == 0 || milliseconds == 0) return;  // which is no limit
  const auto in_hour = std::max<std::uint64_t>(burst * std::uint64_t{3'600'000} / milliseconds, 1);
  const auto rate = in_hour % 3600 == 0 ? fmt::format("{}/s", in_hour / 3600)
                    : in_hour % 60 == 0 ? fmt::format("{}/m", in_hour / 60)
                                        : fmt::format("{}/h", in_hour);
  builder.set("cps", config::map_of({{"rate", plain(rate)}, {"burst", plain(std::to_string(burst))}}), *facts.trigger);
  builder.change(*facts.trigger, "clients beyond it wait; systemd closes the socket until somebody starts it again");
}

}  // namespace

void finish_unit(UnitBuilder& builder, const config::Location& service) {
  if (builder.facts.is_user_dynamic && !builder.has("user"))
    builder.give_up(service, "DynamicUser is not taken, and there is no User", "an account of its own, in User");
  finish_command(builder, service);
  finish_streams(builder, service);
  finish_rate(builder);
}

}  // namespace porterd::migration
