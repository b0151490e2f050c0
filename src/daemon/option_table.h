// SPDX-License-Identifier: Apache-2.0
//
// Command lines as tables: a row is an option, and getopt_long(3) is asked by what stands there.
#pragma once

#include <getopt.h>

#include <span>
#include <string>

#include "base/result.h"
#include "daemon/options.h"

namespace porterd::daemon {

/// One option: what getopt_long(3) needs, what --help says, what it sets.
struct OptionRow {
  const char* name = nullptr;   ///< its long name, or null
  int argument = no_argument;   ///< no_argument, required_argument, optional_argument
  const char* value = nullptr;  ///< its argument's name in --help
  const char* help = "";        ///< empty: not shown
  base::Status (*apply)(Options& options, const char* argument) = nullptr;
  char letter = '\0';         ///< its short name, or none
  std::uint8_t whose = 0xff;  ///< for the reader of a table that several programs share
};

/// Where options end.
enum class Operands : std::uint8_t {
  anywhere,   ///< options may follow operands
  end_it_all  ///< the first operand and all that follow belong to somebody else
};

/// Applies the options in `arguments`, of which the first is the program's name, and gives what is left. May put
/// options before operands, in place.
[[nodiscard]] base::Result<std::span<char* const>> apply_options(Options& options, std::span<char* const> arguments,
                                                                 std::span<const OptionRow> rows,
                                                                 Operands operands = Operands::anywhere);

/// A line for each row, as --help has them.
[[nodiscard]] std::string help_lines(std::span<const OptionRow> rows);

/// porterd's own options that other command lines take as well: --check, --dump and the like.
[[nodiscard]] std::span<const OptionRow> common_option_rows();

}  // namespace porterd::daemon
