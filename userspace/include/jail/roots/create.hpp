// SPDX-License-Identifier: BSD-2-Clause
// Makes the root directory of a jail, all of it or nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/roots/environment.hpp"
#include "jail/roots/source.hpp"

namespace libjail::roots {

/// What jails that are made from the same source have in common.
enum class Sharing {
  kThin,  ///< overlayfs: the source is the lower layer, what the jail changes goes to its own
  kLink,  ///< hard links to immutable files
  kCopy,  ///< nothing
};

struct CreateRequest {
  std::string name;  ///< of the jail
  Source source;
  Sharing sharing = Sharing::kThin;
  std::uint64_t size = 0;  ///< bytes that the jail can fill at most; 0: as the store has
};

/// Makes STORE/NAME with the root directory STORE/NAME/root. A failure or an interruption at any
/// step undoes the steps before it; what a killed call left is removed by the next one.
/// @return the path of the root directory; the error names the step that failed
[[nodiscard]] Result<std::string> create(const Environment& environment,
                                         const CreateRequest& request);

/// The commands of a shell that do what create() would do now; changes nothing.
[[nodiscard]] Result<std::vector<std::string>> create_commands(const Environment& environment,
                                                               const CreateRequest& request);

}  // namespace libjail::roots
