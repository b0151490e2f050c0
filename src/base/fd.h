// SPDX-License-Identifier: Apache-2.0
//
// An owning file descriptor. It never converts to int by itself and closes what it held on assignment.
#pragma once

#include <utility>

namespace porterd::base {

class [[nodiscard]] Fd {
 public:
  Fd() noexcept = default;
  /// Takes ownership of `number`; -1 owns nothing.
  explicit Fd(int number) noexcept : number_(number) {}
  Fd(Fd&& other) noexcept : number_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  /// The descriptor's number, or -1. It stays owned here.
  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
  /// Gives ownership up without closing.
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
  /// Closes what is held and takes `number`. close(2) is not repeated on EINTR: on Linux the
  /// descriptor is gone all the same.
  void reset(int number = -1) noexcept;

 private:
  int number_ = -1;
};

}  // namespace porterd::base
