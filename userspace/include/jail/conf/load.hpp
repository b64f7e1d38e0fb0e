// SPDX-License-Identifier: BSD-2-Clause
// Files of jail.conf(5): which one it is, and what it includes.
#pragma once

#include <string>
#include <string_view>

#include "jail/conf/syntax.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::conf {

inline constexpr std::size_t kMaxIncludeDepth = 16;
inline constexpr std::size_t kMaxFiles = 1024;                       ///< included ones and all
inline constexpr std::size_t kMaxTotalSize = std::size_t{16} << 20;  ///< of all of them, in bytes

/// The file that configures the jail @p name: DIR/jail.NAME.conf, else DIR/jail.conf.d/NAME.conf,
/// else DIR/jail.conf, in the order of FreeBSD's rc.d/jail.
/// @param directory  "/etc"
/// @param name  empty: DIR/jail.conf
/// @return ENOENT where none of them is there, and which they are; an error for a name that no jail
///         can have
[[nodiscard]] Result<std::string> find_file(Kernel& kernel, const std::string& directory,
                                            std::string_view name);

/// Reads a file and in the place of each .include what it includes, so that the result has none. A
/// pattern that is relative starts at the folder of the file that it stands in; one with '*', '?'
/// or '[' may match nothing.
/// @param path  "-" for standard input
/// @return an error for a file that others than root and the caller could have written, one that
///         includes itself, too many or too large ones
[[nodiscard]] Result<Document> load(Kernel& kernel, const std::string& path);

}  // namespace libjail::conf
