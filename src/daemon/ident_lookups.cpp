// SPDX-License-Identifier: Apache-2.0
#include "daemon/ident_lookups.h"

#include <utility>

#include "daemon/machinery.h"
#include "daemon/worker_pool.h"

namespace porterd::daemon {

std::expected<void, IdentLookups::Refusal> IdentLookups::ask(const Question& question, Answered answered) {
  auto& count = counts_.at(static_cast<std::size_t>(question.purpose));
  if (count >= kMost) return std::unexpected(Refusal::busy);
  const auto id = machinery_.next_connection_id();
  if (!machinery_.workers.identify(id, question)) return std::unexpected(Refusal::unavailable);
  ++count;
  lookups_.emplace(id, Lookup{.purpose = question.purpose, .answered = std::move(answered)});
  return {};
}

void IdentLookups::hurry() {
  for (const auto& [id, lookup] : lookups_)
    if (lookup.purpose == Purpose::log) machinery_.workers.stop(id);
}

void IdentLookups::on_answer(std::uint64_t id, const Identity& identity) {
  auto node = lookups_.extract(id);
  if (node.empty()) return;
  --counts_.at(static_cast<std::size_t>(node.mapped().purpose));
  node.mapped().answered(identity);
}

}  // namespace porterd::daemon
