// SPDX-License-Identifier: Apache-2.0
#include "launch.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>

#include "sockets.h"

namespace bench {
namespace {

char g_path[] = "PATH=/usr/bin:/bin";
char* g_environment[] = {g_path, nullptr};

constexpr std::size_t kSlots = 1024;
constexpr std::size_t kStackSize = 16384;

[[noreturn, gnu::always_inline]] inline void become(const Options& options) {
  execve(options.service[0], options.service, g_environment);
  _exit(127);
}

[[noreturn, gnu::always_inline]] inline void become(const Options& options, int connection) {
  for (int fd = 0; fd < 3; ++fd) dup2(connection, fd);
  become(options);
}

struct Work {
  const Options* options;
  int connection;
};

void run_beside(Work* work) { become(*work->options, work->connection); }

void run_detached(Work* work) {
  syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_UNSHARE);
  become(*work->options);
}

// In the child: calls `run` with `work` on the new stack.
long clone_and_run(clone_args& arguments, void (*run)(Work*), Work* work) {
  register void (*function)(Work*) asm("r12") = run;
  register Work* argument asm("r13") = work;
  long result = SYS_clone3;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r13, %%rdi\n\t"
      "call *%%r12\n"
      "1:"
      : "+a"(result)
      : "D"(&arguments), "S"(sizeof arguments), "r"(function), "r"(argument)
      : "rcx", "r11", "memory");
  return result;
}

// Stacks of children that run beside the parent. The kernel clears `tid` when a child has left our memory.
struct Slot {
  alignas(16) std::byte stack[kStackSize];
  Work work;
  volatile int tid;
};

Slot* free_slot() {
  static Slot* const slots = static_cast<Slot*>(
      mmap(nullptr, kSlots * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  static std::size_t next = 0;
  for (;; sched_yield())
    for (std::size_t tried = 0; tried < kSlots; ++tried) {
      Slot& slot = slots[next++ % kSlots];
      if (slot.tid != 0) continue;
      slot.tid = -1;
      return &slot;
    }
}

std::uint64_t address_of(const volatile void* place) { return reinterpret_cast<std::uintptr_t>(place); }

clone_args arguments_for(const Options& options, std::uint64_t flags, Slot& slot, int& pidfd) {
  clone_args arguments{};
  arguments.flags = flags | (options.reaping == Reaping::pidfd ? std::uint64_t{CLONE_PIDFD} : 0);
  arguments.pidfd = address_of(&pidfd);
  arguments.child_tid = address_of(&slot.tid);
  arguments.exit_signal = SIGCHLD;
  arguments.stack = address_of(slot.stack);
  arguments.stack_size = sizeof slot.stack;
  return arguments;
}

}  // namespace

Launched launch_vfork(const Options& options, int connection) {
  const pid_t pid = vfork();
  if (pid == 0) become(options, connection);
  return {.pid = pid};
}

Launched launch_clone_vm(const Options& options, int connection) {
  Slot& slot = *free_slot();
  slot.work = {.options = &options, .connection = connection};
  Launched launched;
  clone_args arguments = arguments_for(options, CLONE_VM | CLONE_CHILD_CLEARTID, slot, launched.pidfd);
  launched.pid = clone_and_run(arguments, &run_beside, &slot.work);
  if (launched.pid < 0) slot.tid = 0;
  return launched;
}

Launched launch_clone_files(const Options& options, int connection) {
  static const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  static Slot slot;
  for (int fd = 0; fd < 3; ++fd) dup2(connection, fd);
  slot.work = {.options = &options, .connection = connection};
  Launched launched;
  clone_args arguments = arguments_for(options, CLONE_VM | CLONE_VFORK | CLONE_FILES, slot, launched.pidfd);
  launched.pid = clone_and_run(arguments, &run_detached, &slot.work);
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
  return launched;
}

}  // namespace bench
