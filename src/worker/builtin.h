// SPDX-License-Identifier: Apache-2.0
//
// Built-in services as state machines that see no socket and no clock: bytes in, bytes out. StreamSession and
// DatagramPort drive them. Each has a file of its own and a row in builtin.cpp.
//
//   stream:  begin ─▶ (take | produce)* ─▶ end ─▶ half-close, the client's remaining bytes thrown away, close
//
// The driver calls take() and produce() only when all earlier output has been taken by the kernel, so what a client
// that never reads costs is bounded by what one call puts out: at most kChunk, or as much as the bytes given to take().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace porterd::worker {

/// The most that one call gives to take() and that begin(), produce() and end() put out, in bytes.
inline constexpr std::size_t kChunk = 65536;

/// What the daytime service says.
enum class DaytimeForm : std::uint8_t {
  xinetd,  ///< "22 NOV 2026 06:09:10 UTC\r\n", local time
  inetd,   ///< "Sun Nov 22 06:09:10 2026\r\n", ctime(3), local time
};
inline constexpr std::string_view kDaytimeFormNames[] = {"xinetd", "inetd"};
constexpr std::span<const std::string_view> enum_names(DaytimeForm) { return kDaytimeFormNames; }

/// What a service's built-ins are made from; read at load, and alive as long as one of them is.
struct BuiltinSettings {
  std::vector<std::string> quotations{};  ///< qotd: as they are sent; split_quotations() makes them from a file
  std::string text{};                     ///< respond: what to answer
  /// respond: 0 answers with `text` alone; otherwise an HTTP response with this status and `text` as its content.
  std::uint16_t http_status = 0;
  std::string content_type = "text/plain; charset=utf-8";  ///< of that response
  DaytimeForm daytime = DaytimeForm::xinetd;
};

/// What a stream built-in wants next.
enum class Wish : std::uint8_t {
  take,     ///< what the client sends, with take()
  produce,  ///< a call of produce() when what was put out has been taken
  finish,   ///< nothing: all is said
};

/// The quotations of a text: separated by lines of "%", as fortune(6) has them, with CRLF for line ends, none of them
/// empty. Load time.
[[nodiscard]] std::vector<std::string> split_quotations(std::string_view text);

/// One connection. Output is appended to `out`.
class StreamBuiltin {
 public:
  StreamBuiltin() = default;
  StreamBuiltin(const StreamBuiltin&) = delete;
  StreamBuiltin& operator=(const StreamBuiltin&) = delete;
  virtual ~StreamBuiltin() = default;
  /// The connection is there.
  virtual Wish begin(base::WallTime now, std::string& out) = 0;
  /// The client sent `bytes`, 1 to kChunk of them.
  virtual Wish take(std::string_view bytes, std::string& out);
  /// More is wanted.
  virtual Wish produce(std::string& out);
  /// The client will send no more. Called once, with take() wished for; the answer must not be `take`.
  virtual Wish end(std::string& out);
};

/// The datagram form: each request has at most one reply and nothing is kept between them, except as the service's own.
class DatagramBuiltin {
 public:
  DatagramBuiltin() = default;
  DatagramBuiltin(const DatagramBuiltin&) = delete;
  DatagramBuiltin& operator=(const DatagramBuiltin&) = delete;
  virtual ~DatagramBuiltin() = default;
  /// Appends the reply to `request`; false: there is none.
  virtual bool answer(std::string_view request, base::WallTime now, std::string& out) = 0;
};

/// A built-in service.
struct BuiltinRow {
  std::string_view name;                                                                ///< as configured: "echo"
  std::string_view line;                                                                ///< what it does, for manuals
  std::unique_ptr<StreamBuiltin> (*make_stream)(const BuiltinSettings&) = nullptr;      ///< null: no stream form
  std::unique_ptr<DatagramBuiltin> (*make_datagram)(const BuiltinSettings&) = nullptr;  ///< null: no datagram form
};

/// All of them, by name.
[[nodiscard]] std::span<const BuiltinRow> builtins();
/// The row named so, or null.
[[nodiscard]] const BuiltinRow* find_builtin(std::string_view name);

}  // namespace porterd::worker
