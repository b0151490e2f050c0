// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as what a TCPMUX client sends: what was malformed or complete stays so when more comes, and nothing behind
// the line is taken.
#include <cstdint>
#include <cstdlib>

#include "worker/tcpmux.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using porterd::worker::TcpmuxLine;
  const auto require = [](bool holds) {
    if (!holds) std::abort();
  };
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = porterd::worker::read_tcpmux_line(bytes);
  for (std::size_t length = 0; length < size && length < 200; ++length) {
    const auto part = porterd::worker::read_tcpmux_line(bytes.substr(0, length));
    if (part.state == TcpmuxLine::State::malformed) require(whole.state == TcpmuxLine::State::malformed);
    if (part.state == TcpmuxLine::State::complete) require(whole.name == part.name && whole.size == part.size);
  }
  if (whole.state != TcpmuxLine::State::complete) return 0;
  require(whole.size <= size && bytes[whole.size - 1] == '\n' && bytes.find('\n') == whole.size - 1);
  require(!whole.name.empty() && whole.name.size() <= porterd::worker::kLongestTcpmuxName);
  return 0;
}
