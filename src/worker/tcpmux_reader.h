// SPDX-License-Identifier: Apache-2.0
//
// Reads a TCPMUX client's line from its socket, with a deadline for the whole of it. Takes exactly the line (MSG_PEEK
// first): what the client sends behind it is for the service, which gets the descriptor.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/fd.h"
#include "event/loop.h"
#include "worker/outcome.h"
#include "worker/stream_session.h"

namespace porterd::worker {

class TcpmuxOwner {
 public:
  TcpmuxOwner() = default;
  TcpmuxOwner(const TcpmuxOwner&) = delete;
  TcpmuxOwner& operator=(const TcpmuxOwner&) = delete;
  virtual ~TcpmuxOwner() = default;
  /// The client wants the service `name` (lower case; "help" is one, too). `socket` is as it was given, without the
  /// line. The reader may be destroyed here; so with on_no_name.
  virtual void on_name(std::uint64_t id, base::Fd socket, std::string name, std::uint64_t bytes_in) noexcept = 0;
  /// It named none: malformed (it was told so), too_late, done (it went) or client_broke. The socket is closed.
  virtual void on_no_name(std::uint64_t id, const Outcome& outcome) noexcept = 0;
};

class TcpmuxReader final : private Owner {
 public:
  TcpmuxReader(event::Loop& loop, std::uint64_t id, base::Fd socket, std::chrono::milliseconds deadline,
               TcpmuxOwner& owner);
  TcpmuxReader(const TcpmuxReader&) = delete;
  TcpmuxReader& operator=(const TcpmuxReader&) = delete;
  ~TcpmuxReader() override = default;

 private:
  void on_readable();
  void on_deadline() { end(Ending::too_late); }
  void refuse();
  void end(Ending ending, int error = 0);
  /// The refusal has been said.
  void on_end(std::uint64_t id, const Outcome& outcome) noexcept override;

  event::Loop& loop_;
  std::uint64_t id_;
  base::Fd socket_;
  TcpmuxOwner& owner_;
  std::string line_;  ///< what was taken from the socket so far
  event::Watch reading_;
  event::Timer deadline_;
  std::optional<StreamSession> refusal_;
};

}  // namespace porterd::worker
