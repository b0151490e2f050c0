// SPDX-License-Identifier: Apache-2.0
//
// Any text as inetd.conf, in every dialect. Nothing may crash; what loads must, printed as native configuration or
// imported, load again as the same. `.include` finds the text itself.
#include "any_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace porterd::config;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const AnyWorld world(text);
  for (std::size_t dialect = 0; dialect < std::size(kInetdDialectNames); ++dialect)
    check(load({.main = "", .inetd = {"/inetd.conf"}, .dialect = static_cast<InetdDialect>(dialect)}, world), world);
  porterd::migration::check_import(porterd::migration::Format::inetd, "/inetd.conf", world);
  return 0;
}
