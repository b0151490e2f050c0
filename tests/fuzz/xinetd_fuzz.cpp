// SPDX-License-Identifier: Apache-2.0
//
// Any text as xinetd.conf that includes itself and a folder. Nothing may crash; what loads must, printed as YAML, load
// again as the same services; diagnostics must not let control characters through.
#include "any_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace porterd::config;
  // Each include reads the text once more: the depth is bounded, the product of both need not be tried.
  if (size > 4096) return 0;
  const AnyWorld world(std::string(reinterpret_cast<const char*>(data), size));
  check(load({.main = "", .xinetd = {"/x.conf"}}, world), world);
  porterd::migration::check_import(porterd::migration::Format::xinetd, "/x.conf", world);
  return 0;
}
