// SPDX-License-Identifier: Apache-2.0
//
// Signals come as descriptors (signalfd(2)); no handler is ever installed. All dispositions are reset to their
// default at the start, so that children, which keep what is ignored, start with defaults.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace porterd::os {

/// Every disposition to its default, and every signal blocked but those that a fault raises. Call before any thread
/// exists.
void take_over_signals();

/// The other way round: mask empty. In a child made by fork, before exec.
void release_signals();

struct Signal {
  int number = 0;
  pid_t sender = 0;  ///< SIGCHLD: the child; else who sent it, 0 for the kernel
  uid_t sender_uid = 0;
};

/// The blocked signals, readable one by one.
class SignalQueue {
 public:
  [[nodiscard]] static base::Result<SignalQueue> open(std::span<const int> signals);

  [[nodiscard]] int number() const { return descriptor_.number(); }
  /// Up to 32 signals that wait; empty when none does. Several SIGCHLD may have been merged into one by the kernel.
  [[nodiscard]] std::vector<Signal> read();

 private:
  explicit SignalQueue(base::Fd descriptor) : descriptor_(std::move(descriptor)) {}
  base::Fd descriptor_;
};

}  // namespace porterd::os
