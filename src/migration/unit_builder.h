// SPDX-License-Identifier: Apache-2.0
//
// A socket unit and its service while they become settings of porterd's: what has been understood so far, and how a
// key says what became of it. Keys are read in the order written, so a later one replaces an earlier one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/codec.h"
#include "config/diagnostics.h"
#include "config/document.h"
#include "config/world.h"
#include "migration/unit_file.h"
#include "migration/unit_words.h"

namespace porterd::migration {

/// What can be said with several keys only.
struct UnitFacts {
  std::vector<UnitSetting> listen{};  ///< Listen* keys, also those that cannot be served
  std::vector<UnitSetting> exec{};
  bool accepts = false;
  const UnitSetting* trigger = nullptr;  ///< the last key about the trigger limit
  std::chrono::milliseconds trigger_interval{2000};
  std::optional<std::uint32_t> trigger_burst{};
  std::string device{};
  bool is_only_ipv6 = false;
  std::string socket_user{};
  std::string socket_group{};
  std::string socket_mode{};
  std::vector<std::pair<std::string, std::string>> variables{};
  bool is_user_dynamic = false;
  const UnitSetting* environment_file = nullptr;
  const UnitSetting* input = nullptr;
  const UnitSetting* output = nullptr;
  const UnitSetting* error = nullptr;
};

class UnitBuilder {
 public:
  /// `home`: where what nobody wrote is taken to stand.
  UnitBuilder(const config::World& world, config::Diagnostics& diagnostics, std::string prefix, config::Location home)
      : world_(world),
        diagnostics_(diagnostics),
        names_{.prefix = std::move(prefix), .user = "root"},
        home_(std::move(home)) {}

  UnitFacts facts;

  /// Sets an attribute, at the place of its key; one that was set before is replaced.
  void set(std::string name, config::Value value, const UnitSetting& from);
  /// Adds to an attribute that is a list.
  void add(std::string_view name, config::Value item, const UnitSetting& from);
  void forget(std::string_view name);
  /// Sets what nobody wrote, unless it is set.
  void imply(std::string name, config::Value value);
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::vector<config::Setting> settings() const { return settings_; }

  /// Not supported; `what_to_do` may be empty.
  void refuse(const UnitSetting& from, std::string message, std::string what_to_do = {});
  /// The same, and the service cannot be written at all.
  void give_up(const config::Location& where, std::string message, std::string what_to_do = {});
  /// Kept with another meaning.
  void change(const UnitSetting& from, std::string message);
  /// Kept, with something to say about it.
  void note(const UnitSetting& from, std::string message);
  [[nodiscard]] bool is_bad() const { return is_bad_; }

  /// The value with its specifiers replaced, or nothing when that was refused.
  [[nodiscard]] std::optional<std::string> text_of(const UnitSetting& from);
  /// Its words.
  [[nodiscard]] std::optional<std::vector<std::string>> words_of(const UnitSetting& from);
  [[nodiscard]] const UnitNames& names() const { return names_; }
  void set_user(std::string user) { names_.user = std::move(user); }
  [[nodiscard]] const config::World& world() const { return world_; }

 private:
  [[nodiscard]] config::Setting* find(std::string_view name);

  const config::World& world_;
  config::Diagnostics& diagnostics_;
  UnitNames names_;
  config::Location home_;
  std::vector<config::Setting> settings_;
  bool is_bad_ = false;
};

/// systemd's booleans: 1, yes, y, true, t, on and their opposites.
[[nodiscard]] std::optional<bool> parse_unit_boolean(std::string_view text);
/// systemd.time(7) "Parsing Time Spans": "2", "5min 20s", "100ms"; at least a millisecond. Nothing for "infinity".
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_time_span(std::string_view text);

}  // namespace porterd::migration
