// SPDX-License-Identifier: Apache-2.0
//
// Runs a callable when the scope is left, however it is left.
#pragma once

#include <utility>

namespace porterd::base {

template <typename Callable>
class [[nodiscard]] ScopeExit {
 public:
  explicit ScopeExit(Callable callable) : callable_(std::move(callable)) {}
  ScopeExit(const ScopeExit&) = delete;
  ScopeExit& operator=(const ScopeExit&) = delete;
  ~ScopeExit() { callable_(); }

 private:
  Callable callable_;
};

}  // namespace porterd::base
