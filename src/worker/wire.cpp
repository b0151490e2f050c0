// SPDX-License-Identifier: Apache-2.0
#include "worker/wire.h"

#include <algorithm>

namespace porterd::worker {
namespace {

enum class With : bool { nothing, descriptor };

template <WireMessage M>
constexpr Permit permit(With with, State state) {
  return {M::kKind, sizeof(M), with == With::descriptor, state};
}

constexpr Permit kOrders[] = {
    permit<Define>(With::descriptor, State::serving), permit<Forget>(With::nothing, State::serving),
    permit<Serve>(With::descriptor, State::serving),  permit<Stop>(With::nothing, State::serving),
    permit<Identify>(With::nothing, State::serving),  permit<Ping>(With::nothing, State::serving),
    permit<Answer>(With::nothing, State::serving),
};

constexpr Permit kReports[] = {
    permit<Ready>(With::nothing, State::starting),      permit<Ended>(With::nothing, State::serving),
    permit<Selected>(With::descriptor, State::serving), permit<Identified>(With::nothing, State::serving),
    permit<Pong>(With::nothing, State::serving),        permit<Returned>(With::descriptor, State::serving),
    permit<Ask>(With::nothing, State::serving),
};

}  // namespace

std::span<const Permit> orders() { return kOrders; }
std::span<const Permit> reports() { return kReports; }

bool is_permitted(std::span<const Permit> permits, State state, Kind kind, std::size_t size, bool has_descriptor) {
  return std::ranges::any_of(permits, [&](const Permit& permit) {
    return permit.kind == kind && permit.size == size && permit.has_descriptor == has_descriptor &&
           permit.state == state;
  });
}

}  // namespace porterd::worker
