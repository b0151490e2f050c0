// SPDX-License-Identifier: Apache-2.0
#include "worker/tcpmux.h"

#include <algorithm>

#include "base/text.h"

namespace porterd::worker {

TcpmuxLine read_tcpmux_line(std::string_view bytes) {
  using State = TcpmuxLine::State;
  const auto end = bytes.find('\n');
  const bool is_whole = end != std::string_view::npos;
  auto name = bytes.substr(0, end);
  // An incomplete line may end in the CR of its end.
  if (name.ends_with('\r')) name.remove_suffix(1);
  const auto is_graphic = [](char letter) { return letter > ' ' && letter < '\x7f'; };
  if (name.size() > kLongestTcpmuxName || !std::ranges::all_of(name, is_graphic)) return {.state = State::malformed};
  if (!is_whole) return {.state = State::incomplete};
  if (name.empty()) return {.state = State::malformed};
  return {.state = State::complete, .name = base::to_lower(name), .size = end + 1};
}

}  // namespace porterd::worker
