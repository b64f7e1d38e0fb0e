// SPDX-License-Identifier: BSD-2-Clause
// Every file of a tree, by descriptor: no symbolic link is followed and no mount crossed, whatever
// the names become meanwhile.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::doctor {

struct TreeLimits {
  std::size_t depth = 900;  ///< a descriptor each
  std::uint64_t files = 50'000'000;
};

/// @param path  of the file below the tree's top, without a slash in front
using Visitor = std::function<void(const std::string& path, const struct statx& st)>;

/// Calls @p visit for each file and directory below @p top, a directory before what is in it.
/// @param gap  told of what could not be looked at
void walk(Kernel& kernel, int top, const TreeLimits& limits, const Visitor& visit,
          const std::function<void(Error)>& gap);

}  // namespace libjail::doctor
