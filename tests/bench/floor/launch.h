// SPDX-License-Identifier: Apache-2.0
//
// The ways to start a program with a connection as its descriptors 0 to 2.
#pragma once

#include "options.h"

namespace bench {

/// A child, and its pidfd where one was asked for (else -1).
struct Launched {
  long pid = -1;
  int pidfd = -1;
};

using Launch = Launched (*)(const Options& options, int connection);

/// vfork, dup2 three times, execve.
Launched launch_vfork(const Options& options, int connection);

/// clone(CLONE_VM) on a stack of its own: the parent goes on at once.
Launched launch_clone_vm(const Options& options, int connection);

/// clone(CLONE_VM | CLONE_VFORK | CLONE_FILES): the descriptor table is not copied, the child detaches the three that
/// it needs, so that the cost does not grow with the number of open descriptors.
Launched launch_clone_files(const Options& options, int connection);

}  // namespace bench
