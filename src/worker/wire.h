// SPDX-License-Identifier: Apache-2.0
//
// What porterd and porterd-worker say to each other: orders go down, reports come up, over one SOCK_SEQPACKET pair that
// both ends never wait on. Each kind of message has one size, comes with a descriptor or without, and is permitted in
// some states only; whatever else comes is nonsense, and nonsense ends the worker, never porterd.
//
//   porterd                                    worker
//     define S (what service S is) ───────────▶
//     serve N for S (a socket) ───────────────▶
//     ping ───────────────────────────────────▶
//     answer (may the client be served?) ─────▶
//          ◀──────────────────────────────────── ready, once and before anything else
//          ◀──────────────────────────────────── pong
//          ◀──────────────────────────────────── ask (who sends datagrams to the socket of N)
//          ◀──────────────────────────────────── ended N, identified N
//          ◀──────────────────────────────────── selected N, returned N: its socket comes back
//     end of file: nothing more is handed over ▶ the worker leaves when all it has is over
//
// Both ends are of one build: the worker is started with kWireVersion as its argument and refuses any other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace porterd::worker {

/// Changes with any change of a message or of Facts.
inline constexpr char kWireVersion[] = "2";

enum class Kind : std::uint32_t {
  // Orders.
  define = 1,
  forget,
  serve,
  stop,
  identify,
  ping,
  answer,
  // Reports.
  ready = 101,
  ended,
  selected,
  identified,
  pong,
  returned,
  ask,
};

/// What service `service` is: a sealed file comes with it, which holds Facts. Numbers are not used twice.
struct Define {
  static constexpr Kind kKind = Kind::define;
  Kind kind = kKind;
  std::uint32_t service = 0;
};

/// No connection of `service` will be handed over any more; those that there are go on.
struct Forget {
  static constexpr Kind kKind = Kind::forget;
  Kind kind = kKind;
  std::uint32_t service = 0;
};

/// Serve this socket, a connection or a bound datagram socket. Answered by `ended`, `selected` or `returned`.
struct Serve {
  static constexpr Kind kKind = Kind::serve;
  Kind kind = kKind;
  std::uint32_t service = 0;
  std::uint64_t id = 0;  ///< unique as long as the worker lives
};

/// End it now, a look-up too, or with Role::intercept when those whom it has are done. It is answered all the same,
/// unless that is on its way already.
struct Stop {
  static constexpr Kind kKind = Kind::stop;
  Kind kind = kKind;
  std::uint32_t unused = 0;
  std::uint64_t id = 0;
};

/// An internet endpoint; base::Endpoint without bytes that nobody has set.
struct WireEndpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint32_t scope = 0;
  std::uint16_t port = 0;
  std::uint16_t is_ipv6 = 0;
};

/// Ask the machine of `peer` who connected from there to `local` (RFC 1413). Answered by `identified`.
struct Identify {
  static constexpr Kind kKind = Kind::identify;
  Kind kind = kKind;
  std::uint32_t deadline_ms = 0;
  std::uint64_t id = 0;
  WireEndpoint peer;
  WireEndpoint local;
};

/// Answered by `pong` with the same number.
struct Ping {
  static constexpr Kind kKind = Kind::ping;
  Kind kind = kKind;
  std::uint32_t number = 0;
};

/// Whether the client of an Ask may be served. Then `client` is its number, which `ended` reports some time.
struct Answer {
  static constexpr Kind kKind = Kind::answer;
  Kind kind = kKind;
  std::uint32_t question = 0;
  std::uint64_t id = 0;
  std::uint64_t client = 0;  ///< 0: it may not
};

/// Parts of the sandbox, as bits of Ready::missing.
enum class SandboxPart : std::uint8_t { user, no_new_privs, capabilities, landlock, seccomp };
inline constexpr std::size_t kSandboxParts = 5;

