// SPDX-License-Identifier: Apache-2.0
//
// Files, whole. Load time and start only.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace porterd::os {

/// The whole content of a regular file, or of one in /proc; at most 16 MiB.
[[nodiscard]] base::Result<std::string> read_file(const std::string& path);

/// Opens for appending, made with `mode` when absent; CLOEXEC. Never waits: a FIFO without a reader is ENXIO. A
/// symbolic link at the end of the path is ELOOP: whoever may write to the folder could have put it there.
[[nodiscard]] base::Result<base::Fd> open_for_append(const std::string& path, mode_t mode);

/// Makes `text` the content of the file, which has `mode` then: readers see the old one or the new one, whole.
[[nodiscard]] base::Status replace_file(const std::string& path, std::string_view text, mode_t mode);

/// A file that holds our pid and a line end, and is removed with this object.
class PidFile {
 public:
  /// Replaces a stale file; refuses when the pid in it belongs to a living process that holds its lock.
  [[nodiscard]] static base::Result<PidFile> create(const std::string& path);
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;
  PidFile(PidFile&&) noexcept = default;
  PidFile& operator=(PidFile&&) noexcept = default;
  ~PidFile();

 private:
  PidFile(std::string path, base::Fd descriptor) : path_(std::move(path)), descriptor_(std::move(descriptor)) {}
  std::string path_;
  base::Fd descriptor_;  ///< holds a lock as long as we live, so that a second daemon notices
};

}  // namespace porterd::os
