// SPDX-License-Identifier: Apache-2.0
#include "worker/builtin_factories.h"

namespace porterd::worker {
namespace {

constexpr std::size_t kPrintables = 95;  // ' ' to '~'
constexpr std::size_t kLineLength = 72;

/// All lines, each beginning one character after the one before: after kPrintables lines they repeat.
class Lines {
 public:
  void append(std::string& out) {
    for (std::size_t column = 0; column < kLineLength; ++column)
      out += static_cast<char>(' ' + (first_ + column) % kPrintables);
    out += "\r\n";
    first_ = (first_ + 1) % kPrintables;
  }

 private:
  std::size_t first_ = 0;
};

const std::string& all_lines() {
  static const std::string kAll = [] {
    std::string text;
    Lines lines;
    for (std::size_t line = 0; line < kPrintables; ++line) lines.append(text);
    return text;
  }();
  return kAll;
}

class Chargen final : public StreamBuiltin {
 public:
  Wish begin(base::WallTime /*now*/, std::string& out) override { return produce(out); }
  Wish produce(std::string& out) override {
    out += all_lines();
    return Wish::produce;
  }
};

class ChargenDatagram final : public DatagramBuiltin {
 public:
  bool answer(std::string_view /*request*/, base::WallTime /*now*/, std::string& out) override {
    lines_.append(out);
    return true;
  }

 private:
  Lines lines_;
};

}  // namespace

std::unique_ptr<StreamBuiltin> make_chargen(const BuiltinSettings& /*settings*/) { return std::make_unique<Chargen>(); }
std::unique_ptr<DatagramBuiltin> make_chargen_datagram(const BuiltinSettings& /*settings*/) {
  return std::make_unique<ChargenDatagram>();
}

}  // namespace porterd::worker
