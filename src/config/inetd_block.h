// SPDX-License-Identifier: Apache-2.0
//
// NetBSD's entries of keys and values, inetd(8) "Key-Values Notation":
//
//   finger on
//     protocol = tcp6, wait = no,   # comments may stand anywhere
//     user = nobody, exec = /usr/libexec/fingerd, args = fingerd "-l x";
//
// A part of the reader (inetd_reader.h).
#pragma once

#include <cstddef>
#include <vector>

#include "config/inetd_entry.h"
#include "config/inetd_text.h"

namespace porterd::config {

/// Whether a line with these words begins such an entry.
[[nodiscard]] bool begins_block(const std::vector<InetdWord>& words);

struct InetdKey {
  InetdWord name;
  std::vector<InetdWord> values{};
};

/// The keys of such an entry, and where it ends: at its ';', or at the next line that is an entry by itself when there
/// is none.
struct InetdBlock {
  std::vector<InetdKey> keys;
  std::size_t end;
  bool is_closed;
};

/// Reads from `offset`, after `on` or `off`. Each name stands once.
[[nodiscard]] InetdBlock split_block(const InetdText& text, std::size_t offset, InetdFields& fields, InetdEntry& entry);

/// Reads keys and values from `offset`, after `on` or `off`, into `entry`, whose service is `service`. Returns where
/// reading goes on.
[[nodiscard]] std::size_t read_block(const InetdText& text, std::size_t offset, const InetdWord& service,
                                     const std::vector<InetdWord>& default_hosts, InetdFields& fields,
                                     InetdEntry& entry);

}  // namespace porterd::config
