// SPDX-License-Identifier: Apache-2.0
//
// inetd.conf to sections of settings, in the dialects of the BSDs, Debian and GNU inetutils (inetd_dialect.h):
//
//   SERVICE TYPE PROTOCOL WAIT USER SERVER [ARGV…]      one entry a line; a line that begins with a blank goes on it
//   ADDRESS:                                            default address of the entries that follow
//   NAME on KEY = VALUE, …;      .include PATTERN       NetBSD
//
// A bad line is reported and left out, and costs no other. So are services that porterd does not have yet: inetd's
// internal ones, RPC and tcpmux. Of two entries for the same place the later one counts, as in inetd.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "config/diagnostics.h"
#include "config/document.h"
#include "config/inetd_dialect.h"
#include "config/inetd_entry.h"
#include "config/inetd_text.h"

namespace porterd::config {

/// Opens what `.include PATTERN` names. What goes wrong has been reported at `where`.
using InetdInclude =
    std::function<std::vector<std::shared_ptr<const SourceFile>>(const std::string& pattern, const Location& where)>;

class InetdReader {
 public:
  InetdReader(InetdDialect dialect, InetdDefaults defaults, InetdInclude include, Diagnostics& diagnostics);
  InetdReader(const InetdReader&) = delete;
  InetdReader& operator=(const InetdReader&) = delete;
  ~InetdReader() = default;

  /// Reads a file and those that it includes.
  void read(const std::shared_ptr<const SourceFile>& file);
  /// Puts a section for each entry of all files at the end of `document`.
  void finish(Document& document);

 private:
  using Hosts = std::vector<InetdWord>;

  void read_file(const std::shared_ptr<const SourceFile>& file, Hosts hosts);
  [[nodiscard]] std::size_t read_line(const InetdText& text, std::size_t offset, Hosts& hosts);
  [[nodiscard]] std::size_t join_lines(const InetdText& text, std::size_t offset, std::vector<InetdWord>& words);
  void include(const std::vector<InetdWord>& words, const Hosts& hosts);
  void note_comment(const InetdText& text, std::size_t offset);
  void note_dialect(const Location& where);
  void add(InetdEntry entry);
  void add_limits(InetdEntry& entry) const;
  void replace_earlier();
  void replace(InetdEntry& earlier, InetdEntry& later);
  [[nodiscard]] std::string unused_id(const InetdEntry& entry);

  InetdDialect dialect_;
  InetdRules rules_;
  InetdDefaults defaults_;
  std::string cps_;  ///< what `rules_` refers to when the defaults have another one
  InetdInclude include_;
  Diagnostics& diagnostics_;
  InetdFields fields_;
  std::vector<InetdEntry> entries_;
  std::unordered_set<std::string> ids_;
  bool has_noted_dialect_ = false;
  int depth_ = 0;     ///< of files that include files
  int included_ = 0;  ///< files so far
};

}  // namespace porterd::config
