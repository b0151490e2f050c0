// SPDX-License-Identifier: Apache-2.0
#include "event/loop.h"

#include <event2/event.h>

#include <cstdlib>

namespace porterd::event {

base::Result<Loop> Loop::make() {
  const std::unique_ptr<event_config, decltype(&event_config_free)> config(event_config_new(), &event_config_free);
  if (!config) return base::failure(ENOMEM, "event loop");
  // One thread: no locks. What the environment says (EVENT_NOEPOLL …) is not for a daemon's users to decide.
  event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK);
  event_config_set_flag(config.get(), EVENT_BASE_FLAG_IGNORE_ENV);
  event_base* base = event_base_new_with_config(config.get());
  if (base == nullptr) return base::failure("event loop: no usable method");
  return Loop(base);
}

void Loop::run() { event_base_loop(base_.get(), EVLOOP_NO_EXIT_ON_EMPTY); }
void Loop::stop() { event_base_loopexit(base_.get(), nullptr); }
void Loop::Free::operator()(event_base* base) const noexcept { event_base_free(base); }

namespace detail {
void FreeEvent::operator()(::event* registration) const noexcept { event_free(registration); }

namespace {
/// libevent returns null only when memory is out at load time: there is nothing to go on with.
Registration make(event_base* base, int descriptor, short what, event_callback_fn function, void* object) {
  Registration registration(event_new(base, descriptor, what, function, object));
  if (!registration) std::abort();
  return registration;
}
}  // namespace
}  // namespace detail

Watch::Watch(Loop& loop, int descriptor, Callback callback, Readiness readiness)
    : callback_(callback),
      registration_(detail::make(loop.base_.get(), descriptor,
                                 (readiness == Readiness::readable ? EV_READ : EV_WRITE) | EV_PERSIST, &Watch::on_event,
                                 this)) {}

void Watch::arm() {
  if (is_armed_) return;
  event_add(registration_.get(), nullptr);
  is_armed_ = true;
}

void Watch::disarm() {
  if (!is_armed_) return;
  event_del(registration_.get());
  is_armed_ = false;
}

void Watch::on_event(int /*descriptor*/, short /*what*/, void* self) noexcept {
  const Callback callback = static_cast<Watch*>(self)->callback_;
  callback.function(callback.object);
}

Timer::Timer(Loop& loop, Callback callback)
    : callback_(callback), registration_(detail::make(loop.base_.get(), -1, 0, &Timer::on_event, this)) {}

void Timer::start(std::chrono::nanoseconds delay) {
  const auto microseconds =
      std::chrono::ceil<std::chrono::microseconds>(std::max(delay, std::chrono::nanoseconds(0))).count();
  const timeval time{.tv_sec = microseconds / 1'000'000, .tv_usec = microseconds % 1'000'000};
  event_add(registration_.get(), &time);
  is_running_ = true;
}

void Timer::stop() {
  event_del(registration_.get());
  is_running_ = false;
}

void Timer::on_event(int /*descriptor*/, short /*what*/, void* self) noexcept {
  auto* timer = static_cast<Timer*>(self);
  timer->is_running_ = false;
  const Callback callback = timer->callback_;
  callback.function(callback.object);
}

}  // namespace porterd::event
