// SPDX-License-Identifier: Apache-2.0
//
// THE TABLE: one row for each attribute. The readers, the compiler, the printer, the JSON schema, --explain, the
// manual page's list, the fuzz dictionary and the reload's difference all follow from it. A new attribute is one
// field in config.h and one row in table_service.cpp or table_global.cpp.
//
// Rows are constant and live as long as the program; finding one costs a binary search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/codec.h"
#include "config/config.h"

namespace porterd::config {

/// What has to be made anew when an attribute changes; sessions that run are never concerned.
enum class Touches : std::uint8_t { nothing, listener, admission, spawn, log };
inline constexpr std::string_view kTouchesNames[] = {"nothing", "listener", "admission", "spawn", "log"};
constexpr std::span<const std::string_view> enum_names(Touches) { return kTouchesNames; }

/// Whether an attribute may stand in `defaults`.
enum class InDefaults : std::uint8_t { no, yes };
/// Whether `+=` and `-=` are taken besides `=`.
enum class Operators : std::uint8_t { assign, set };

/// What a row says about its attribute, apart from what it does.
struct AttributeText {
  std::string_view name;
  std::string_view alias = {};  ///< a second name, or empty
  InDefaults in_defaults = InDefaults::no;
  Operators operators = Operators::assign;
  Touches touches = Touches::nothing;
  std::string_view line;       ///< what it does, in one line: no capital, no full stop
  std::string_view more = {};  ///< what else the manual says; may be empty
};

/// A row: an attribute of Record, which is Service or Global.
template <typename Record>
struct Attribute : AttributeText {
  std::string_view form;  ///< what is taken, e.g. "yes or no"
  /// Sets, adds or removes. The rejection's message does not name the attribute.
  Parsed<void> (*apply)(Record& record, Operator op, const Value& value, const Context& context);
  /// The field as it would be written.
  Value (*print)(const Record& record);
  bool (*is_equal)(const Record& one, const Record& other);
  /// JSON Schema of the value.
  std::string (*schema)();
};
using ServiceAttribute = Attribute<Service>;
using GlobalAttribute = Attribute<Global>;

/// All rows, in the manual's order.
[[nodiscard]] std::span<const ServiceAttribute> service_attributes();
[[nodiscard]] std::span<const GlobalAttribute> global_attributes();

/// The row with this name or alias, or null.
[[nodiscard]] const ServiceAttribute* find_service_attribute(std::string_view name);
[[nodiscard]] const GlobalAttribute* find_global_attribute(std::string_view name);

/// Every name and alias, sorted: what "did you mean" chooses from.
[[nodiscard]] std::span<const std::string_view> service_attribute_names();
[[nodiscard]] std::span<const std::string_view> global_attribute_names();

/// The place of a row in service_attributes().
[[nodiscard]] inline std::size_t index_of(const ServiceAttribute& row) {
  return static_cast<std::size_t>(&row - service_attributes().data());
}

}  // namespace porterd::config
