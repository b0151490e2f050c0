// SPDX-License-Identifier: Apache-2.0
//
// What a child does between clone and exec: system calls, as its plan says, and nothing else. Everything it needs was
// resolved when the configuration was read; strings and arrays are ready for the kernel. It runs in its parent's memory
// (CLONE_VM), beside it, on a small stack of its own.
//
// The kernel marks the shared memory as not dumpable before it gives the child another user's id (commit_creds()),
// so no process of that user can look into porterd through its child (ptrace(2), PR_SET_DUMPABLE).
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "spawn/stage.h"

namespace porterd::spawn {

/// How a launch went wrong, written by the child. In memory that parent and child share.
struct Report {
  std::int32_t error = 0;  ///< errno
  std::atomic<Stage> stage{Stage::none};
};

/// prlimit(2)'s struct rlimit64 with its resource.
struct KernelLimit {
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
  std::int32_t resource = 0;
};

/// The part of a launch that is the same each time. Pointers are into the spawn::Plan that owns it.
struct ChildPlan {
  const char* path = nullptr;
  char* const* argv = nullptr;
  const char* directory = nullptr;  ///< null: stay in "/"
  const KernelLimit* limits = nullptr;
  std::uint32_t limit_count = 0;
  const gid_t* groups = nullptr;
  std::int32_t group_count = -1;  ///< -1: leave them as they are
  gid_t gid = 0;
  uid_t uid = 0;
  std::int32_t umask = -1;  ///< -1: porterd's own
  std::int32_t nice = 0;
  bool sets_gid = false;
  bool sets_uid = false;
  bool sets_nice = false;
};

/// How descriptors are laid out for the server.
enum class Layout : std::uint8_t {
  stdio,      ///< the socket on 0 and 1
  listen_fd,  ///< the socket on 3, /dev/null on 0 and 1
};

/// One launch.
struct ChildLaunch {
  const ChildPlan* plan = nullptr;
  char* const* environment = nullptr;
  Report* report = nullptr;
  std::atomic<std::uint32_t>* detached = nullptr;  ///< shared table: set when the child has its own
  std::atomic<std::uint32_t>* awaited = nullptr;   ///< shared table: the parent sleeps and wants to be woken
  char* pid_digits = nullptr;  ///< where LISTEN_PID's value goes: kPidDigits bytes and a NUL; or null
  std::int32_t socket = -1;
  std::int32_t error_stream = -1;  ///< -1: keep 2
  std::int32_t null = -1;          ///< /dev/null, for Layout::listen_fd
  std::int32_t wake = -1;          ///< eventfd, below `low`
  std::uint32_t low = 0;           ///< not 0: the table is shared; detach the descriptors below this number
  Layout layout = Layout::stdio;
};

inline constexpr int kPidDigits = 10;

/// Runs in the child. `pointer` is to a ChildLaunch. Ends in exec, or writes its report and exits with 127. The return
/// type is clone(2)'s; it never returns.
int run_child(void* pointer) noexcept;

}  // namespace porterd::spawn
