// SPDX-License-Identifier: Apache-2.0
#include "daemon/loading.h"

#include <unistd.h>

#include <filesystem>
#include <memory>

#include "config/os_world.h"
#include "daemon/embedded.h"

namespace porterd::daemon {
namespace {

/// What to load. Beside the files of other super-daemons porterd's own may be missing.
config::Sources sources_of(const Options& options) {
  if (options.is_demo) return {.main = "(embedded example)", .text = demo_config(::geteuid())};
  config::Sources sources{.main = options.config};
  if (!options.xinetd.empty()) sources.xinetd.push_back(options.xinetd);
  sources.inetd = options.inetd;
  sources.inetd_if_there = options.inetd_if_there;
  sources.dialect = options.dialect;
  sources.inetd_defaults = options.inetd_defaults;
  sources.service = options.service;
  sources.is_main_optional = !options.is_config_given && (!options.xinetd.empty() || !options.inetd.empty());
  return sources;
}

// What the command line says instead of the files.
void override(config::Config& config, const Options& options) {
  auto& global = config.global;
  if (options.log) global.log_type = *options.log;
  if (options.log_format) global.log_format = *options.log_format;
  if (options.dump_file) global.dump_file = *options.dump_file;
  if (options.log_level) global.log_level = *options.log_level;
  if (options.max_sessions) global.max_sessions = options.max_sessions;
  for (auto& service : config.services)
    if (!service.umask) service.umask = options.umask;
}

// A daemon has no standard error to log to.
void leave_terminal(config::Config& config) {
  const auto leave = [](config::LogTarget& target) {
    if (target.kind == config::LogTarget::Kind::standard_error) target.kind = config::LogTarget::Kind::syslog;
  };
  leave(config.global.log_type);
  for (auto& service : config.services) leave(service.log_type);
}

}  // namespace

void make_paths_absolute(Options& options) {
  const auto make_absolute = [](std::string& path) {
    if (!path.empty()) path = std::filesystem::absolute(path);
  };
  make_absolute(options.config);
  make_absolute(options.xinetd);
  for (auto& path : options.inetd) make_absolute(path);
  if (options.log) make_absolute(options.log->path);
  make_absolute(options.pid_file);
}

config::Loaded load(const Options& options) {
  config::HostBook hosts;
  return load(options, hosts);
}

config::Loaded load(const Options& options, config::HostBook& hosts) {
  const config::OsWorld world(hosts);
  const bool is_strict = options.is_strict || options.action == Action::check;
  auto loaded =
      config::load(sources_of(options), world, is_strict ? config::Strictness::strict : config::Strictness::lenient);
  override(loaded.config, options);
  if (options.daemonizes) leave_terminal(loaded.config);
  return loaded;
}

void complain_of_command(const Options& options, config::Loaded& loaded) {
  const auto file = std::make_shared<config::SourceFile>(config::SourceFile{"(command line)", {}});
  for (const auto& notice : options.notices) loaded.diagnostics.add(config::Severity::warning, {.file = file}, notice);
  if (loaded.is_usable() && options.needs_services && loaded.config.services.empty())
    loaded.diagnostics.add(config::Severity::fatal, {.file = file}, "there is no service to serve",
                           "-stayalive runs without any");
}

}  // namespace porterd::daemon
