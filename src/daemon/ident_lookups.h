// SPDX-License-Identifier: Apache-2.0
//
// Questions to the ident servers of clients (RFC 1413), which a worker asks: it gets two addresses, never the client's
// connection. Those that are for a log only have a number of their own, so that they cannot take the places of those
// that somebody waits for to be let in.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "base/address.h"
#include "worker/ident.h"

namespace porterd::daemon {

struct Machinery;

/// What came of a question.
struct Identity {
  worker::IdentUser user{};
  std::string_view failure{};  ///< empty: `user` is known; else the name of an IdentFailure, or worker_died
};

class IdentLookups {
 public:
  /// What an answer is good for.
  enum class Purpose : std::uint8_t { log, admission };
  struct Question {
    base::Endpoint peer;   ///< the client
    base::Endpoint local;  ///< where it connected to
    std::chrono::milliseconds deadline{};
    Purpose purpose = Purpose::log;
  };
  using Answered = std::move_only_function<void(const Identity&)>;
  /// Why a question was not asked.
  enum class Refusal : std::uint8_t {
    busy,         ///< kMost of its purpose are on their way
    unavailable,  ///< no worker can take it now; the pool's `available` will be called
  };
  static constexpr std::size_t kMost = 128;  ///< of a purpose at a time; each is a socket of a worker

  explicit IdentLookups(Machinery& machinery) : machinery_(machinery) {}

  /// `answered` is called once and later, unless the question is refused.
  [[nodiscard]] std::expected<void, Refusal> ask(const Question& question, Answered answered);
  /// Those for a log come to their end now, without an answer: nothing waits for them any more.
  void hurry();

  /// From a worker.
  void on_answer(std::uint64_t id, const Identity& identity);

 private:
  struct Lookup {
    Purpose purpose = Purpose::log;
    Answered answered;
  };

  Machinery& machinery_;
  std::unordered_map<std::uint64_t, Lookup> lookups_;
  std::array<std::size_t, 2> counts_{};  ///< by purpose
};

}  // namespace porterd::daemon
