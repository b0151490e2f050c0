// SPDX-License-Identifier: Apache-2.0
#include "spawn/plan.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "base/text.h"
#include "os/accounts.h"

namespace porterd::spawn {
namespace {

constexpr std::string_view kRootPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::string_view kUserPath = "/usr/local/bin:/usr/bin:/bin";

/// The last component: argv[0] as xinetd and the inetds give it.
std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// What OpenBSD's inetd keeps from its servers; a name that ends in '=' is that variable alone.
constexpr std::string_view kOfLogin[] = {"CVS",   "DISPLAY=", "EDITOR=", "GROUP=", "HOME=",    "IFS=", "LD_",
                                         "MAIL=", "LOGNAME=", "PATH=",   "PWD=",   "PRINTER=", "SSH",  "SHELL=",
                                         "TERM",  "TMP",      "SHLVL=",  "USER=",  "VISUAL="};

using Variables = std::map<std::string, std::string, std::less<>>;

config::User user_of(const config::Service& service, const Inheritance& inheritance) {
  if (service.user && !base::parse_unsigned(service.user->name)) return *service.user;
  if (service.user) {
    // A number may have an account all the same: then the server learns its name, and gets its groups.
    config::User user = *service.user;
    user.name = os::account_of(user.uid).name;
    return user;
  }
  os::Account account = os::account_of(inheritance.uid);
  return {.name = std::move(account.name),
          .uid = inheritance.uid,
          .gid = inheritance.gid,
          .home = std::move(account.home),
          .shell = std::move(account.shell)};
}

void add_account(Variables& variables, const config::User& user) {
  variables["PATH"] = user.uid == 0 ? kRootPath : kUserPath;
  variables["HOME"] = user.home;
  variables["USER"] = variables["LOGNAME"] = user.name;
  variables["SHELL"] = user.shell;
}

/// Whether a server gets the "NAME=value" that porterd has.
bool is_passed(const config::Service& service, std::string_view entry) {
  using enum config::EnvironmentBase;
  if (std::ranges::find(service.passenv, entry.substr(0, entry.find('='))) != service.passenv.end()) return true;
  if (service.environment == laundered)
    return std::ranges::none_of(kOfLogin, [&](auto start) { return entry.starts_with(start); });
  return service.environment == inherit;
}

void add_passed(Variables& variables, const config::Service& service, char* const* environment) {
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || !is_passed(service, entry)) continue;
    variables[std::string(entry.substr(0, equals))] = entry.substr(equals + 1);
  }
}

/// Constant entries, later ones over earlier ones: the account's, those passed on, the service's own.
Variables constant_variables(const config::Service& service, const Inheritance& inheritance) {
  Variables variables;
  if (service.environment == config::EnvironmentBase::account) add_account(variables, user_of(service, inheritance));
  add_passed(variables, service, inheritance.environment);
  for (const auto& [name, value] : service.env) variables[name] = value;
  return variables;
}

}  // namespace

base::Result<std::shared_ptr<const Plan>> Plan::make(const config::Service& service, const Inheritance& inheritance) {
  const std::shared_ptr<Plan> plan(new Plan);
  PORTERD_TRY(plan->add_strings(service, inheritance));
  plan->add_limits(service, inheritance);
  plan->add_credentials(service, inheritance);
  plan->error_stream_ = service.standard_error;
  plan->connection_variables_ = service.connection_env;
  plan->layout_ = service.pass == config::Pass::listen_fds ? Layout::listen_fd : Layout::stdio;
  const auto umask = service.umask.value_or(config::kUsualUmask);
  if (umask != inheritance.umask) plan->child_.umask = static_cast<std::int32_t>(umask);
  if (service.nice) {
    plan->child_.sets_nice = true;
    plan->child_.nice = *service.nice;
  }
  return std::shared_ptr<const Plan>(plan);
}

base::Status Plan::add_strings(const config::Service& service, const Inheritance& inheritance) {
  const Variables variables = constant_variables(service, inheritance);
  if (variables.size() > kPlanVariables)
    return base::failure("environment of " + service.id + ": more than " + std::to_string(kPlanVariables) +
                         " variables");
  std::vector<std::size_t> offsets;
  const auto add = [&](std::string_view text) {
    offsets.push_back(text_.size());
    text_.append(text).push_back('\0');
  };
  add(service.server);
  add(service.working_directory);
  add(service.argv0 ? std::string_view(*service.argv0) : base_name(service.server));
  for (const auto& argument : service.server_args) add(argument);
  for (const auto& [name, value] : variables) add(name + '=' + value);
  text_.shrink_to_fit();

  const auto pointer = [&](std::size_t index) { return text_.data() + offsets[index]; };
  const std::size_t first_variable = 3 + service.server_args.size();
  for (std::size_t index = 2; index < first_variable; ++index) argv_.push_back(pointer(index));
  argv_.push_back(nullptr);
  for (std::size_t index = first_variable; index < offsets.size(); ++index) environment_.push_back(pointer(index));
  child_.path = pointer(0);
  child_.argv = argv_.data();
  // porterd itself stands in "/".
  child_.directory = service.working_directory == "/" ? nullptr : pointer(1);
  return {};
}

void Plan::add_limits(const config::Service& service, const Inheritance& inheritance) {
  const bool sets_descriptors =
      std::ranges::any_of(service.rlimits, [](const auto& limit) { return limit.resource == RLIMIT_NOFILE; });
  if (inheritance.has_raised_descriptors && !sets_descriptors)
    limits_.push_back({.soft = inheritance.descriptors.rlim_cur,
                       .hard = inheritance.descriptors.rlim_max,
                       .resource = RLIMIT_NOFILE});
  for (const auto& limit : service.rlimits)
    limits_.push_back({.soft = limit.soft, .hard = limit.hard, .resource = limit.resource});
  child_.limits = limits_.data();
  child_.limit_count = static_cast<std::uint32_t>(limits_.size());
}

void Plan::add_credentials(const config::Service& service, const Inheritance& inheritance) {
  child_.uid = service.user ? service.user->uid : inheritance.uid;
  child_.gid = service.group ? service.group->gid : service.user ? service.user->gid : inheritance.gid;
  child_.sets_uid = child_.uid != inheritance.uid;
  child_.sets_gid = child_.gid != inheritance.gid;
  // Without root nothing of this can change, and the compiler has refused what would need it.
  if (inheritance.uid != 0 || (!service.user && !service.group && service.groups.kind == config::Groups::Kind::of_user))
    return;
  switch (service.groups.kind) {
    case config::Groups::Kind::none:
      break;
    case config::Groups::Kind::of_user:
      groups_ = os::supplementary_groups(user_of(service, inheritance).name, child_.gid);
      break;
    case config::Groups::Kind::all:
      groups_ = os::supplementary_groups(user_of(service, inheritance).name, user_of(service, inheritance).gid);
      break;
    case config::Groups::Kind::listed:
      for (const auto& group : service.groups.listed) groups_.push_back(group.gid);
      break;
  }
  child_.groups = groups_.data();
  child_.group_count = static_cast<std::int32_t>(groups_.size());
}

}  // namespace porterd::spawn
