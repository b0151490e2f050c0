// SPDX-License-Identifier: Apache-2.0
//
// Reads a TCPMUX client's line from its socket, with a deadline for the whole of it. Takes exactly the line (MSG_PEEK
// first): what the client sends behind it is for the service, which gets the descriptor.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/fd.h"
#include "event/loop.h"
#include "worker/outcome.h"

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

class TcpmuxReader {
 public:
  TcpmuxReader(event::Loop& loop, std::uint64_t id, base::Fd socket, std::chrono::milliseconds deadline,
               TcpmuxOwner& owner);
  TcpmuxReader(const TcpmuxReader&) = delete;
  TcpmuxReader& operator=(const TcpmuxReader&) = delete;
  ~TcpmuxReader();

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace porterd::worker
