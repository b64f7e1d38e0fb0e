// SPDX-License-Identifier: BSD-2-Clause
// Small text files, whole.
#pragma once

#include <cstdint>
#include <string>

#include "jail/kernel.hpp"

namespace libjail {

/// No file of ours is larger.
inline constexpr std::size_t kMaxFileSize = std::size_t{1} << 20;

/// @param resolve  RESOLVE_* of openat2(2)
/// @param most  bytes
/// @return the contents; an errno, EINVAL for what is no regular file, EFBIG for what is larger
[[nodiscard]] Sys<std::string> read_file(Kernel& kernel, int dir, const char* path,
                                         std::uint64_t resolve = 0,
                                         std::size_t most = kMaxFileSize);

/// @return what is left to read; an errno, EFBIG for what is larger
[[nodiscard]] Sys<std::string> read_all(int fd, std::size_t most = kMaxFileSize);

}  // namespace libjail
