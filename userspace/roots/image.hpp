// SPDX-License-Identifier: BSD-2-Clause
// A root directory of a limited size: an ext4 file system in the file STORE/NAME/image, which grows
// as it is filled. A thin jail has its layer in it, mounted on NAME/data; another one its root,
// mounted on NAME/root.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/roots/environment.hpp"

namespace libjail::roots {

inline constexpr const char* kImage = "image";
inline constexpr const char* kData = "data";

/// Makes the file and the file system, with mke2fs(8).
/// @param folder  of the jail
/// @param path    of that, for mke2fs
/// @param size    bytes, as the file system may have at most
[[nodiscard]] Result<void> make_image(const Environment& environment, int folder,
                                      const std::string& path, std::uint64_t size);

/// Mounts the image of the folder on @p point in it, without device nodes.
/// @return a descriptor of the root of the file system, for reading
[[nodiscard]] Result<UniqueFd> mount_image(const Environment& environment, int folder,
                                           const char* point);

[[nodiscard]] std::vector<std::string> make_image_commands(const std::string& folder,
                                                           std::uint64_t size);
[[nodiscard]] std::string mount_image_command(const std::string& folder, const char* point);

}  // namespace libjail::roots
