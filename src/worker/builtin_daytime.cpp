// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cctype>
#include <ctime>

#include "worker/builtin_factories.h"

namespace porterd::worker {
namespace {

std::string daytime(DaytimeForm form, base::WallTime now) {
  const std::time_t seconds = base::Wall::to_time_t(now);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 96> text{};
  const bool is_xinetd = form == DaytimeForm::xinetd;
  // The names are those of the C locale, as nobody called setlocale(3).
  const auto size = std::strftime(text.data(), text.size(),
                                  is_xinetd ? "%d %b %Y %H:%M:%S %Z\r\n" : "%a %b %e %H:%M:%S %Y\r\n", &local);
  // The month in capitals; a zone's name may have small letters of its own.
  if (is_xinetd)
    for (std::size_t place = 3; place < 6; ++place)
      text[place] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[place])));
  return {text.data(), size};
}

class Daytime final : public StreamBuiltin {
 public:
  explicit Daytime(DaytimeForm form) : form_(form) {}
  Wish begin(base::WallTime now, std::string& out) override {
    out += daytime(form_, now);
    return Wish::finish;
  }

 private:
  DaytimeForm form_;
};

class DaytimeDatagram final : public DatagramBuiltin {
 public:
  explicit DaytimeDatagram(DaytimeForm form) : form_(form) {}
  bool answer(std::string_view /*request*/, base::WallTime now, std::string& out) override {
    out += daytime(form_, now);
    return true;
  }

 private:
  DaytimeForm form_;
};

}  // namespace

std::unique_ptr<StreamBuiltin> make_daytime(const BuiltinSettings& settings) {
  return std::make_unique<Daytime>(settings.daytime);
}
std::unique_ptr<DatagramBuiltin> make_daytime_datagram(const BuiltinSettings& settings) {
  return std::make_unique<DaytimeDatagram>(settings.daytime);
}

}  // namespace porterd::worker
