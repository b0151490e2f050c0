// SPDX-License-Identifier: Apache-2.0
//
// options → (check | dump | explain, and leave) → load, or print diagnostics and leave → block signals → bind or adopt
// → READY → loop → drain → exit.
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <span>

#include "base/enum_names.h"
#include "config/loader.h"
#include "config/normal_form.h"
#include "config/os_world.h"
#include "config/printer.h"
#include "daemon/daemon.h"
#include "daemon/embedded.h"
#include "daemon/loading.h"
#include "daemon/name_resolver.h"
#include "daemon/options.h"
#include "daemon/standing_in.h"
#include "migration/import.h"
#include "os/descriptors.h"
#include "os/process.h"
#include "os/service_manager.h"
#include "os/signals.h"
#include "version.h"

namespace {

using namespace porterd;

constexpr int kExitFailed = 1;
constexpr int kExitDegraded = 3;       // --daemonize: it runs, but not everything is bound
constexpr int kExitConfiguration = 2;  // also a wrong command line, as with most daemons

void print(std::FILE* stream, const std::string& text) { std::fputs(text.c_str(), stream); }

int dump(const daemon::Options& options) {
  const auto loaded = daemon::load(options);
  print(stderr, loaded.diagnostics.text());
  if (!loaded.is_usable()) return kExitConfiguration;
  print(stdout, options.action == daemon::Action::dump_json ? config::dump_normal(loaded, config::OsWorld())
                                                            : config::dump_yaml(loaded.config));
  return 0;
}

/// What the configuration is called: porterd.yaml, or the files that are enough without it.
std::string name_of(const daemon::Options& options, const config::Loaded& loaded) {
  const bool is_alone = options.xinetd.empty() && options.inetd.empty() && !options.config.empty();
  if (is_alone || options.is_config_given || std::ranges::find(loaded.files, options.config) != loaded.files.end())
    return options.config;
  if (!options.xinetd.empty()) return options.xinetd;
  if (!options.inetd.empty()) return options.inetd.front();
  return loaded.files.empty() ? "(command line)" : loaded.files.front();
}

int check(const daemon::Options& options) {
  auto loaded = daemon::load(options);
  daemon::complain_of_command(options, loaded);
  print(stderr, loaded.diagnostics.text());
  if (!loaded.is_usable()) return kExitConfiguration;
  print(stdout, name_of(options, loaded) + ": " + std::to_string(loaded.config.services.size()) + " services\n");
  return 0;
}

int explain(const daemon::Options& options) {
  const auto text = config::explain(options.attribute);
  if (!text) {
    print(stderr, "porterd: " + text.error().text() + "\n");
    return kExitConfiguration;
  }
  print(stdout, *text);
  return 0;
}

int import_services(const daemon::Options& options) {
  const auto format = base::value_named<migration::Format>(options.format);
  if (!format) {
    print(stderr, "porterd: --import=" + options.format + ": xinetd, inetd or systemd is possible\n");
    return kExitConfiguration;
  }
  const auto imported = migration::import_services(
      {.format = *format, .path = options.original, .dialect = options.dialect}, config::OsWorld());
  if (!imported) {
    print(stderr, "porterd: " + imported.error().text() + "\n");
    return kExitConfiguration;
  }
  if (options.output.empty()) {
    for (const auto& [name, text] : imported->files) print(stdout, "---\n# " + name + "\n" + text);
    print(stderr, imported->report);
    return 0;
  }
  const auto existing = options.overwrites ? migration::Existing::overwritten : migration::Existing::kept;
  if (const auto written = migration::write_files(imported->files, options.output, existing); !written) {
    print(stderr, "porterd: " + written.error().text() + "\n");
    return kExitFailed;
  }
  print(stdout, imported->report);
  return 0;
}

int print_version(const daemon::Options& options) {
  const bool is_xinetd = options.personality == daemon::Personality::xinetd;
  // Scripts that ask xinetd look at standard error.
  print(is_xinetd ? stderr : stdout,
        std::string("porterd ") + kVersion + (is_xinetd ? ", in the place of xinetd\n" : "\n"));
  return 0;
}

/// What is done without serving; nothing when the action is to serve.
std::optional<int> run_offline(const daemon::Options& options) {
  using enum daemon::Action;
  switch (options.action) {
    case serve:
      return std::nullopt;
    case check:
      return ::check(options);
    case dump_yaml:
    case dump_json:
      return dump(options);
    case schema:
      return print(stdout, config::schema()), 0;
    case explain:
      return ::explain(options);
    case import:
      return ::import_services(options);
    case version:
      return print_version(options);
    case help:
      return print(stdout, daemon::help_text(options)), 0;
    case resolve:
      return daemon::resolve_names(options.names);
  }
  return std::nullopt;
}

spawn::Inheritance take_stock() {
  constexpr mode_t kUmask = 022;
  ::umask(kUmask);
  // What lets us bind a low port without root stays ours and is no server's (capabilities(7)).
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L);
  spawn::Inheritance inheritance;
  inheritance.uid = ::geteuid();
  inheritance.gid = ::getegid();
  inheritance.can_change_user = config::OsWorld().can_change_user();
  inheritance.descriptors = os::raise_descriptor_limit();
  inheritance.has_raised_descriptors = inheritance.descriptors.rlim_cur != inheritance.descriptors.rlim_max;
  inheritance.umask = kUmask;
  inheritance.environment = environ;
  return inheritance;
}

