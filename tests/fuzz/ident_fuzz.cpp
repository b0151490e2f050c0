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
  const bool is_bounded = !user->name.empty() && user->name.size() <= 512 && user->system.size() <= 128;
  for (const auto& part : {user->name, user->system}) {
    const bool has_controls = std::ranges::any_of(part, [](unsigned char letter) { return letter < ' '; });
    if (!is_bounded || has_controls || !line.contains(part)) std::abort();
  }
  return 0;
}
