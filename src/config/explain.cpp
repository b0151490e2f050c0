// SPDX-License-Identifier: Apache-2.0
//
// What the table says about its attributes: --explain, and the dictionary of the fuzzers.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/enum_names.h"
#include "base/text.h"
#include "config/codec.h"
#include "config/emit.h"
#include "config/printer.h"
#include "config/table.h"

namespace porterd::config {
namespace {

constexpr std::size_t kWidth = 78;

// `text` in lines of at most kWidth, each after `indent`.
std::string wrapped(std::string_view text, std::string_view indent) {
  std::string result;
  std::size_t column = 0;
  for (const auto word : base::split_words(text)) {
    if (column > 0 && column + 1 + word.size() > kWidth) {
      result += '\n';
      column = 0;
    }
    const auto gap = column == 0 ? indent : std::string_view(" ");
    result += gap;
    result += word;
    column += gap.size() + word.size();
  }
  return result + '\n';
}

std::string places_of(const AttributeText& row, bool is_global) {
  std::string text = is_global ? "setting of porterd.yaml" : "attribute of a service";
  if (row.in_defaults == InDefaults::yes) text += ", also in defaults";
  if (row.operators == Operators::set) text += fmt::format("; {0}+ adds, {0}- removes", row.name);
  if (!row.alias.empty()) text += fmt::format("; also called {}", row.alias);
  return text;
}

// An empty list, or nothing, would read as a setting that means something else.
template <typename Record>
std::string default_of(const Attribute<Record>& row) {
  const auto value = row.print(Record());
  const bool is_empty = value.text.empty() && value.items.empty() && value.entries.empty();
  return is_empty ? std::string() : emit_yaml(value);
}

template <typename Record>
std::string explanation(const Attribute<Record>& row, bool is_global) {
  auto text = fmt::format("{}: {}\n\n", row.name, places_of(row, is_global));
  text += wrapped(row.line, "  ");
  if (!row.more.empty()) text += '\n' + wrapped(row.more, "  ");
  text += '\n' + wrapped(fmt::format("Takes: {}", row.form), "  ");
  if (const auto value = default_of(row); !value.empty()) text += wrapped(fmt::format("Default: {}", value), "  ");
  if (!is_global) text += fmt::format("  A change concerns: {}\n", base::name_of(row.touches));
  return text;
}

std::string explain_all() {
  std::string text;
  for (const auto& row : global_attributes()) text += explanation(row, true) + '\n';
  for (const auto& row : service_attributes()) text += explanation(row, false) + '\n';
  text.pop_back();
  return text;
}

std::string unknown(std::string_view name) {
  std::vector<std::string_view> names;
  std::ranges::copy(service_attribute_names(), std::back_inserter(names));
  std::ranges::copy(global_attribute_names(), std::back_inserter(names));
  const auto hint = did_you_mean(name, names);
  return fmt::format("there is no attribute '{}'{}{}", name, hint.empty() ? "" : "; ", hint);
}

}  // namespace

base::Result<std::string> explain(std::string_view name) {
  if (name.empty()) return explain_all();
  const auto* service = find_service_attribute(name);
  const auto* global = find_global_attribute(name);
  if (service == nullptr && global == nullptr) return base::failure(unknown(name));
  std::string text;
  if (service != nullptr) text += explanation(*service, false);
  if (service != nullptr && global != nullptr) text += '\n';
  if (global != nullptr) text += explanation(*global, true);
  return text;
}

std::string fuzz_dictionary() {
  std::string text = "# From the table of attributes.\n";
  const auto add = [&](std::string_view word) { text += fmt::format("\"{}\"\n", word); };
  for (const auto name : service_attribute_names()) add(fmt::format("{}: ", name));
  for (const auto name : global_attribute_names()) add(fmt::format("{}: ", name));
  for (const auto& row : service_attributes()) {
    if (row.operators != Operators::set) continue;
    add(fmt::format("{}+: ", row.name));
    add(fmt::format("{}-: ", row.name));
  }
  for (const std::string_view word : {"---\\x0a",
                                      "defaults:\\x0a  ",
                                      "services:\\x0a- ",
                                      "yes",
                                      "no",
                                      "none",
                                      "unlimited",
                                      "null",
                                      "soft",
                                      "hard",
                                      "path",
                                      "owner",
                                      "mode",
                                      "limit",
                                      "ipv4",
                                      "ipv6",
                                      "rate",
                                      "burst",
                                      "excess",
                                      "wait",
                                      "hold",
                                      "refuse",
                                      "disable",
                                      "file /x",
                                      "syslog daemon info",
                                      "journal",
                                      "stderr",
                                      "127.0.0.1:79",
                                      "[::1]:79",
                                      "%lo:79",
                                      "@x",
                                      "10.0.0.0/8",
                                      "::/0",
                                      "08:00-18:00",
                                      "50/s",
                                      "64M:128M",
                                      "1h30m",
                                      "&a ",
                                      "*a",
                                      "!!str ",
                                      "|\\x0a  ",
                                      "# "})
    add(word);
  return text;
}

}  // namespace porterd::config
