// SPDX-License-Identifier: Apache-2.0
//
// The smallest services that can be launched: static, without a C library, below a kilobyte, so that what the daemon
// costs shows. MODE says which:
//   HELLO  writes a line and leaves
//   HOLD   writes a line and stays until its client closes
//   REPLY  sends one datagram of descriptor 0 back and leaves
#include <asm/unistd.h>
#include <stddef.h>

enum Mode { HELLO, HOLD, REPLY };

#if defined(__x86_64__)
static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "+a"(number)
                   : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return number;
}
#else
#error "system calls are written for x86-64 only"
#endif

static void reply(void) {
  char data[2048];
  char address[128];
  unsigned length = sizeof address;
  const long got = call(__NR_recvfrom, 0, (long)data, sizeof data, 0, (long)address, (long)&length);
  if (got >= 0) call(__NR_sendto, 0, (long)data, got, 0, (long)address, (long)length);
}

static void hello(enum Mode mode) {
  char byte[64];
  call(__NR_write, 1, (long)"hello\n", 6, 0, 0, 0);
  while (mode == HOLD && call(__NR_read, 0, (long)byte, sizeof byte, 0, 0, 0) > 0) continue;
}

__attribute__((force_align_arg_pointer, noreturn)) void _start(void) {
  if (MODE == REPLY)
    reply();
  else
    hello(MODE);
  call(__NR_exit_group, 0, 0, 0, 0, 0, 0);
  __builtin_unreachable();
}
