// SPDX-License-Identifier: BSD-2-Clause
// From a source to a tree of files.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/roots/environment.hpp"
#include "jail/roots/source.hpp"

namespace libjail::roots {

/// An empty folder to be filled.
struct Target {
  int fd = -1;
  int parent = -1;   ///< of the folder that it is in, and that nobody else uses
  std::string name;  ///< in there
  std::string path;  ///< for programs
};

/// What makes the tree of one source that of another, as a name of a folder.
[[nodiscard]] Result<std::string> base_key(const Environment& environment, const Source& source);

/// @param step  for progress
[[nodiscard]] Result<void> fill(const Environment& environment, const Source& source,
                                const Target& target, const std::string& step);
[[nodiscard]] std::vector<std::string> fill_commands(const Environment& environment,
                                                     const Source& source,
                                                     const std::string& target);

/// Copies a tree, without device nodes and without crossing mounts.
/// @param wanted  asked for each file that is no folder, with its path and mode
[[nodiscard]] Result<void> copy_tree(const Environment& environment, int from, int to,
                                     const std::string& step,
                                     const std::function<bool(const std::string&, mode_t)>& wanted);

}  // namespace libjail::roots
