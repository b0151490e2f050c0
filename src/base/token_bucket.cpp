// SPDX-License-Identifier: Apache-2.0
#include "base/token_bucket.h"

#include <algorithm>

namespace porterd::base {
namespace {

// The largest bucket, 2^32 tokens, is 4.3e18 of these and fits 64 bits.
constexpr std::uint64_t kToken = 1'000'000'000;

std::uint64_t speed(TokenRate rate) { return std::max<std::uint64_t>(rate.per_second, 1); }
std::uint64_t period(TokenRate rate) { return std::max<std::uint64_t>(rate.seconds, 1); }
std::uint64_t capacity(TokenRate rate) { return kToken * std::max<std::uint64_t>(rate.burst, 1); }

}  // namespace

std::uint64_t TokenBucket::missing_at(TokenRate rate, SteadyTime now) const {
  const std::uint64_t missing = std::min(missing_, capacity(rate));
  if (now <= when_) return missing;
  // Divided first: elapsed * speed may not fit.
  const auto elapsed = static_cast<std::uint64_t>((now - when_) / std::chrono::nanoseconds(1));
  const std::uint64_t whole = elapsed / period(rate);
  if (whole > missing / speed(rate)) return 0;
  const std::uint64_t come = whole * speed(rate) + elapsed % period(rate) * speed(rate) / period(rate);
  return missing - std::min(missing, come);
}

bool TokenBucket::take(TokenRate rate, SteadyTime now) {
  missing_ = missing_at(rate, now);
  when_ = std::max(when_, now);
  if (missing_ + kToken > capacity(rate)) return false;
  missing_ += kToken;
  return true;
}

std::chrono::nanoseconds TokenBucket::wait(TokenRate rate, SteadyTime now) const {
  const std::uint64_t wanted = missing_at(rate, now) + kToken;
  if (wanted <= capacity(rate)) return std::chrono::nanoseconds(0);
  const std::uint64_t lack = wanted - capacity(rate);
  // At most one token, so the product fits.
  return std::chrono::nanoseconds((lack * period(rate) + speed(rate) - 1) / speed(rate));
}

std::uint32_t TokenBucket::available(TokenRate rate, SteadyTime now) const {
  return static_cast<std::uint32_t>((capacity(rate) - missing_at(rate, now)) / kToken);
}

}  // namespace porterd::base
