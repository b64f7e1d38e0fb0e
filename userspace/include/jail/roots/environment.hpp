// SPDX-License-Identifier: BSD-2-Clause
// Where root directories are kept, and how the functions that work on them talk to their caller.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "jail/kernel.hpp"

namespace libjail::roots {

/// How far a long step is.
struct Progress {
  std::string step;
  std::uint64_t files{};  ///< files, folders and links so far
  std::uint64_t bytes{};  ///< of their contents
};

struct LoopDevice {
  UniqueFd fd;
  std::string path;
};

/// A loop device (loop(4)) of the file, which is free again after its last use.
[[nodiscard]] Sys<LoopDevice> attach_loop(int file);

struct Environment {
  Kernel& kernel;
  std::string store = "/var/lib/jail";          ///< absolute; a folder of root's with mode 0700
  std::string listing = "/proc/jails";          ///< the living jails
  std::string mounts = "/proc/self/mountinfo";  ///< the mounts that removal must not cross
  std::string busybox{};  ///< the program, or empty: found in /bin or /usr/bin

  std::function<Sys<LoopDevice>(int file)> attach_loop = roots::attach_loop;

  /// Asked often; once it is true, what is going on ends with EINTR and is undone.
  std::function<bool()> interrupted = [] { return false; };
  /// Told several times a second during long steps.
  std::function<void(const Progress&)> progress = [](const Progress&) {};
  /// Told what the user should know although nothing failed.
  std::function<void(const std::string&)> note = [](const std::string&) {};
};

}  // namespace libjail::roots