/// The worker has shut itself in and takes orders.
struct Ready {
  static constexpr Kind kKind = Kind::ready;
  Kind kind = kKind;
  std::uint32_t missing = 0;  ///< what the machine did not let it have
};

/// What was handed over with this number is over, and its socket closed.
struct Ended {
  static constexpr Kind kKind = Kind::ended;
  Kind kind = kKind;
  std::uint32_t ending = 0;  ///< worker::Ending
  std::uint64_t id = 0;
  std::uint64_t bytes_in = 0;   ///< from the client
  std::uint64_t bytes_out = 0;  ///< to the client
  std::int32_t error = 0;       ///< errno, or 0
  std::uint32_t target = 0;     ///< relay: which of the targets
};

/// A TCPMUX client has named a service; its socket comes back with this, without the line.
struct Selected {
  static constexpr Kind kKind = Kind::selected;
  Kind kind = kKind;
  std::uint32_t name_length = 0;
  std::uint64_t id = 0;
  std::uint64_t bytes_in = 0;  ///< the line
  std::array<char, 64> name{};
};

/// The client has been told what there was to tell; its socket comes back with this, and nothing was read from it.
struct Returned {
  static constexpr Kind kKind = Kind::returned;
  Kind kind = kKind;
  std::uint32_t unused = 0;
  std::uint64_t id = 0;
  std::uint64_t bytes_out = 0;  ///< to the client
};

/// Who the peer is, as its machine says.
struct Identified {
  static constexpr Kind kKind = Kind::identified;
  Kind kind = kKind;
  std::uint32_t failure = 0;  ///< 0, or 1 + worker::IdentFailure
  std::uint64_t id = 0;
  std::uint32_t name_length = 0;
  std::uint32_t system_length = 0;
  std::array<char, 512> name{};    ///< kLongestIdentUser
  std::array<char, 128> system{};  ///< kLongestIdentSystem
};

struct Pong {
  static constexpr Kind kKind = Kind::pong;
  Kind kind = kKind;
  std::uint32_t number = 0;
};

/// A client whose datagrams have come to the socket of `id` (Role::intercept): may it be served? Answered by `answer`,
/// if `id` is not over before.
struct Ask {
  static constexpr Kind kKind = Kind::ask;
  Kind kind = kKind;
  std::uint32_t question = 0;  ///< a number for the answer, one for each question of `id`
  std::uint64_t id = 0;
  WireEndpoint peer;
};

/// A message: its bytes go as they are, so none of them may be one that nobody has set.
template <typename T>
concept WireMessage = std::has_unique_object_representations_v<T> && requires(T message) {
  { T::kKind } -> std::convertible_to<Kind>;
  message.kind;
};
static_assert(WireMessage<Define> && WireMessage<Forget> && WireMessage<Serve> && WireMessage<Stop> &&
              WireMessage<Identify> && WireMessage<Ping> && WireMessage<Ready> && WireMessage<Ended> &&
              WireMessage<Selected> && WireMessage<Returned> && WireMessage<Identified> && WireMessage<Pong> &&
              WireMessage<Answer> && WireMessage<Ask>);

inline constexpr std::size_t kLargestMessage = sizeof(Identified);

/// How far the one that sends has come.
enum class State : std::uint8_t {
  starting,  ///< the worker has not said `ready` yet; porterd is never in this state
  serving,
};

/// One kind of message and when it may come.
struct Permit {
  Kind kind;
  std::size_t size;
  bool has_descriptor;
  State state;  ///< of the sender
};

/// What a worker takes from porterd, and what porterd takes from a worker.
[[nodiscard]] std::span<const Permit> orders();
[[nodiscard]] std::span<const Permit> reports();

/// Whether a message of this shape may come from a sender in this state.
[[nodiscard]] bool is_permitted(std::span<const Permit> permits, State state, Kind kind, std::size_t size,
                                bool has_descriptor);

}  // namespace porterd::worker
