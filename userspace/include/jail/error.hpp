// SPDX-License-Identifier: BSD-2-Clause
// Errors are values: what failed, why (an errno), and what the reader can do about it. They are
// built where the call fails, and printed once, in main.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace libjail {

struct Error {
  int code{};            ///< an errno, or 0 where @ref what says it all
  std::string what{};    ///< the object and what was tried with it
  std::string remedy{};  ///< what helps, or empty

  /// One line without a newline: "what: reason (remedy)".
  [[nodiscard]] std::string text() const;
};

template <class T>
using Result = std::expected<T, Error>;

/// For `return fail(ENOENT, "/srv/web", "…")`.
[[nodiscard]] inline std::unexpected<Error> fail(int code, std::string what,
                                                 std::string remedy = {}) {
  return std::unexpected(Error{code, std::move(what), std::move(remedy)});
}

/// The errno's text, as strerror(3), without its buffer.
[[nodiscard]] std::string reason(int code);

}  // namespace libjail
