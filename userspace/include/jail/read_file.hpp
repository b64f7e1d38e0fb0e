// SPDX-License-Identifier: BSD-2-Clause
// Small text files, whole.
#pragma once

#include <cstdint>
#include <string>

#include "jail/kernel.hpp"

namespace libjail {

/// No file of ours is larger; what is larger is refused with EFBIG.
inline constexpr std::size_t kMaxFileSize = std::size_t{1} << 20;

/// @param resolve  RESOLVE_* of openat2(2)
/// @return the contents; an errno, EINVAL for what is no regular file
[[nodiscard]] Sys<std::string> read_file(Kernel& kernel, int dir, const char* path,
                                         std::uint64_t resolve = 0);

/// @param limit  in bytes; more than that is EFBIG
/// @return what is left to read; an errno
[[nodiscard]] Sys<std::string> read_all(int fd, std::size_t limit = kMaxFileSize);

}  // namespace libjail
