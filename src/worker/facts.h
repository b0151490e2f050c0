// SPDX-License-Identifier: Apache-2.0
//
// What a worker knows about a service: all of it, and nothing else. Made at load, written into a sealed file once, and
// read by each worker that serves the service for the first time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "worker/builtin.h"
#include "worker/relay.h"

namespace porterd::worker {

/// What is done with what is handed over.
enum class Role : std::uint8_t {
  builtin,  ///< a connection or a datagram socket is served by a built-in
  relay,    ///< a connection is passed on to a target
  tcpmux,   ///< the client names a service, for which the connection goes back
  say,      ///< a connection is told a text and closed
  greet,    ///< a connection is told a text and goes back
  /// Those who send to a datagram socket are asked about, one by one, and relayed to the only target of `relay`;
  /// `idle_timeout` is how long a silent one is remembered.
  intercept,
};

struct Facts {
  Role role = Role::builtin;
  bool is_datagram = false;
  std::string builtin;  ///< its name; for Role::builtin
  BuiltinSettings settings;
  /// Of datagram built-ins: who may send; only prefixes. porterd asks its gate about the first datagram only.
  config::AccessList only_from{};
  bool has_only_from = false;
  config::AccessList no_access{};
  RelayPlan relay;
  std::string text;  ///< Role::say and Role::greet: what to say; Role::tcpmux: the answer to "help"
  std::chrono::milliseconds idle_timeout{0};  ///< of a built-in; 0: never
  /// Role::tcpmux: until when the name must be there; Role::say and Role::greet: until when the text must be on its
  /// way.
  std::chrono::milliseconds deadline{10'000};
};

/// As it stands in the file.
[[nodiscard]] std::string write_facts(const Facts& facts);
/// Nothing when the text is not what write_facts() writes.
[[nodiscard]] std::optional<Facts> read_facts(std::string_view text);

}  // namespace porterd::worker
