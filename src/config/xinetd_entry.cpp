// SPDX-License-Identifier: Apache-2.0
#include "config/xinetd_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace porterd::config {
namespace {

std::string_view sign_of(Operator op) { return op == Operator::add ? "+=" : op == Operator::remove ? "-=" : "="; }

// A variable may be given several times, a member of a set not.
void add_items(std::vector<Value>& items, std::vector<Value> more) {
  for (auto& item : more)
    if (std::ranges::find(items, item.text, &Value::text) == items.end()) items.push_back(std::move(item));
}

void remove_items(std::vector<Value>& items, const std::vector<Value>& less) {
  for (const auto& item : less) std::erase_if(items, [&](const auto& one) { return one.text == item.text; });
}

}  // namespace

XinetdEntry::XinetdEntry(const XinetdWord& name, const XinetdEntry& defaults) : name_(name.text), where_(name.where) {
  for (const auto& given : defaults.given_) {
    if (!given.attribute->is_inherited_early()) continue;
    given_.push_back(given);
    given_.back().is_own = false;
    given_.back().inherits = true;
  }
}

const XinetdGiven* XinetdEntry::find(std::string_view name) const {
  const auto one = std::ranges::find_if(given_, [&](const auto& given) { return given.attribute->name == name; });
  return one == given_.end() ? nullptr : &*one;
}

XinetdGiven* XinetdEntry::find_mutable(const XinetdAttribute& attribute) {
  const auto one = std::ranges::find(given_, &attribute, &XinetdGiven::attribute);
  return one == given_.end() ? nullptr : &*one;
}

bool XinetdEntry::has_word(std::string_view attribute, std::string_view word) const {
  const auto* given = find(attribute);
  return given != nullptr && std::ranges::find(given->value.items, word, &Value::text) != given->value.items.end();
}

bool XinetdEntry::is_tainted(const XinetdAttribute& attribute) const {
  return std::ranges::find(tainted_, &attribute) != tainted_.end();
}

const std::string& XinetdEntry::id() const {
  const auto* given = find("id");
  return given == nullptr ? name_ : given->value.text;
}

void XinetdEntry::apply(const XinetdAssignment& line, const World& world) {
  const auto* attribute = find_xinetd_attribute(line.name.text);
  if (attribute == nullptr) {
    found.add(Severity::warning, line.name.where, fmt::format("unknown attribute '{}' is ignored", line.name.text),
              did_you_mean(base::to_lower(line.name.text), xinetd_attribute_names()));
    return;
  }
  if (!attribute->may_stand_in(place_)) {
    found.add(Severity::warning, line.name.where,
              fmt::format("'{}' cannot stand in {} and is ignored", attribute->name,
                          place_ == XinetdPlace::defaults ? "defaults" : "a service"));
    return;
  }
  if (!check_form(*attribute, line) || !check_count(*attribute, line)) return;
  warn_of_comment(*attribute, line);
  if (attribute->name == "env" && line.op == Operator::remove)
    return refuse(*attribute, line, {"'-=' is not for env", "", line.name.where});
  auto value = attribute->read(line, {world, found});
  if (!value) return refuse(*attribute, line, value.error());
  take(*attribute, line, std::move(*value));
}

// The operator, and that it is the first one of its name.
bool XinetdEntry::check_form(const XinetdAttribute& attribute, const XinetdAssignment& line) {
  if (attribute.is_set(place_)) return true;
  if (const auto* given = find_mutable(attribute); given != nullptr && given->is_own) {
    found.add(Severity::warning, line.name.where, fmt::format("'{}' is given again, and ignored", attribute.name),
              fmt::format("the one at {} counts", given->where.text()));
    return false;
  }
  if (line.op == Operator::assign) return true;
  found.add(
      Severity::warning, line.name.where,
      fmt::format("'{}' is no set: '{}' cannot be used, and the line is ignored", attribute.name, sign_of(line.op)));
  return false;
}

bool XinetdEntry::check_count(const XinetdAttribute& attribute, const XinetdAssignment& line) {
  if (attribute.values < 0 || line.values.size() == static_cast<std::size_t>(attribute.values)) return true;
  const auto meant = line.without_comment();
  const auto number = fmt::format("{} value{}", attribute.values, attribute.values == 1 ? "" : "s");
  found.add(Severity::warning, line.where_values(),
            meant.empty()
                ? fmt::format("'{}' takes {}, not {}: the line is ignored", attribute.name, number, line.values.size())
                : fmt::format("xinetd.conf has no comments after a value: the whole line is ignored, and '{}' "
                              "is NOT set",
                              attribute.name),
            meant.empty() ? "" : fmt::format("probably meant: {}", meant));
  return false;
}

void XinetdEntry::warn_of_comment(const XinetdAttribute& attribute, const XinetdAssignment& line) {
  const auto meant = line.without_comment();
  if (meant.empty()) return;
  found.add(
      Severity::warning, line.where_values(),
      fmt::format("xinetd.conf has no comments after a value: '#' and what follows are values of '{}'", attribute.name),
      fmt::format("probably meant: {}", meant));
}

void XinetdEntry::refuse(const XinetdAttribute& attribute, const XinetdAssignment& line, const Rejection& rejection) {
  const bool is_service = place_ == XinetdPlace::service;
  const std::string_view consequence = is_service                 ? "; the service is disabled"
                                       : attribute.is_only_told() ? "; the line is ignored"
                                                                  : "";
  found.add(Severity::error, rejection.where.line > 0 ? rejection.where : line.name.where,
            fmt::format("{}: {}{}", attribute.name, rejection.message, consequence), rejection.hint);
  if (is_service || !attribute.is_only_told()) tainted_.push_back(&attribute);
  if (!is_service) return;
  is_off_ = true;
  if (attribute.keeps_out()) is_barred_ = true;
  // xinetd looks no further once this attribute has disabled the service.
  if (attribute.name == "disable") is_disabled_ = true;
}

void XinetdEntry::take(const XinetdAttribute& attribute, const XinetdAssignment& line, Value value) {
  if (attribute.name == "disable") {
    is_disabled_ = value.text == "yes";
    is_off_ = false;
  }
  // Defaults have nothing to replace: `=` adds there.
  const auto op = place_ == XinetdPlace::defaults && line.op == Operator::assign ? Operator::add : line.op;
  if (auto* given = find_mutable(attribute)) {
    combine(attribute, *given, op, std::move(value));
    given->where = line.name.where;
    given->is_own = true;
    given->inherits = given->inherits && op != Operator::assign;
    return;
  }
  if (op == Operator::remove) value.items.clear();
  given_.push_back({.attribute = &attribute,
                    .value = std::move(value),
                    .where = line.name.where,
                    .inherits = op != Operator::assign});
}

void XinetdEntry::combine(const XinetdAttribute& attribute, XinetdGiven& given, Operator op, Value value) const {
  if (attribute.values != XinetdAttribute::kSet || op == Operator::assign) {
    given.value = std::move(value);
  } else if (op == Operator::remove) {
    remove_items(given.value.items, value.items);
  } else if (attribute.name == "env") {
    std::ranges::move(value.items, std::back_inserter(given.value.items));
  } else {
    add_items(given.value.items, std::move(value.items));
  }
}

}  // namespace porterd::config
