// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/text.h"
#include "migration/unit_builder.h"

namespace porterd::migration {

using config::Severity;
using config::Value;

namespace {

Value at(Value value, const config::Location& where) {
  value.where = where;
  for (auto& item : value.items) item.where = where;
  for (auto& [key, entry] : value.entries) key.where = entry.where = where;
  return value;
}

/// Units of a time span, the longer names first where one begins with another.
struct TimeUnit {
  std::string_view name;
  std::int64_t microseconds;
};
constexpr std::int64_t kSecond = 1'000'000;
constexpr TimeUnit kTimeUnits[] = {{"seconds", kSecond},
                                   {"second", kSecond},
                                   {"sec", kSecond},
                                   {"minutes", 60 * kSecond},
                                   {"minute", 60 * kSecond},
                                   {"min", 60 * kSecond},
                                   {"hours", 3600 * kSecond},
                                   {"hour", 3600 * kSecond},
                                   {"hr", 3600 * kSecond},
                                   {"days", 86400 * kSecond},
                                   {"day", 86400 * kSecond},
                                   {"weeks", 604800 * kSecond},
                                   {"week", 604800 * kSecond},
                                   {"msec", 1000},
                                   {"ms", 1000},
                                   {"usec", 1},
                                   {"us", 1},
                                   {"s", kSecond},
                                   {"m", 60 * kSecond},
                                   {"h", 3600 * kSecond},
                                   {"d", 86400 * kSecond},
                                   {"w", 604800 * kSecond}};

}  // namespace

config::Setting* UnitBuilder::find(std::string_view name) {
  const auto found = std::ranges::find(settings_, name, &config::Setting::name);
  return found == settings_.end() ? nullptr : &*found;
}

bool UnitBuilder::has(std::string_view name) const {
  return std::ranges::find(settings_, name, &config::Setting::name) != settings_.end();
}

void UnitBuilder::forget(std::string_view name) {
  std::erase_if(settings_, [&](const auto& setting) { return setting.name == name; });
}

void UnitBuilder::set(std::string name, Value value, const UnitSetting& from) {
  forget(name);
  settings_.push_back({.name = std::move(name), .value = at(std::move(value), from.where), .where = from.where});
}

void UnitBuilder::add(std::string_view name, Value item, const UnitSetting& from) {
  if (!has(name)) set(std::string(name), config::list_of({}), from);
  find(name)->value.items.push_back(at(std::move(item), from.where));
}

void UnitBuilder::imply(std::string name, Value value) {
  if (has(name)) return;
  settings_.push_back(
      {.name = std::move(name), .value = at(std::move(value), home_), .where = home_, .is_implied = true});
}

void UnitBuilder::refuse(const UnitSetting& from, std::string message, std::string what_to_do) {
  diagnostics_.add(Severity::error, from.where, std::move(message), std::move(what_to_do));
}

void UnitBuilder::give_up(const config::Location& where, std::string message, std::string what_to_do) {
  is_bad_ = true;
  diagnostics_.add(Severity::error, where, std::move(message), std::move(what_to_do));
}

void UnitBuilder::change(const UnitSetting& from, std::string message) {
  diagnostics_.add(Severity::warning, from.where, std::move(message));
}

void UnitBuilder::note(const UnitSetting& from, std::string message) {
  diagnostics_.add(Severity::note, from.where, std::move(message));
}

std::optional<std::string> UnitBuilder::text_of(const UnitSetting& from) {
  auto text = replace_specifiers(from.value, names_);
  if (text) return std::move(*text);
  refuse(from, std::move(text).error(), "write the value out");
  return std::nullopt;
}

std::optional<std::vector<std::string>> UnitBuilder::words_of(const UnitSetting& from) {
  auto words = split_unit_words(from.value);
  if (!words) {
    refuse(from, std::move(words).error());
    return std::nullopt;
  }
  for (auto& word : *words) {
    auto replaced = replace_specifiers(word, names_);
    if (!replaced) {
      refuse(from, std::move(replaced).error(), "write the value out");
      return std::nullopt;
    }
    word = std::move(*replaced);
  }
  return std::move(*words);
}

std::optional<bool> parse_unit_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 6> kYes{"1", "yes", "y", "true", "t", "on"};
  constexpr std::array<std::string_view, 6> kNo{"0", "no", "n", "false", "f", "off"};
  const auto is = [&](std::string_view word) { return base::equal_ignoring_case(word, text); };
  if (std::ranges::any_of(kYes, is)) return true;
  if (std::ranges::any_of(kNo, is)) return false;
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_time_span(std::string_view text) {
  constexpr std::int64_t kMost = std::int64_t{365} * 86400 * kSecond;
  std::int64_t total = 0;
  text = base::trim(text);
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = base::parse_unsigned(text.substr(0, digits));
    if (!number || *number > static_cast<std::uint64_t>(kMost)) return std::nullopt;
    text = base::trim(text.substr(digits));
    const auto* unit = std::ranges::find_if(kTimeUnits, [&](const auto& one) { return text.starts_with(one.name); });
    const bool has_unit = unit != std::end(kTimeUnits);
    if (!has_unit && !text.empty()) return std::nullopt;
    const auto size = has_unit ? unit->microseconds : kSecond;
    const auto count = static_cast<std::int64_t>(*number);
    if (count > (kMost - total) / size) return std::nullopt;
    total += count * size;
    if (has_unit) text = base::trim(text.substr(unit->name.size()));
  }
  const auto milliseconds = total / 1000;
  if (milliseconds == 0 && total != 0) return std::nullopt;
  return std::chrono::milliseconds(milliseconds);
}

}  // namespace porterd::migration
