// SPDX-License-Identifier: Apache-2.0
//
// How rows of the table are made: a binding joins a field with its codec, and row() makes the
// type-erased row of it. Only the table's sources include this.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "config/codecs_basic.h"
#include "config/codecs_env.h"
#include "config/codecs_limit.h"
#include "config/table.h"

namespace porterd::config {

/// Adds what is new to a set, in the order written.
template <typename T>
void add_to(std::vector<T>& set, std::vector<T> more) {
  for (auto& item : more)
    if (std::ranges::find(set, item) == set.end()) set.push_back(std::move(item));
}
inline void add_to(LogFields& set, LogFields more) { set = static_cast<LogFields>(set | more); }

/// Removes; false when something was not there.
template <typename T>
[[nodiscard]] bool remove_from(std::vector<T>& set, const std::vector<T>& less) {
  bool had_all = true;
  for (const auto& item : less) had_all = std::erase(set, item) > 0 && had_all;
  return had_all;
}
[[nodiscard]] inline bool remove_from(LogFields& set, LogFields less) {
  const bool had_all = (set & less) == less;
  set = static_cast<LogFields>(set & ~less);
  return had_all;
}

inline void warn_of_absent(const Value& value, const Context& context) {
  context.warn(value.where, "not all of these were set, so there is nothing to remove");
}

template <typename Member>
struct RecordOf;
template <typename R, typename F>
struct RecordOf<F R::*> {
  using Type = R;
};

/// A field that Codec reads and prints; `=` only.
template <auto kMember, typename Codec>
struct Field {
  using Record = typename RecordOf<decltype(kMember)>::Type;
  static constexpr std::string_view kForm = Codec::kForm;
  static Parsed<void> apply(Record& record, Operator, const Value& value, const Context& context) {
    auto parsed = Codec::parse(value, context);
    if (!parsed) return std::unexpected(std::move(parsed).error());
    record.*kMember = std::move(*parsed);
    return {};
  }
  static Value print(const Record& record) { return Codec::print(record.*kMember); }
  static bool is_equal(const Record& one, const Record& other) { return one.*kMember == other.*kMember; }
  static std::string schema() { return Codec::schema(); }
};

/// A set: a vector or bits. `=`, `+=` and `-=`.
template <auto kMember, typename Codec>
struct SetField : Field<kMember, Codec> {
  using Record = typename Field<kMember, Codec>::Record;
  static Parsed<void> apply(Record& record, Operator op, const Value& value, const Context& context) {
    auto parsed = Codec::parse(value, context);
    if (!parsed) return std::unexpected(std::move(parsed).error());
    switch (op) {
      case Operator::assign:
        record.*kMember = std::move(*parsed);
        break;
      case Operator::add:
        add_to(record.*kMember, std::move(*parsed));
        break;
      case Operator::remove:
        if (!remove_from(record.*kMember, *parsed)) warn_of_absent(value, context);
        break;
    }
    return {};
  }
};

/// only_from: a list that lets nobody in when it is empty, and everybody when it is not set.
template <typename Codec>
struct OnlyFrom : SetField<&Service::only_from, Codec> {
  using Base = SetField<&Service::only_from, Codec>;
  static Parsed<void> apply(Service& service, Operator op, const Value& value, const Context& context) {
    auto applied = Base::apply(service, op, value, context);
    // Taking something away from "everybody" must not come to mean "nobody".
    if (applied && op != Operator::remove) service.has_only_from = true;
    return applied;
  }
  static bool is_equal(const Service& one, const Service& other) {
    return one.has_only_from == other.has_only_from && Base::is_equal(one, other);
  }
};

/// env: `+=` replaces variables of the same name, `-=` takes names.
struct EnvironmentField : Field<&Service::env, EnvironmentCodec> {
  static Parsed<void> apply(Service& service, Operator op, const Value& value, const Context& context) {
    return op == Operator::remove ? remove(service, value, context) : set(service, op, value, context);
  }

