// SPDX-License-Identifier: BSD-2-Clause
// Every root directory comes as a stream in tar's format, through libarchive. Both ends run in a
// helper whose root directory is the folder in question, so the kernel itself keeps every name,
// link and ".." in there; the library's own checks (ARCHIVE_EXTRACT_SECURE_*) refuse such archives
// before. tar(1) is not used as it would have to run with the host's root directory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "roots/helper.hpp"

namespace libjail::roots {

/// What unpack() needs: no device nodes, nothing outside of its root directory.
[[nodiscard]] std::uint64_t unpack_capabilities();
[[nodiscard]] std::uint64_t pack_capabilities();

/// Writes the tree below the current directory, on one file system, to standard output.
/// @param wanted  asked for each file with its path ("usr/bin/env"); folders are always in
[[nodiscard]] Result<void> pack(const std::function<bool(const std::string&, mode_t)>& wanted);

/// Reads an archive from standard input into the current directory. Device nodes and sockets are
/// left out and counted.
[[nodiscard]] Result<void> unpack(Counters& counters);

/// Writes a small root directory with busybox to standard output.
/// @param program  of busybox, open
[[nodiscard]] Result<void> pack_busybox(int program, const std::vector<std::string>& applets);

}  // namespace libjail::roots
