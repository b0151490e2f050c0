// SPDX-License-Identifier: Apache-2.0
#include "worker/http_request.h"

#include <algorithm>
#include <utility>

namespace porterd::worker {
namespace {

/// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kLetters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos;
}

bool is_visible(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char letter) { return letter > ' ' && letter != 0x7f; });
}

struct RequestLine {
  bool is_good = false;
  bool is_head = false;
};

RequestLine read_request_line(std::string_view line) {
  const auto method_end = line.find(' ');
  const auto target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end == method_end) return {};
  const auto method = line.substr(0, method_end);
  const auto target = line.substr(method_end + 1, target_end - method_end - 1);
  const auto version = line.substr(target_end + 1);
  const bool is_version =
      version.size() == 8 && version.starts_with("HTTP/1.") && version[7] >= '0' && version[7] <= '9';
  return {.is_good = is_token(method) && is_visible(target) && is_version, .is_head = method == "HEAD"};
}

}  // namespace

HttpRequestHead::State HttpRequestHead::take(std::string_view bytes) {
  for (const char letter : bytes) {
    if (state_ != State::incomplete) break;
    if (++size_ > kLongest)
      state_ = State::too_long;
    else if (letter == '\n')  // a bare LF ends a line, too: RFC 9112, section 2.2
      state_ = end_line();
    else {
      if (letter != '\r') line_is_empty_ = false;
      if (!has_first_line_) line_ += letter;
    }
  }
  return state_;
}

HttpRequestHead::State HttpRequestHead::end_line() {
  const bool was_empty = std::exchange(line_is_empty_, true);
  if (has_first_line_) return was_empty ? State::complete : State::incomplete;
  if (was_empty) {
    line_.clear();  // empty lines before a request are to be ignored: RFC 9112, section 2.2
    return State::incomplete;
  }
  if (line_.ends_with('\r')) line_.pop_back();
  const auto line = read_request_line(line_);
  has_first_line_ = true;
  is_head_ = line.is_head;
  line_.clear();
  return line.is_good ? State::incomplete : State::malformed;
}

}  // namespace porterd::worker