 private:
  static Parsed<void> set(Service& service, Operator op, const Value& value, const Context& context) {
    auto parsed = EnvironmentCodec::parse(value, context);
    if (!parsed) return std::unexpected(std::move(parsed).error());
    if (op == Operator::assign) service.env.clear();
    for (auto& [name, text] : *parsed) set_variable(service.env, std::move(name), std::move(text));
    return {};
  }
  static Parsed<void> remove(Service& service, const Value& value, const Context& context) {
    const auto names = ListOf<VariableName>::parse(value, context);
    if (!names) {
      auto rejection = names.error();
      rejection.hint = "a list of names";
      return std::unexpected(std::move(rejection));
    }
    bool had_all = true;
    for (const auto& name : *names) had_all = remove_variable(service.env, name) && had_all;
    if (!had_all) warn_of_absent(value, context);
    return {};
  }
};

/// One resource of Service::rlimits.
template <int kResource, LimitUnit kUnit>
struct Limit {
  using Record = Service;
  static constexpr std::string_view kForm{};  // limit_form() is asked instead
  static const ResourceLimit* find(const Service& service) {
    const auto found = std::ranges::find(service.rlimits, kResource, &ResourceLimit::resource);
    return found == service.rlimits.end() ? nullptr : &*found;
  }
  static Parsed<void> apply(Service& service, Operator, const Value& value, const Context&) {
    const auto parsed = parse_limit(value, kResource, kUnit);
    if (!parsed) {
      auto rejection = parsed.error();
      if (rejection.hint.empty()) rejection.hint = limit_form(kUnit);
      return std::unexpected(std::move(rejection));
    }
    const auto place = std::ranges::lower_bound(service.rlimits, kResource, {}, &ResourceLimit::resource);
    if (place != service.rlimits.end() && place->resource == kResource) {
      *place = *parsed;
    } else {
      service.rlimits.insert(place, *parsed);
    }
    return {};
  }
  static Value print(const Service& service) {
    const auto* limit = find(service);
    return limit != nullptr ? print_limit(*limit, kUnit) : plain("");
  }
  static bool is_equal(const Service& one, const Service& other) {
    const auto* first = find(one);
    const auto* second = find(other);
    return (first == nullptr) == (second == nullptr) && (first == nullptr || *first == *second);
  }
  static std::string schema() { return schema_limit(kUnit); }
};

/// The row of a binding.
template <typename Binding>
[[nodiscard]] constexpr auto row(AttributeText text, std::string_view form = Binding::kForm) {
  return Attribute<typename Binding::Record>{
      text, form, &Binding::apply, &Binding::print, &Binding::is_equal, &Binding::schema};
}

/// Names and aliases of `rows` with the index of their row, sorted by name.
struct NamedRow {
  std::string_view name;
  std::size_t index = 0;
};
template <typename Record, std::size_t kCount>
[[nodiscard]] constexpr auto sorted_names(const Attribute<Record> (&rows)[kCount]) {
  std::vector<NamedRow> names;
  for (std::size_t index = 0; index < kCount; ++index) {
    names.push_back({rows[index].name, index});
    if (!rows[index].alias.empty()) names.push_back({rows[index].alias, index});
  }
  std::ranges::sort(names, {}, &NamedRow::name);
  return names;
}

/// Rows found by name.
template <typename Record>
class NameIndex {
 public:
  template <std::size_t kCount>
  explicit NameIndex(const Attribute<Record> (&rows)[kCount]) : rows_(rows), entries_(sorted_names(rows)) {
    for (const auto& entry : entries_) names_.push_back(entry.name);
  }
  [[nodiscard]] const Attribute<Record>* find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(entries_, name, {}, &NamedRow::name);
    return found != entries_.end() && found->name == name ? &rows_[found->index] : nullptr;
  }
  [[nodiscard]] std::span<const std::string_view> names() const { return names_; }

 private:
  const Attribute<Record>* rows_;
  std::vector<NamedRow> entries_;
  std::vector<std::string_view> names_;
};

}  // namespace porterd::config
