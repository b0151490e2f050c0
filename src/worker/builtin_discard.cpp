// SPDX-License-Identifier: Apache-2.0
#include "worker/builtin_factories.h"

namespace porterd::worker {
namespace {

class Discard final : public StreamBuiltin {
 public:
  Wish begin(base::WallTime /*now*/, std::string& /*out*/) override { return Wish::take; }
};

class DiscardDatagram final : public DatagramBuiltin {
 public:
  bool answer(std::string_view /*request*/, base::WallTime /*now*/, std::string& /*out*/) override { return false; }
};

}  // namespace

std::unique_ptr<StreamBuiltin> make_discard(const BuiltinSettings& /*settings*/) { return std::make_unique<Discard>(); }
std::unique_ptr<DatagramBuiltin> make_discard_datagram(const BuiltinSettings& /*settings*/) {
  return std::make_unique<DiscardDatagram>();
}

}  // namespace porterd::worker
