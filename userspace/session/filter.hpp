// SPDX-License-Identifier: BSD-2-Clause
// The wall in front of the kernel's own: a seccomp(2) filter of system calls that no service needs
// and whose code has let processes out before. It stays with the process and all that it makes.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace session {

/// A program that answers EPERM to those calls and lets all others pass, of every kind of program
/// that the machine runs.
[[nodiscard]] libjail::Result<std::vector<sock_filter>> default_filter();

/// Filters the calling process. It needs CAP_SYS_ADMIN, which is gone in a jail, so it is done
/// just before entering one.
[[nodiscard]] libjail::Result<void> filter_system_calls(libjail::Kernel& kernel);

}  // namespace session
