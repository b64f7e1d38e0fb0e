// SPDX-License-Identifier: BSD-2-Clause
// Whether the kernel has what a monitor attaches to; if not, what is missing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace monitor {

/// The kernel's type information (BTF).
struct TypeInformation {
  std::string path = "/sys/kernel/btf/vmlinux";
  /// Which of these names of types and functions are not in it.
  /// @return an errno where it cannot be read
  std::function<libjail::Sys<std::vector<std::string>>(const std::vector<std::string>&)> missing =
      missing_types;

  [[nodiscard]] static libjail::Sys<std::vector<std::string>> missing_types(
      const std::vector<std::string>& names);
};

/// Asks for trace events of the kernel's jails, such as "jail_deny", before anything is loaded.
/// @return an error that names what is missing and what helps: jail() itself, privilege, type
///         information, an event
[[nodiscard]] libjail::Result<void> supports_events(libjail::Kernel& kernel,
                                                    const std::vector<std::string>& events,
                                                    const TypeInformation& types = {});

/// Likewise for what counts: the iterator over jails, and a task's jail.
[[nodiscard]] libjail::Result<void> supports_counts(libjail::Kernel& kernel,
                                                    const TypeInformation& types = {});

}  // namespace monitor
