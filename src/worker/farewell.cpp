// SPDX-License-Identifier: Apache-2.0
#include "worker/farewell.h"

#include <utility>

namespace porterd::worker {
namespace {

class Farewell final : public StreamBuiltin {
 public:
  explicit Farewell(std::string text) : text_(std::move(text)) {}
  Wish begin(base::WallTime /*now*/, std::string& out) override {
    out += text_;
    return Wish::finish;
  }

 private:
  std::string text_;
};

}  // namespace

std::unique_ptr<StreamBuiltin> make_farewell(std::string text) { return std::make_unique<Farewell>(std::move(text)); }

}  // namespace porterd::worker
