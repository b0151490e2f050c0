// SPDX-License-Identifier: Apache-2.0
#include "worker/sandbox.h"

#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/fd.h"
#include "worker/wire.h"

namespace porterd::worker {
namespace {

constexpr std::uint32_t bit(SandboxPart part) { return 1U << static_cast<unsigned>(part); }

bool give_up_capabilities() {
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0L, 0L, 0L) >= 0; ++capability)
    ::prctl(PR_CAPBSET_DROP, capability, 0L, 0L, 0L);  // needs CAP_SETPCAP; without it there is little to drop
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L);
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

void limit_resources() {
  const auto forbid = [](auto resource) {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(resource, &none);
  };
  forbid(RLIMIT_CORE);  // what clients said is nobody's to read
  forbid(RLIMIT_FSIZE);
  forbid(RLIMIT_NPROC);
  forbid(RLIMIT_MEMLOCK);
  forbid(RLIMIT_MSGQUEUE);
}

/// The rights that this kernel's Landlock knows; a ruleset that asks for one it does not know is refused.
std::uint64_t landlock_rights(long version) {
  std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;  // version 1: up to MAKE_SYM
  constexpr std::uint64_t kRefer = 1ULL << 13U;                    // version 2
  constexpr std::uint64_t kTruncate = 1ULL << 14U;                 // version 3
  constexpr std::uint64_t kIoctlDevice = 1ULL << 15U;              // version 5
  if (version >= 2) rights |= kRefer;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kIoctlDevice;
  return rights;
}

/// All rights are asked for and no rule gives one.
bool give_up_files() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return false;
  const landlock_ruleset_attr attributes{.handled_access_fs = landlock_rights(version)};
  const base::Fd ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes.handled_access_fs, 0)));
  return ruleset.is_open() && ::syscall(SYS_landlock_restrict_self, ruleset.number(), 0) == 0;
}

/// What the loop, the built-ins, the relay and the C library under them call.
constexpr int kCalls[] = {
    // bytes
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(splice),
    SCMP_SYS(pipe2),
    // sockets; socket(2) itself is below
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(fcntl),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(lseek),
    // the loop
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(restart_syscall),
    // memory and the end
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(tgkill),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

bool allow_all(scmp_filter_ctx filter) {
  for (const int call : kCalls)
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0) return false;
  return true;
}

/// Sockets to pass connections on, to ask name servers and ident servers; no others.
bool allow_sockets(scmp_filter_ctx filter) {
  for (const int family : {AF_INET, AF_INET6, AF_UNIX}) {
    const scmp_arg_cmp is_family{
        .arg = 0, .op = SCMP_CMP_EQ, .datum_a = static_cast<std::uint64_t>(family), .datum_b = 0};
    if (seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, &is_family) != 0) return false;
  }
  return true;
}

/// Memory, but none that can be executed.
bool allow_memory(scmp_filter_ctx filter) {
  const scmp_arg_cmp is_data{.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
  return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &is_data) == 0 &&
         seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &is_data) == 0;
}

#ifdef PORTERD_SANITIZED
constexpr bool kIsFiltered = false;  // the sanitizers make calls of their own
#else
constexpr bool kIsFiltered = true;
#endif

bool give_up_calls() {
  if (!kIsFiltered) return true;
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release);
  return filter && allow_all(filter.get()) && allow_sockets(filter.get()) && allow_memory(filter.get()) &&
         seccomp_load(filter.get()) == 0;
}

}  // namespace

std::uint32_t shut_in() {
  std::uint32_t missing = 0;
  const auto need = [&missing](SandboxPart part, bool has) {
    if (!has) missing |= bit(part);
  };
  ::prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
  limit_resources();
  need(SandboxPart::user, ::geteuid() != 0);
  need(SandboxPart::capabilities, give_up_capabilities());
  need(SandboxPart::no_new_privs, ::prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0);
  need(SandboxPart::landlock, give_up_files());
  need(SandboxPart::seccomp, give_up_calls());
  return missing;
}

}  // namespace porterd::worker
