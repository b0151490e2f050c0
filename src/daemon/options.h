// SPDX-License-Identifier: Apache-2.0
//
// porterd's own command line, porterd(8). Other command lines (xinetd's, the inetds') get readers of their own that
// yield the same Options.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/inetd_dialect.h"

namespace porterd::daemon {

/// What to do.
enum class Action : std::uint8_t { serve, check, dump_yaml, dump_json, schema, explain, version, help, resolve };

struct Options {
  Action action = Action::serve;
  std::string config = PORTERD_CONFIG;                       ///< where CMake installs it
  bool is_config_given = false;                              ///< else there may be none, when other files are
  std::string xinetd;                                        ///< xinetd.conf to serve as well, or empty
  std::vector<std::string> inetd;                            ///< files in the form of inetd.conf
  config::InetdDialect dialect = config::InetdDialect::any;  ///< whose inetd
  std::string pid_file;                                      ///< instead of the configured one
  std::string attribute;                                     ///< explain: which; empty: all
  std::vector<std::string> names;                            ///< resolve
  bool is_demo = false;                                      ///< the embedded default instead of `config`
  bool is_strict = false;                                    ///< any error in the configuration is fatal
  bool daemonizes = false;
};

/// From main()'s arguments. The error's sentence is for standard error, exit status 2.
[[nodiscard]] base::Result<Options> parse_options(std::span<char* const> arguments);

/// What --help prints.
[[nodiscard]] std::string help_text();

}  // namespace porterd::daemon
