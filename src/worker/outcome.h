// SPDX-License-Identifier: Apache-2.0
//
// How something that the worker does for one connection came to its end, and who is told.
#pragma once

#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

namespace porterd::worker {

/// Why a connection is over.
enum class Ending : std::uint8_t {
  done,            ///< everything was said and taken
  idle,            ///< nothing moved for the idle deadline
  client_broke,    ///< the client reset the connection or it was lost; `error` says how
  target_broke,    ///< the target of a relay did
  no_target,       ///< no target took the connection; `error` is the last one's
  no_descriptors,  ///< a socket or pipe could not be made; `error` says why
  malformed,       ///< what the client sent is not what the service reads
  too_late,        ///< what the client was to send did not come in time
  stopped,         ///< porterd said so
};
inline constexpr std::string_view kEndingNames[] = {
    "done", "idle", "client_broke", "target_broke", "no_target", "no_descriptors", "malformed", "too_late", "stopped"};
static_assert(std::size(kEndingNames) == 1 + static_cast<std::size_t>(Ending::stopped));
constexpr std::span<const std::string_view> enum_names(Ending) { return kEndingNames; }

struct Outcome {
  Ending ending = Ending::done;
  int error = 0;                ///< errno, or 0
  std::uint64_t bytes_in = 0;   ///< from the client
  std::uint64_t bytes_out = 0;  ///< to the client
};

/// Who started it.
class Owner {
 public:
  Owner() = default;
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  virtual ~Owner() = default;
  /// `id` is over, its descriptors are closed. Called once, from the loop and as the last thing that the caller does:
  /// it may be destroyed here.
  virtual void on_end(std::uint64_t id, const Outcome& outcome) noexcept = 0;
};

}  // namespace porterd::worker
