// SPDX-License-Identifier: Apache-2.0
//
// Loads a configuration: porterd.yaml, the service files that it includes, and the drop-ins beside them. Files are
// read once, in the order in which they take effect; what cannot be read or trusted is a diagnostic like any other.
//
//   /etc/porterd/porterd.yaml                 global settings, defaults, include
//   /etc/porterd/conf.d/finger.yaml           services (the default include is conf.d/*.yaml)
//   /etc/porterd/conf.d/finger.d/10-my.yaml   drop-ins for the service whose id is finger, in the order of their names
//
// Files of other super-daemons (xinetd.conf, inetd.conf) may be read beside it, and are enough by themselves; drop-ins
// count for their services too.
//
// As root, a file is taken only when root owns it and not everybody may write to it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/diagnostics.h"
#include "config/document.h"
#include "config/inetd_dialect.h"
#include "config/world.h"

namespace porterd::config {

/// What to load.
struct Sources {
  /// Path of porterd.yaml. Empty: there is none, and global settings are as the program has them; nothing is included.
  std::string main;
  /// The main text itself, for which `main` is then only a name; relative patterns of its `include` are not followed.
  std::optional<std::string> text{};
  /// Files of services besides the included ones.
  std::vector<std::string> services{};
  /// Files of xinetd's, with what they include; a directory is read as by `includedir`.
  std::vector<std::string> xinetd{};
  /// Files in the form of inetd.conf, and whose inetd they are for.
  /// A directory stands for the files in it.
  std::vector<std::string> inetd{};
  /// The same, but they need not exist.
  std::vector<std::string> inetd_if_there{};
  InetdDialect dialect = InetdDialect::any;
  InetdDefaults inetd_defaults{};
  /// A service that stands in no file.
  std::optional<Section> service{};
  /// There may be no `main`: other files are enough.
  bool is_main_optional = false;
  /// Entries of xinetd's that are disabled by themselves are read to their end, though they do not run.
  bool reads_disabled = false;
};

/// Whether one error makes the whole configuration unusable.
enum class Strictness : std::uint8_t { lenient, strict };

struct Loaded {
  Config config;
  Diagnostics diagnostics;
  std::vector<std::string> files;  ///< that were read, in that order
  /// Ids of services for which an entry stands in a file that is read by entries, but a bad one.
  std::vector<std::string> bad_entries;

  /// Services that were read and do not run, in the order read.
  std::vector<LeftOut> left_out;

  /// Whether `config` may be used: nothing fatal was found.
  [[nodiscard]] bool is_usable() const { return !diagnostics.has(Severity::fatal); }
};

/// What files say, not compiled yet.
struct Original {
  Document document;
  Diagnostics diagnostics;
  std::vector<std::shared_ptr<const SourceFile>> files;  ///< in the order read
};

/// The first half of load(): what the files of other super-daemons say. Load time only.
[[nodiscard]] Original read_original(const Sources& sources, const World& world);

/// Load time only: reads files and asks NSS.
[[nodiscard]] Loaded load(const Sources& sources, const World& world, Strictness strictness = Strictness::lenient);

}  // namespace porterd::config
