// SPDX-License-Identifier: Apache-2.0
//
// porterd --import: the configuration of another super-daemon as files of porterd's own, one for each service, and a
// report on what became of each line. Reads files and asks NSS; writes nothing by itself.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/inetd_dialect.h"
#include "config/world.h"

namespace porterd::migration {

/// Whose configuration it is.
enum class Format : std::uint8_t { xinetd, inetd, systemd };
inline constexpr std::string_view kFormatNames[] = {"xinetd", "inetd", "systemd"};
constexpr std::span<const std::string_view> enum_names(Format) { return kFormatNames; }

struct Request {
  Format format = Format::xinetd;
  std::string path;  ///< a file, or a directory of files
  config::InetdDialect dialect = config::InetdDialect::any;
};

struct ImportedFile {
  std::string name;  ///< "finger.yaml"
  std::string text;
};

struct Imported {
  std::vector<ImportedFile> files;  ///< in the order of the original; names are unique
  std::string report;
};

/// Fails when the original cannot be read, or when what was made of it would not mean the same to porterd, which is a
/// defect of this program.
[[nodiscard]] base::Result<Imported> import_services(const Request& request, const config::World& world);

/// Puts the files into `directory`, which is made when it is not there. Unless told to overwrite, nothing is written
/// when one of them is there already.
enum class Existing : std::uint8_t { kept, overwritten };
[[nodiscard]] base::Status write_files(const std::vector<ImportedFile>& files, const std::string& directory,
                                       Existing existing);

}  // namespace porterd::migration
