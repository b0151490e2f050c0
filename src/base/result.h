// SPDX-License-Identifier: Apache-2.0
//
// How porterd reports failure: a value or an Error, never an exception.
// An Error carries the cause (a std::error_code, usually an errno) and a sentence that says what was
// being done. Context is put in front on the way up; the one who decides reports it, once.
#pragma once

#include <cerrno>
#include <expected>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace porterd::base {

/// Why an operation failed. `code` may be empty when no system call was involved.
struct [[nodiscard]] Error {
  std::error_code code;  ///< errno or empty
  std::string sentence;  ///< what was being done, e.g. "bind 127.0.0.1:79"

  /// "bind 127.0.0.1:79: Permission denied"; the sentence alone when there is no code.
  [[nodiscard]] std::string text() const;

  /// The same error with `context` and ": " put in front of its sentence.
  [[nodiscard]] Error within(std::string_view context) &&;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

/// An error from `number` (an errno value), with what was being done.
[[nodiscard]] std::unexpected<Error> failure(int number, std::string sentence);

/// An error without a system call behind it.
[[nodiscard]] std::unexpected<Error> failure(std::string sentence);

/// An error from the calling thread's errno. Call it at once after the failed call.
[[nodiscard]] inline std::unexpected<Error> failure_errno(std::string sentence) {
  return failure(errno, std::move(sentence));
}

}  // namespace porterd::base

#define PORTERD_CONCAT_INNER(a, b) a##b
#define PORTERD_CONCAT(a, b) PORTERD_CONCAT_INNER(a, b)

/// Leaves the function with the error of `expression`, if it has one.
#define PORTERD_TRY(expression)                                                                                \
  do {                                                                                                         \
    if (auto porterd_try = (expression); !porterd_try) return std::unexpected(std::move(porterd_try).error()); \
  } while (false)

/// Declares `declaration` from the value of `expression`, or leaves the function with its error.
#define PORTERD_TRY_ASSIGN(declaration, expression) \
  PORTERD_TRY_ASSIGN_INNER(PORTERD_CONCAT(porterd_try_, __LINE__), declaration, expression)
#define PORTERD_TRY_ASSIGN_INNER(temporary, declaration, expression)    \
  auto temporary = (expression);                                        \
  if (!temporary) return std::unexpected(std::move(temporary).error()); \
  declaration = std::move(*temporary)
