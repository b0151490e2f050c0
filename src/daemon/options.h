// SPDX-License-Identifier: Apache-2.0
//
// What the command line says, porterd(8). There is porterd's own; those of the programs whose place it takes
// (personality.h) have readers of their own that yield the same Options.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/level.h"
#include "base/result.h"
#include "config/config.h"
#include "config/document.h"
#include "config/inetd_dialect.h"
#include "daemon/personality.h"

namespace porterd::daemon {

/// What to do.
enum class Action : std::uint8_t {
  serve,
  check,
  dump_yaml,
  dump_json,
  schema,
  explain,
  import,
  version,
  help,
  resolve
};

struct Options {
  Action action = Action::serve;
  std::string config = PORTERD_CONFIG;                       ///< where CMake installs it
  bool is_config_given = false;                              ///< else there may be none, when other files are
  std::string xinetd;                                        ///< xinetd.conf to serve as well, or empty
  std::vector<std::string> inetd;                            ///< files in the form of inetd.conf
  config::InetdDialect dialect = config::InetdDialect::any;  ///< whose inetd
  std::string pid_file;                                      ///< instead of the configured one
  std::string attribute;                                     ///< explain: which; empty: all
  std::string format;                                        ///< import: whose configuration
  std::string original;                                      ///< import: its path
  std::string output;                                        ///< import: directory to write to; empty: standard output
  bool overwrites = false;                                   ///< import: files that are there are replaced
  std::vector<std::string> names;                            ///< resolve
  bool is_demo = false;                                      ///< the embedded default instead of `config`
  bool is_strict = false;                                    ///< any error in the configuration is fatal
  bool daemonizes = false;

  // What the other command lines say besides
  Personality personality = Personality::porterd;
  std::vector<std::string> inetd_if_there;      ///< like `inetd`, but they need not exist
  config::InetdDefaults inetd_defaults;         ///< for all entries of those files
  std::optional<config::Section> service;       ///< made of the command line itself
  std::optional<config::LogTarget> log;         ///< instead of the configured one
  std::optional<config::LogFormat> log_format;  ///< instead of the configured one
  std::optional<std::string> dump_file;         ///< instead of the configured one
  std::optional<base::Level> log_level;         ///< instead of the configured one
  std::optional<std::uint32_t> max_sessions;    ///< instead of the configured ones
  std::optional<mode_t> umask;                  ///< of servers, where the configuration has the usual one
  bool needs_services = false;                  ///< without any it is an error to start
  bool is_interrupted = true;                   ///< SIGINT stops it
  std::vector<std::string> notices;             ///< words that were understood and do nothing
  std::string help;                             ///< what --help prints; empty: porterd's own
};

/// From main()'s arguments. The error's sentence is for standard error, exit status 2.
[[nodiscard]] base::Result<Options> parse_options(std::span<char* const> arguments);

/// What --help prints.
[[nodiscard]] std::string help_text(const Options& options);

}  // namespace porterd::daemon
