// SPDX-License-Identifier: Apache-2.0
//
// What all fuzzers of configurations share: a machine that has whatever a text names, and what must be true of
// everything that was loaded.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "config/diff.h"
#include "config/loader.h"
#include "config/normal_form.h"
#include "config/printer.h"
#include "config/utf8.h"

namespace porterd::config {

[[noreturn]] inline void fail(const char* what, const std::string& text) {
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

/// A machine where every user exists and every file, but for hosts.allow and hosts.deny, is the one that is fuzzed.
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
  std::optional<std::uint32_t> rpc_program(const std::string& name) const override {
    return name == "rquotad" ? std::optional<std::uint32_t>(100011) : std::nullopt;
  }
  std::vector<base::IpAddress> host_addresses(const std::string& name) const override {
    if (name.size() < 4) return {};
    return {*base::parse_address("192.0.2.1"), *base::parse_address("2001:db8::1")};
  }
  bool has_interface(const std::string& name) const override { return name == "lo"; }
  std::optional<std::string> environment(const std::string&) const override { return std::nullopt; }
  PathKind path_kind(const std::string& path) const override {
    return path.ends_with(".d") ? PathKind::directory : PathKind::executable;
  }
  base::Result<FileText> read_file(const std::string& path, std::size_t) const override {
    if (path.starts_with("/etc/hosts.")) return base::failure(ENOENT, "open");
    return FileText{.text = text_, .owner = 0, .mode = 0644};
  }
  std::vector<std::string> glob(const std::string& pattern) const override {
    if (pattern.ends_with(".d/*.yaml")) return {"s.d/x.yaml"};
    if (pattern.ends_with(".d/*")) return {"/x.d/a", "/x.d/b.c", "/x.conf"};
    return {};
  }
  std::string helper_path(std::string_view name) const override { return std::string("/libexec/").append(name); }
  uid_t uid() const override { return 0; }
  gid_t gid() const override { return 0; }
  bool can_change_user() const override { return true; }

 private:
  std::string text_;
};

/// Nothing came, went or changed.
inline void expect_same(const Config& one, const Config& other, const std::string& text) {
  const auto found = difference(one, other);
  if (!found.added.empty() || !found.removed.empty()) fail("printed and read again, a service came or went", text);
  if (!found.changed.empty()) fail("printed and read again, a service changed", text);
  if (!found.global.is_none()) fail("printed and read again, a global setting changed", text);
}

/// What loads must, printed as YAML and as JSON, load again as the same, unless it has bytes that are not UTF-8, which
/// xinetd and inetd take; diagnostics must not let control characters through.
inline void check(const Loaded& loaded, const World& world) {
  for (const char letter : loaded.diagnostics.text())
    if (static_cast<unsigned char>(letter) < ' ' && letter != '\n' && letter != '\t')
      fail("a control character in a diagnostic", loaded.diagnostics.text());
  const auto yaml = dump_yaml(loaded.config);
  if (first_bad_byte(yaml)) return;
  expect_same(loaded.config, load({.main = "dump.yaml", .text = yaml}, world).config, yaml);
  const auto json = dump_json(loaded.config);
  expect_same(loaded.config, load({.main = "dump.json", .text = json}, world).config, json);
  const auto normal = dump_normal(loaded, world);
  expect_same(loaded.config, load({.main = "dump.json", .text = normal}, world).config, normal);
}

}  // namespace porterd::config
