// SPDX-License-Identifier: Apache-2.0
#include "worker/builtin_factories.h"

namespace porterd::worker {
namespace {

class Echo final : public StreamBuiltin {
 public:
  Wish begin(base::WallTime /*now*/, std::string& /*out*/) override { return Wish::take; }
  Wish take(std::string_view bytes, std::string& out) override {
    out += bytes;
    return Wish::take;
  }
};

class EchoDatagram final : public DatagramBuiltin {
 public:
  bool answer(std::string_view request, base::WallTime /*now*/, std::string& out) override {
    out += request;
    return true;
  }
};

}  // namespace

std::unique_ptr<StreamBuiltin> make_echo(const BuiltinSettings& /*settings*/) { return std::make_unique<Echo>(); }
std::unique_ptr<DatagramBuiltin> make_echo_datagram(const BuiltinSettings& /*settings*/) {
  return std::make_unique<EchoDatagram>();
}

}  // namespace porterd::worker
