// SPDX-License-Identifier: Apache-2.0
//
// Any text as porterd.yaml, as a service's file and as a drop-in. Nothing may crash; what loads must, printed as YAML
// and as JSON, load again as the same; diagnostics must not let control characters through.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/diff.h"
#include "config/loader.h"
#include "config/printer.h"

namespace porterd::config {
namespace {

[[noreturn]] void fail(const char* what, const std::string& text) {
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

// A machine where every user exists and no file is read, except the one that is fuzzed.
class AnyWorld final : public World {
 public:
  explicit AnyWorld(std::string text) : text_(std::move(text)) {}
  std::optional<Account> user_named(const std::string& name) const override {
    return Account{.name = name, .uid = 1, .gid = 1, .home = "/", .shell = "/bin/sh"};
  }
  std::optional<Account> user_numbered(uid_t) const override { return std::nullopt; }
  std::optional<gid_t> group_named(const std::string&) const override { return 1; }
  std::vector<gid_t> supplementary_groups(const std::string&, gid_t primary) const override { return {primary}; }
  std::optional<std::uint16_t> service_port(const std::string& name, const std::string&) const override {
    return name.size() > 3 ? std::optional<std::uint16_t>(static_cast<std::uint16_t>(name.size())) : std::nullopt;
  }
  std::vector<base::IpAddress> host_addresses(const std::string&) const override { return {}; }
  bool has_interface(const std::string& name) const override { return name == "lo"; }
  std::optional<std::string> environment(const std::string&) const override { return std::nullopt; }
  std::vector<std::string> environment_names() const override { return {}; }
  PathKind path_kind(const std::string&) const override { return PathKind::executable; }
  base::Result<FileText> read_file(const std::string&, std::size_t) const override {
    return FileText{.text = text_, .owner = 0, .mode = 0644};
  }
  std::vector<std::string> glob(const std::string& pattern) const override {
    return pattern.ends_with(".d/*.yaml") ? std::vector<std::string>{"s.d/x.yaml"} : std::vector<std::string>{};
  }
  uid_t uid() const override { return 0; }
  gid_t gid() const override { return 0; }
  bool can_change_user() const override { return true; }

 private:
  std::string text_;
};

void expect_same(const Config& one, const Config& other, const std::string& text) {
  const auto found = difference(one, other);
  if (!found.added.empty() || !found.removed.empty()) fail("printed and read again, a service came or went", text);
  if (!found.changed.empty()) fail("printed and read again, a service changed", text);
  if (!found.global.is_none()) fail("printed and read again, a global setting changed", text);
}

void check(const Loaded& loaded, const World& world) {
  for (const char letter : loaded.diagnostics.text())
    if (static_cast<unsigned char>(letter) < ' ' && letter != '\n' && letter != '\t')
      fail("a control character in a diagnostic", loaded.diagnostics.text());
  const auto yaml = dump_yaml(loaded.config);
  expect_same(loaded.config, load({.main = "dump.yaml", .text = yaml}, world).config, yaml);
  const auto json = dump_json(loaded.config);
  expect_same(loaded.config, load({.main = "dump.json", .text = json}, world).config, json);
}

}  // namespace
}  // namespace porterd::config

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace porterd::config;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const AnyWorld world(text);
  check(load({.main = "p.yaml", .text = text}, world), world);
  // The same text as the file of a service and as its drop-in.
  check(load({.main = "", .services = {"s.yaml"}}, world), world);
  return 0;
}
