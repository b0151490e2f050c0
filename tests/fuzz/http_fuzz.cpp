// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as the head of an HTTP request, whole and cut anywhere: both must come to the same. What is complete ends
// with an empty line, and respond answers it with right framing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "worker/builtin.h"
#include "worker/http_request.h"

namespace {

using porterd::worker::HttpRequestHead;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_answer(std::string_view request) {
  porterd::worker::BuiltinSettings settings;
  settings.text = "fine";
  settings.http_status = 200;
  const auto respond = porterd::worker::find_builtin("respond")->make_stream(settings);
  std::string out;
  auto wish = respond->begin({}, out);
  if (!request.empty()) wish = respond->take(request, out);
  if (wish == porterd::worker::Wish::take) wish = respond->end(out);
  while (wish == porterd::worker::Wish::produce) wish = respond->produce(out);
  require(wish == porterd::worker::Wish::finish);
  require(out.empty() == request.empty());
  require(out.empty() || (out.starts_with("HTTP/1.1 ") && out.find("\r\n\r\n") != std::string::npos));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  HttpRequestHead whole;
  const auto state = whole.take(text);
  HttpRequestHead cut;
  const auto place = text.empty() ? 0 : data[0] % text.size();
  cut.take(text.substr(0, place));
  require(cut.take(text.substr(place)) == state && cut.is_head() == whole.is_head());
  if (state == HttpRequestHead::State::complete)
    require(text.find("\n\n") != std::string_view::npos || text.find("\n\r") != std::string_view::npos);
  check_answer(text);
  return 0;
}
