// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

namespace porterd::base {

std::string Error::text() const { return code ? sentence + ": " + code.message() : sentence; }

Error Error::within(std::string_view context) && {
  sentence.insert(0, std::string(context) + ": ");
  return std::move(*this);
}

std::unexpected<Error> failure(int number, std::string sentence) {
  return std::unexpected(Error{std::error_code(number, std::generic_category()), std::move(sentence)});
}

std::unexpected<Error> failure(std::string sentence) { return std::unexpected(Error{{}, std::move(sentence)}); }

}  // namespace porterd::base
