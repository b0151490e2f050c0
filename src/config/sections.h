// SPDX-License-Identifier: Apache-2.0
//
// What a file's documents mean: which of them is porterd's own, which are services, and which settings are
// added and removed. A part of the YAML reader that knows nothing of YAML.
#pragma once

#include <string>
#include <string_view>

#include "config/diagnostics.h"
#include "config/document.h"
#include "config/yaml_reader.h"

namespace porterd::config {

class SectionMaker {
 public:
  /// `name` as in read_yaml().
  SectionMaker(FileRole role, std::string_view name, Document& document, Diagnostics& diagnostics)
      : role_(role), name_(name), document_(document), diagnostics_(diagnostics) {}

  /// Takes the next document. `is_bad`: an error was reported in it.
  void add(Value root, bool is_bad);
  /// Says that there are no more. A main file without any document has global settings all the same.
  void finish(const Location& whole);
  /// Reports why the file cannot be read, and sees to it that the service that it is about does not run without it.
  void fail(const Location& where, std::string message, std::string hint = {});
  /// How bad a mistake in the next document is.
  [[nodiscard]] Severity severity() const { return is_main() ? Severity::fatal : Severity::error; }
  /// Documents so far.
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  [[nodiscard]] bool is_main() const { return role_ == FileRole::main && count_ == 0; }
  void add_map(Value root, bool is_bad);
  void add_main(Value root, bool is_bad);
  void add_dump(Value root, bool is_bad);
  void add_services(Value services);
  void add_section(Section::Kind kind, std::string name, Value map, bool is_bad);

  const FileRole role_;
  const std::string_view name_;
  Document& document_;
  Diagnostics& diagnostics_;
  std::size_t count_ = 0;
};

}  // namespace porterd::config
