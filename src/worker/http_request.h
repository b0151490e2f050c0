// SPDX-License-Identifier: Apache-2.0
//
// The head of an HTTP/1 request, read piece by piece (RFC 9112, sections 2 and 3), as far as an answer that is the same
// for all of them needs it: where it ends, and whether it may have content in its response. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace porterd::worker {

class HttpRequestHead {
 public:
  enum class State : std::uint8_t {
    incomplete,  ///< more must come
    complete,
    malformed,  ///< the first line is not METHOD TARGET HTTP/1.x
    too_long,   ///< longer than kLongest
  };
  static constexpr std::size_t kLongest = 16384;

  /// Takes more of it; what comes after its end is not looked at. A state other than incomplete is final.
  State take(std::string_view bytes);
  [[nodiscard]] State state() const { return state_; }
  /// Whether the method is HEAD, whose response has no content (RFC 9110, section 9.3.2).
  [[nodiscard]] bool is_head() const { return is_head_; }

 private:
  State end_line();

  State state_ = State::incomplete;
  std::size_t size_ = 0;
  std::string line_;  ///< the first line so far; of later ones, whether they are empty is all that counts
  bool has_first_line_ = false;
  bool line_is_empty_ = true;
  bool is_head_ = false;
};

}  // namespace porterd::worker
