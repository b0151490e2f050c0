// SPDX-License-Identifier: Apache-2.0
//
// The event loop: descriptors that become readable, timers that run out. One thread, one loop, on libevent, which
// stands behind this header only. A callback is an object and a function, noexcept; whoever registers outlives the
// registration. A watch or timer is not registered until it is armed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/result.h"

struct event;
struct event_base;

namespace porterd::event {

/// What is called: `function(object)`.
struct Callback {
  void* object = nullptr;
  void (*function)(void*) noexcept = nullptr;
};

/// A member function as a Callback: `callback<&Service::on_readable>(service)`.
template <auto Method, typename Object>
[[nodiscard]] Callback callback(Object& object) {
  return {&object, [](void* pointer) noexcept { (static_cast<Object*>(pointer)->*Method)(); }};
}

class Loop {
 public:
  [[nodiscard]] static base::Result<Loop> make();

  /// Runs callbacks until stop().
  void run();
  /// Ends run() after the callbacks that are due.
  void stop();

 private:
  friend class Watch;
  friend class Timer;
  friend class Resolver;
  struct Free {
    void operator()(event_base* base) const noexcept;
  };
  explicit Loop(event_base* base) : base_(base) {}
  std::unique_ptr<event_base, Free> base_;
};

namespace detail {
struct FreeEvent {
  void operator()(::event* registration) const noexcept;
};
using Registration = std::unique_ptr<::event, FreeEvent>;
}  // namespace detail

/// What a watch waits for. Errors and hang-ups count as both.
enum class Readiness : std::uint8_t { readable, writable };

/// Calls back whenever a descriptor is ready, while armed (level-triggered). The descriptor must stay open while armed.
class Watch {
 public:
  Watch(Loop& loop, int descriptor, Callback callback, Readiness readiness = Readiness::readable);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() = default;
  void arm();
  void disarm();
  [[nodiscard]] bool is_armed() const { return is_armed_; }

 private:
  static void on_event(int descriptor, short what, void* self) noexcept;
  Callback callback_;
  bool is_armed_ = false;
  detail::Registration registration_;
};

/// Calls back once, some time after start().
class Timer {
 public:
  Timer(Loop& loop, Callback callback);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() = default;
  /// Starts, or starts again from now.
  void start(std::chrono::nanoseconds delay);
  void stop();
  [[nodiscard]] bool is_running() const { return is_running_; }

 private:
  static void on_event(int descriptor, short what, void* self) noexcept;
  Callback callback_;
  bool is_running_ = false;
  detail::Registration registration_;
};

}  // namespace porterd::event
