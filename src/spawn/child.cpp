// SPDX-License-Identifier: Apache-2.0
#include "spawn/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spawn/raw_syscall.h"

namespace porterd::spawn {

#if !defined(__x86_64__) && !defined(__aarch64__) && !(defined(__riscv) && __riscv_xlen == 64)
// Only ever called in a child made by fork, which has an errno of its own.
long raw(long number, long a, long b, long c, long d) noexcept {
  const long result = ::syscall(number, a, b, c, d);
  return result < 0 ? -static_cast<long>(*__errno_location()) : result;
}
#endif

namespace {

constexpr int kExitFailed = 127;  // what a shell says of a command it could not run
constexpr int kFirstPassed = 3;   // SD_LISTEN_FDS_START

[[noreturn]] void leave(const ChildLaunch& launch, Stage stage, long result) noexcept {
  launch.report->error = static_cast<std::int32_t>(-result);
  launch.report->stage.store(stage, std::memory_order_release);
  for (;;) raw(SYS_exit_group, kExitFailed);
}

inline void require(const ChildLaunch& launch, Stage stage, long result) noexcept {
  if (result < 0) leave(launch, stage, result);
}

/// Gives the child a descriptor table of its own that holds only the lowest ones: the cost does not grow with the
/// number of listeners. Then the parent may close its copy of the connection.
void detach_table(const ChildLaunch& launch) noexcept {
  require(launch, Stage::close_range, raw(SYS_close_range, launch.low, static_cast<long>(~0U), CLOSE_RANGE_UNSHARE));
  launch.detached->store(1);
  if (launch.awaited->load() == 0) return;
  const std::uint64_t one = 1;
  raw(SYS_write, launch.wake, as_word(&one), sizeof one);
}

/// dup2 where it exists, else dup3, which refuses equal numbers; they never are equal, as 0 to 2 are always taken.
void place(const ChildLaunch& launch, int from, int to) noexcept {
#ifdef SYS_dup2
  require(launch, Stage::dup2, raw(SYS_dup2, from, to));
#else
  require(launch, Stage::dup2, raw(SYS_dup3, from, to, 0));
#endif
}

/// Left-aligned: sd_listen_fds(3) takes a leading zero for octal.
void write_pid(char* digits) noexcept {
  const long pid = raw(SYS_getpid);
  long divisor = 1;
  while (pid / divisor >= 10) divisor *= 10;
  for (; divisor > 0; divisor /= 10) *digits++ = static_cast<char>('0' + pid / divisor % 10);
  *digits = '\0';
}

void lay_out_descriptors(const ChildLaunch& launch) noexcept {
  const bool is_stdio = launch.layout == Layout::stdio;
  const int standard = is_stdio ? launch.socket : launch.null;
  place(launch, standard, STDIN_FILENO);
  place(launch, standard, STDOUT_FILENO);
  if (launch.error_stream >= 0) place(launch, launch.error_stream, STDERR_FILENO);
  if (is_stdio) return;
  place(launch, launch.socket, kFirstPassed);
  write_pid(launch.pid_digits);
}

void set_limits(const ChildLaunch& launch) noexcept {
  const ChildPlan& plan = *launch.plan;
  for (std::uint32_t index = 0; index < plan.limit_count; ++index) {
    const KernelLimit& limit = plan.limits[index];
    // KernelLimit begins with what struct rlimit64 holds.
    require(launch, Stage::setrlimit, raw(SYS_prlimit64, 0, limit.resource, as_word(&limit), 0));
  }
}

/// Priority before the user: raising it needs the privilege that the next step gives up.
void set_credentials(const ChildLaunch& launch) noexcept {
  const ChildPlan& plan = *launch.plan;
  if (plan.sets_nice) require(launch, Stage::setpriority, raw(SYS_setpriority, PRIO_PROCESS, 0, plan.nice));
  if (plan.group_count >= 0)
    require(launch, Stage::setgroups, raw(SYS_setgroups, plan.group_count, as_word(plan.groups)));
  const long gid = static_cast<long>(plan.gid);
  const long uid = static_cast<long>(plan.uid);
  if (plan.sets_gid) require(launch, Stage::setgid, raw(SYS_setresgid, gid, gid, gid));
  if (plan.sets_uid) require(launch, Stage::setuid, raw(SYS_setresuid, uid, uid, uid));
}

/// Last before exec: until here a signal to the group could have met half a child.
void unblock_signals() noexcept {
  const unsigned long none = 0;
  raw(SYS_rt_sigprocmask, SIG_SETMASK, as_word(&none), 0, sizeof none);
}

}  // namespace

int run_child(void* pointer) noexcept {
  const ChildLaunch& launch = *static_cast<const ChildLaunch*>(pointer);
  const ChildPlan& plan = *launch.plan;
  if (launch.low != 0) detach_table(launch);
  require(launch, Stage::setsid, raw(SYS_setsid));
  lay_out_descriptors(launch);
  set_limits(launch);
  if (plan.umask >= 0) raw(SYS_umask, plan.umask);
  set_credentials(launch);
  if (plan.directory != nullptr) require(launch, Stage::chdir, raw(SYS_chdir, as_word(plan.directory)));
  unblock_signals();
  leave(launch, Stage::exec, raw(SYS_execve, as_word(plan.path), as_word(plan.argv), as_word(launch.environment)));
}

}  // namespace porterd::spawn
