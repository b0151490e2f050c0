// SPDX-License-Identifier: Apache-2.0
//
// A verdict for every address of one family: the address space cut into ranges, each with one verdict, sorted, equal
// neighbours merged. A look-up is one binary search, so a million prefixes cost about what one does. Immutable.
// Key is an unsigned integer of the family's width.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "admission/verdict.h"

namespace porterd::admission {

/// What holds for all keys from `first` to `last`, unless a rule within says otherwise.
template <typename Key>
struct RangeRule {
  Key first;
  Key last;
  Verdict verdict;
};

template <typename Key>
class RangeTable {
 public:
  /// `outside` holds where no rule does. Any two rules must be disjoint or one within the other; of rules with the
  /// same bounds the last in Verdict's order holds.
  RangeTable(std::vector<RangeRule<Key>> rules, Verdict outside) : outside_(outside) {
    std::sort(rules.begin(), rules.end(), comes_before);
    Sweep sweep{*this, {}};
    for (const RangeRule<Key>& rule : rules) sweep.enter(rule);
    while (!sweep.open.empty()) sweep.leave();
    starts_.shrink_to_fit();
    verdicts_.shrink_to_fit();
  }

  [[nodiscard]] Verdict at(Key key) const {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), key);
    return after == starts_.begin() ? outside_ : verdicts_[static_cast<std::size_t>(after - starts_.begin()) - 1];
  }

  /// How many ranges are stored.
  [[nodiscard]] std::size_t size() const { return starts_.size(); }

 private:
  // Outer rules before those within them; of equal bounds the one that holds comes last.
  static bool comes_before(const RangeRule<Key>& one, const RangeRule<Key>& other) {
    if (one.first != other.first) return one.first < other.first;
    if (one.last != other.last) return one.last > other.last;
    return one.verdict < other.verdict;
  }

  // Walks up the address space.
  struct Sweep {
    RangeTable& table;
    std::vector<RangeRule<Key>> open;  // the rules that hold here, outermost first

    void enter(const RangeRule<Key>& rule) {
      while (!open.empty() && open.back().last < rule.first) leave();
      open.push_back(rule);
      table.from_here(rule.first, rule.verdict);
    }

    // After the innermost open rule, the one around it holds again; nothing follows the last key.
    void leave() {
      const Key last = open.back().last;
      open.pop_back();
      const Key next = static_cast<Key>(last + 1);
      if (next != 0) table.from_here(next, open.empty() ? table.outside_ : open.back().verdict);
    }
  };

  void from_here(Key start, Verdict verdict) {
    if (!starts_.empty() && starts_.back() == start) {
      starts_.pop_back();
      verdicts_.pop_back();
    }
    if (verdict == (starts_.empty() ? outside_ : verdicts_.back())) return;
    starts_.push_back(start);
    verdicts_.push_back(verdict);
  }

  Verdict outside_;
  std::vector<Key> starts_;
  std::vector<Verdict> verdicts_;  ///< of the range that begins at the start with the same index
};

}  // namespace porterd::admission
