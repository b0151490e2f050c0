// SPDX-License-Identifier: Apache-2.0
#include "config/paths.h"

#include <fmt/format.h>

namespace porterd::config {

std::string_view directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string_view last_component(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view stem_of(std::string_view path) {
  const auto name = last_component(path);
  const auto dot = name.rfind('.');
  return dot == 0 || dot == std::string_view::npos ? name : name.substr(0, dot);
}

std::string joined(std::string_view directory, std::string_view name) {
  if (directory == ".") return std::string(name);
  return fmt::format("{}{}{}", directory, directory.ends_with('/') ? "" : "/", name);
}

std::string escaped_pattern(std::string_view path) {
  std::string text;
  for (const char letter : path) {
    if (std::string_view("*?[\\").contains(letter)) text += '\\';
    text += letter;
  }
  return text;
}

}  // namespace porterd::config