int fail(const base::Error& error, std::optional<os::Daemonizer>& daemonizer) {
  print(stderr, "porterd: " + error.text() + "\n");
  if (daemonizer) daemonizer->release(kExitFailed);
  return kExitFailed;
}

/// Start scripts look at nothing but 0.
bool is_itself(const daemon::Options& options) { return options.personality == daemon::Personality::porterd; }

/// In the place of another program nobody may look at standard error: what is wrong also goes to the log.
int give_up(const daemon::Options& options, const config::Loaded& loaded) {
  if (is_itself(options)) return kExitConfiguration;
  daemon::log_failure(loaded);
  return kExitFailed;
}

int serve(const daemon::Options& options) {
  daemon::DaemonSetup setup;
  auto loaded = daemon::load(options, *setup.hosts);
  daemon::complain_of_command(options, loaded);
  print(stderr, loaded.diagnostics.text());
  if (!loaded.is_usable()) return give_up(options, loaded);
  if (options.is_demo) print(stderr, daemon::kDemoWords);

  os::take_over_signals();
  std::optional<os::Daemonizer> daemonizer;
  setup.loaded = std::move(loaded);
  setup.load = [options, hosts = setup.hosts] { return daemon::load(options, *hosts); };
  setup.main_file = options.config;
  setup.pid_file = options.pid_file;
  setup.habits = daemon::habits_of(options);
  setup.inherited_sockets = os::take_inherited_sockets();
  os::close_inherited_on_exec();
  if (options.daemonizes) {
    auto detached = os::Daemonizer::detach();
    if (!detached) return fail(detached.error(), daemonizer);
    daemonizer.emplace(std::move(*detached));
  }
  setup.service_manager = os::ServiceManager::from_environment();
  setup.inheritance = take_stock();
  if (::chdir("/") != 0) return kExitFailed;
  auto daemon = daemon::Daemon::make(std::move(setup));
  if (!daemon) return fail(daemon.error(), daemonizer);
  if (daemonizer) {
    for (const auto& line : (*daemon)->degraded()) print(stderr, "porterd: " + line + "\n");
    daemonizer->release(!is_itself(options) || (*daemon)->degraded().empty() ? 0 : kExitDegraded);
  }
  (*daemon)->run();
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (const auto occupied = os::occupy_standard_descriptors(); !occupied) return kExitFailed;
  auto options = daemon::parse_options(std::span(arguments, static_cast<std::size_t>(count)));
  if (!options) {
    print(stderr, "porterd: " + options.error().text() + "\n");
    const auto role = daemon::role_of(std::span(arguments, static_cast<std::size_t>(count)));
    return role.personality == daemon::Personality::porterd ? kExitConfiguration : kExitFailed;
  }
  options->umask = daemon::umask_of_servers(options->personality);
  daemon::make_paths_absolute(*options);
  if (const auto status = run_offline(*options)) return *status;
  return serve(*options);
}
