// SPDX-License-Identifier: Apache-2.0
//
// Any text as a socket unit of systemd and as the service that it starts. Nothing may crash; what is imported must load
// as what it was made from.
#include "any_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace porterd;
  const config::AnyWorld world(std::string(reinterpret_cast<const char*>(data), size));
  migration::check_import(migration::Format::systemd, "/x.socket", world);
  return 0;
}
