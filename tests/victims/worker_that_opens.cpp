// SPDX-License-Identifier: Apache-2.0
//
// porterd-worker but for one built-in, in the place of discard, that opens a file when its client says something: the
// sandbox is to end the process for it.
#include <fcntl.h>

#include <memory>

#include "worker/process.h"

namespace {

using namespace porterd::worker;

class Opening final : public StreamBuiltin {
 public:
  Wish begin(porterd::base::WallTime, std::string&) override { return Wish::take; }
  Wish take(std::string_view, std::string& out) override {
    out = ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? "opened\n" : "not opened\n";
    return Wish::finish;
  }
};

const BuiltinRow kOpening{
    .name = "discard",
    .line = "opens a file",
    .make_stream = [](const BuiltinSettings&) -> std::unique_ptr<StreamBuiltin> { return std::make_unique<Opening>(); },
    .make_datagram = nullptr};

const BuiltinRow* find(std::string_view name) { return name == "discard" ? &kOpening : find_builtin(name); }

}  // namespace

int main() { return run_worker(&find); }
