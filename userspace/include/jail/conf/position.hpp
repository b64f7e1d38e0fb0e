// SPDX-License-Identifier: BSD-2-Clause
// Where in a configuration something stands, for messages.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "jail/error.hpp"

namespace libjail::conf {

struct Position {
  std::shared_ptr<const std::string> file{};
  int line = 1;
  int column = 1;  ///< in bytes, from 1

  /// "/etc/jail.conf:12:8"
  [[nodiscard]] std::string text() const;
};

/// An error whose text begins with the position.
[[nodiscard]] Error error_at(const Position& position, std::string what, std::string remedy = {});

/// For `return fail_at(word.position, "…")`.
[[nodiscard]] inline std::unexpected<Error> fail_at(const Position& position, std::string what,
                                                    std::string remedy = {}) {
  return std::unexpected(error_at(position, std::move(what), std::move(remedy)));
}

}  // namespace libjail::conf
