// SPDX-License-Identifier: Apache-2.0
//
// System calls without the C library, for the child between clone and exec. It runs beside the parent in the same
// memory and the same thread-local storage, so it must not set errno: raw() returns -errno as the kernel does
// (syscall(2)). Where the architecture is not listed, kHasRawSyscall is false and children are made by fork.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

namespace porterd::spawn {

#if defined(__x86_64__)
inline constexpr bool kHasRawSyscall = true;
inline long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0) noexcept {
  long result = 0;                   // NOLINT(misc-const-correctness): the next statement writes it
  register long r10 asm("r10") = d;  // NOLINT(misc-const-correctness)
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
inline constexpr bool kHasRawSyscall = true;
inline long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0) noexcept {
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory", "cc");
  return x0;
}
#elif defined(__riscv) && __riscv_xlen == 64
inline constexpr bool kHasRawSyscall = true;
inline long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0) noexcept {
  register long a7 asm("a7") = number;
  register long a0 asm("a0") = a;
  register long a1 asm("a1") = b;
  register long a2 asm("a2") = c;
  register long a3 asm("a3") = d;
  asm volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3) : "memory");
  return a0;
}
#else
inline constexpr bool kHasRawSyscall = false;
long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0) noexcept;  // child.cpp, by way of the C library
#endif

/// A pointer as a system call takes it.
template <typename T>
inline long as_word(T* pointer) noexcept {
  return reinterpret_cast<long>(pointer);
}

}  // namespace porterd::spawn
