// SPDX-License-Identifier: BSD-2-Clause
#include "jail/error.hpp"

#include <cstring>

namespace libjail {

std::string reason(int code) {
  const char* text = strerrordesc_np(code);
  return text != nullptr ? text : "error " + std::to_string(code);
}

std::string Error::text() const {
  std::string line = what;
  if (code != 0) line += ": " + reason(code);
  if (!remedy.empty()) line += " (" + remedy + ")";
  return line;
}

}  // namespace libjail
