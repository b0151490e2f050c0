// SPDX-License-Identifier: Apache-2.0
//
// Configuration errors are plural: they are collected, each with its place, and shown all at once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"

namespace porterd::config {

/// note: worth knowing. warning: taken, but probably not as meant. error: the service is left out.
/// fatal: no configuration could be made; what runs goes on unchanged.
enum class Severity : std::uint8_t { note, warning, error, fatal };

inline constexpr std::string_view kSeverityNames[] = {"note", "warning", "error", "fatal"};
constexpr std::span<const std::string_view> enum_names(Severity) { return kSeverityNames; }

struct Diagnostic {
  Severity severity;
  Location where;
  std::string message;  ///< one sentence, lower case, no full stop
  std::string hint;     ///< what would be right; may be empty

  /// The first line as compilers print it, the offending line with a caret, the hint:
  ///   conf.d/a.yaml:3:1: error: unknown attribute 'sevrer'
  ///       3 | sevrer: /usr/sbin/in.fingerd
  ///         | ^~~~~~
  ///     did you mean 'server'?
  [[nodiscard]] std::string text() const;
};

/// Collects diagnostics in the order found.
class Diagnostics {
 public:
  void add(Severity severity, Location where, std::string message, std::string hint = {});
  /// Takes over what `others` collected.
  void append(Diagnostics&& others);
  /// Makes whatever is worse than `most` be just that.
  void lower(Severity most);
  /// Makes every error fatal.
  void raise_errors();

  [[nodiscard]] std::span<const Diagnostic> all() const { return all_; }
  [[nodiscard]] std::size_t count(Severity severity) const;
  /// Whether something is at least this bad.
  [[nodiscard]] bool has(Severity at_least) const;
  /// All of them, in order, each followed by a line end.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Diagnostic> all_;
};

}  // namespace porterd::config
