// SPDX-License-Identifier: Apache-2.0
#include "worker/builtin_factories.h"

namespace porterd::worker {
namespace {

void append_time(base::WallTime now, std::string& out) {
  // From 1900 to 1970 (RFC 868). The 32 bits begin anew on 7 February 2036, as RFC 868's do.
  constexpr std::uint64_t kSeventyYears = 2'208'988'800;
  const auto since_1970 = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto value = static_cast<std::uint32_t>(static_cast<std::uint64_t>(since_1970) + kSeventyYears);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(value >> shift & 0xff);
}

class Time final : public StreamBuiltin {
 public:
  Wish begin(base::WallTime now, std::string& out) override {
    append_time(now, out);
    return Wish::finish;
  }
};

class TimeDatagram final : public DatagramBuiltin {
 public:
  bool answer(std::string_view /*request*/, base::WallTime now, std::string& out) override {
    append_time(now, out);
    return true;
  }
};

}  // namespace

std::unique_ptr<StreamBuiltin> make_time(const BuiltinSettings& /*settings*/) { return std::make_unique<Time>(); }
std::unique_ptr<DatagramBuiltin> make_time_datagram(const BuiltinSettings& /*settings*/) {
  return std::make_unique<TimeDatagram>();
}

}  // namespace porterd::worker
