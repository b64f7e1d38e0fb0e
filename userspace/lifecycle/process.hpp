// SPDX-License-Identifier: BSD-2-Clause
// A process by descriptor, whatever its number means later. (The header of the C library that
// declares these calls has no C linkage in glibc 2.36.)
#pragma once

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "jail/unique_fd.hpp"

namespace libjail::lifecycle {

/// @return a closed descriptor on failure, with errno
[[nodiscard]] inline UniqueFd open_process(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

/// @return whether it was sent; errno tells why not
inline bool signal_process(const UniqueFd& process, int signal) {
  return ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

}  // namespace libjail::lifecycle
