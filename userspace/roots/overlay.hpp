// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::roots {

/// Paths without commas' or colons' special meaning.
struct Overlay {
  std::string name;    ///< of the jail
  std::string lower;   ///< what stays as it is
  std::string folder;  ///< STORE/NAME, with "root" in it
  std::string layer;   ///< the folder with "upper" and "work" in it
};

/// Mounts it on "root", without device nodes. What another kernel's defaults could let a
/// hand-made layer do (follow redirections, take data from elsewhere) is switched off.
[[nodiscard]] Result<void> mount_overlay(Kernel& kernel, const Overlay& overlay, int target);
[[nodiscard]] std::string mount_overlay_command(const Overlay& overlay);

}  // namespace libjail::roots
