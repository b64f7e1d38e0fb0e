// SPDX-License-Identifier: BSD-2-Clause
// What network a jail has, as far as it was made for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jail/address.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "network/interface_lease.hpp"

namespace libjail::network {

struct Inspection {
  std::string jail{};
  std::string address{};                     ///< empty: none
  std::optional<Alias> added{};              ///< the same, where it was added to an interface
  std::vector<OwnedInterface> interfaces{};  ///< that were made on the host
};

/// @param name  of a jail that lives, or its jail ID
/// @return ESRCH where there is none
[[nodiscard]] Result<Inspection> inspect(Kernel& kernel, const NetworkConfig& config,
                                         const std::string& name);

}  // namespace libjail::network
