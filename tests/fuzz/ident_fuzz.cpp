// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a reply of an ident server. A name that is taken is fit for a log.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "worker/ident.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto user = porterd::worker::read_ident_reply(line, {.there = 6193, .here = 23});
  if (!user) return 0;
  const bool is_bounded = !user->empty() && user->size() <= 512;
  const bool has_controls = std::ranges::any_of(*user, [](unsigned char letter) { return letter < ' '; });
  if (!is_bounded || has_controls || line.find(*user) == std::string_view::npos) std::abort();
  return 0;
}
