// SPDX-License-Identifier: BSD-2-Clause
// What of the host is mounted where a jail can reach it.
#pragma once

#include <string>
#include <vector>

#include "doctor/device.hpp"
#include "doctor/findings.hpp"
#include "lib/mount_table.hpp"

namespace libjail::doctor {

/// A root directory and the mounts around it.
struct Surroundings {
  int root = -1;                        ///< descriptor of the root directory
  std::string path{};                   ///< of it on the host
  std::vector<MountEntry> inside{};     ///< at and below it, their points as the jail sees them
  std::vector<MountEntry> elsewhere{};  ///< of the host
  bool running = false;  ///< seen from within: the host has no path to what is inside
};

/// Sorts the mounts of the host into the two.
[[nodiscard]] Surroundings surroundings(int root, const std::string& path,
                                        std::vector<MountEntry> table);

/// mount-host where the root directory is one of the host's own.
void check_place(const Surroundings& around, Collector& found);

/// dev-*, mount-host, proc-host, sys-rw, sock-host of what is mounted.
void check_mounts(Kernel& kernel, const Surroundings& around, const Drivers& drivers,
                  Collector& found);

/// path-symlink where /dev is a link.
/// @return whether it is
bool check_dev_link(Kernel& kernel, const Surroundings& around, Collector& found);

/// The same of what the start of the jail will mount.
void check_future_mounts(const Surroundings& around, const std::vector<conf::Mount>& mounts,
                         Collector& found);

/// dev-pts, dev-shm: a jail's terminals and shared memory are its own.
/// @param covered  jail(8) mounts them in the directory /dev, if there is one
void check_private_dev(Kernel& kernel, const Surroundings& around, bool covered, Collector& found);

/// Opens what is mounted at @p point, as the jail sees it.
[[nodiscard]] Sys<UniqueFd> open_point(Kernel& kernel, int root, const std::string& point,
                                       std::uint64_t flags);

/// Whether the socket at that place of the host lets its user become root of the host.
[[nodiscard]] bool is_powerful_socket(std::string_view place);

}  // namespace libjail::doctor
