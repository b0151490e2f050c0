// SPDX-License-Identifier: Apache-2.0
//
// Any text as xinetd.conf that includes itself and a folder. Nothing may crash; what loads must, printed as YAML, load
// again as the same services; diagnostics must not let control characters through.
#include "any_import.h"

namespace {

std::size_t includes_in(std::string_view text) {
  constexpr std::string_view kWord = "include";
  std::size_t count = 0;
  for (auto at = text.find(kWord); at != text.npos; at = text.find(kWord, at + kWord.size())) ++count;
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace porterd::config;
  // Each include reads the text once more: the depth is bounded, the product of both need not be tried.
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (size > 4096 || includes_in(text) > 4) return 0;
  const AnyWorld world(text);
  check(load({.main = "", .xinetd = {"/x.conf"}}, world), world);
  porterd::migration::check_import(porterd::migration::Format::xinetd, "/x.conf", world);
  return 0;
}
