// SPDX-License-Identifier: Apache-2.0
//
// YAML text to sections of settings. The only place that knows yaml-cpp; its exceptions end here. Nothing is guessed
// about types: scalars stay text. Duplicate keys are errors; depth, size and aliases are bounded.
//
//   porterd.yaml      the first document: global settings, `defaults:` (a map), `services:` (a list of maps);
//                     further documents: one service each
//   conf.d/*.yaml     one service for each document
//   NAME.d/*.yaml     drop-ins: attributes for the service with the id NAME
//
// `only_from+: [...]` adds to a set and `only_from-: [...]` removes from it; within one section `=` comes first, then
// `+`, then `-`, in whatever order they are written, because a YAML map has no order.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "config/diagnostics.h"
#include "config/document.h"

namespace porterd::config {

/// The longest text that is read.
inline constexpr std::size_t kLongestSource = std::size_t{1} << 24;

/// What a file is for; decided by where it was found, never by looking into it.
enum class FileRole : std::uint8_t { main, services, drop_in };

/// Puts the sections of `file` at the end of `document`. `name` is what a service is called that does not say (role
/// services) or the id of the service that it is for (role drop_in). A text that cannot be parsed is a fatal diagnostic
/// in role main, else an error; documents before the place are kept. In a file whose name ends in .json, where there is
/// no other way to write a word, text in quotes counts as plain.
void read_yaml(const std::shared_ptr<const SourceFile>& file, FileRole role, std::string_view name, Document& document,
               Diagnostics& diagnostics);

}  // namespace porterd::config
