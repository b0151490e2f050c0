// SPDX-License-Identifier: Apache-2.0
//
// only_from and no_access of one service, made at load time and immutable from then on.
//  * The longest prefix that contains an address decides; of two equally long ones no_access does.
//  * No prefix contains it: allowed, unless only_from is set (an empty only_from admits nobody).
//  * A host name stands for the addresses given by with_resolved(), each as long as can be. One that has none yet
//    matches nothing in only_from. In no_access it fails closed: any address might be it, so all that
//    would be allowed are `unresolved`, except those that only_from lists in full length.
// A look-up costs one binary search and allocates nothing. A list without entries holds no memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "admission/verdict.h"
#include "base/address.h"
#include "config/config.h"

namespace porterd::admission {

/// Addresses of host names as they stand in the configuration. A name that is missing or has no address is unresolved;
/// whoever resolves keeps the old addresses when the name server does not answer.
using ResolvedNames = std::map<std::string, std::vector<base::IpAddress>, std::less<>>;

class AccessList {
 public:
  /// Allows everybody.
  AccessList() = default;
  /// From the entries of a service; all host names are unresolved. Without `only_from` (null) nobody need be in it.
  AccessList(const config::AccessList* only_from, const config::AccessList& no_access);

  [[nodiscard]] Verdict verdict(const base::IpAddress& address) const;

  /// The same list with these addresses for its host names. This one stays as it is.
  [[nodiscard]] AccessList with_resolved(const ResolvedNames& names) const;

  /// The host names in it, sorted, each once. Valid as long as any copy of this list.
  [[nodiscard]] std::span<const std::string> host_names() const;

 private:
  struct Source;
  struct Tables;
  AccessList(Source source, const ResolvedNames& names);

  std::shared_ptr<const Tables> tables_;  ///< null: everybody is allowed
};

}  // namespace porterd::admission
