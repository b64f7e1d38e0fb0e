// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/position.hpp"

namespace libjail::conf {

std::string Position::text() const {
  return (file ? *file : "?") + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Error error_at(const Position& position, std::string what, std::string remedy) {
  what.insert(0, position.text() + ": ");
  return {.code = 0, .what = std::move(what), .remedy = std::move(remedy)};
}

}  // namespace libjail::conf
