// SPDX-License-Identifier: Apache-2.0
#include "daemon/penalty_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "os/files.h"

namespace porterd::daemon {
namespace {

constexpr std::string_view kForever = "forever";

std::optional<base::WallTime> end_of(std::string_view text) {
  if (text == kForever) return admission::Penalties::kForever;
  const auto seconds = base::parse_unsigned(text);
  constexpr std::uint64_t kLatest = 1ULL << 33U;  // beyond, nanoseconds since 1970 do not fit any more
  if (!seconds || *seconds > kLatest) return std::nullopt;
  return base::WallTime(std::chrono::seconds(*seconds));
}

}  // namespace

std::string penalty_text(const admission::Penalties& penalties) {
  std::string text;
  for (const auto& [source, end] : penalties.all()) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(end.time_since_epoch()).count();
    text += source.text() + ' ';
    text += end == admission::Penalties::kForever ? std::string(kForever) : std::to_string(seconds);
    text += '\n';
  }
  return text;
}

void read_penalties(std::string_view text, base::WallTime now, admission::Penalties& penalties) {
  for (const auto line : base::split(text, '\n')) {
    const auto words = base::split_words(line);
    if (words.size() != 2) continue;
    const auto source = base::parse_prefix(words[0]);
    const auto end = end_of(words[1]);
    // Only whole sources are ever looked for.
    if (!source || !end || *end <= now || admission::Penalties::source_of(source->address) != *source) continue;
    penalties.add(*source, *end);
  }
}

base::Status load_penalties(const std::string& path, base::WallTime now, admission::Penalties& penalties) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0)
    return errno == ENOENT ? base::Status() : base::Status(base::failure_errno("stat " + path));
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return base::failure(path + ": others may have written it");
  PORTERD_TRY_ASSIGN(const auto text, os::read_file(path));
  read_penalties(text, now, penalties);
  return {};
}

base::Status save_penalties(const std::string& path, const admission::Penalties& penalties) {
  constexpr mode_t kOurs = 0600;
  constexpr mode_t kFolder = 0755;
  ::mkdir(path.substr(0, path.rfind('/')).c_str(), kFolder);  // as a rule it is there
  return os::replace_file(path, penalty_text(penalties), kOurs);
}

}  // namespace porterd::daemon
