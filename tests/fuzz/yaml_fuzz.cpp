// SPDX-License-Identifier: Apache-2.0
//
// Any text as porterd.yaml, as a service's file and as a drop-in. Nothing may crash; what loads must, printed as YAML
// and as JSON, load again as the same; diagnostics must not let control characters through.
#include "any_world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace porterd::config;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const AnyWorld world(text);
  check(load({.main = "p.yaml", .text = text}, world), world);
  // The same text as the file of a service and as its drop-in.
  check(load({.main = "", .services = {"s.yaml"}}, world), world);
  return 0;
}
