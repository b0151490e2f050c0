// SPDX-License-Identifier: Apache-2.0
//
// Any reports of a worker, as porterd takes them: what comes through is of a kind, a size, with a descriptor or without
// and in a state that its permit names, and its bytes are those that were sent.
#include <cstdlib>

#include "channel_script.h"
#include "os/socket.h"
#include "worker/channel.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace porterd;
  constexpr int kMost = 100;
  const auto require = [](bool holds) {
    if (!holds) std::abort();
  };
  auto pair = os::make_socket_pair(SOCK_SEQPACKET);
  if (!pair) return 0;
  worker::Channel channel(std::move(pair->second), worker::reports());
  auto state = worker::State::starting;
  std::span<const std::uint8_t> input(data, size);
  for (int count = 0; !input.empty() && count < kMost; ++count) {
    const auto message = fuzz::next_message(input, worker::reports());
    const bool brings = message.descriptor != 0;
    if (!os::send_message(pair->first.number(), message.bytes, brings ? 0 : -1)) return 0;
    auto report = channel.receive(state);
    worker::Kind kind{};
    if (message.bytes.size() >= sizeof kind) std::memcpy(&kind, message.bytes.data(), sizeof kind);
    const bool is_permitted = message.bytes.size() >= sizeof kind &&
                              worker::is_permitted(worker::reports(), state, kind, message.bytes.size(), brings);
    require(report.has_value() == is_permitted);
    if (!report) {
      require(report.error() == (message.bytes.empty() ? worker::NoMessage::finished : worker::NoMessage::nonsense));
      return 0;
    }
    require(report->kind() == kind && report->descriptor.is_open() == brings);
    if (kind == worker::Kind::ready) state = worker::State::serving;
    if (kind == worker::Kind::identified) {  // the largest
      const auto told = report->as<worker::Identified>();
      require(std::memcmp(&told, message.bytes.data(), sizeof told) == 0);
    }
  }
  return 0;
}
