// SPDX-License-Identifier: BSD-2-Clause
// Work that is done wholly or not at all: steps in order, and in reverse what undoes them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "jail/error.hpp"

namespace libjail {

struct Step {
  std::string what;                     ///< "unpack /tmp/root.tar", for messages
  std::vector<std::string> commands{};  ///< of a shell, that do the same
  /// A step that fails leaves only what the steps before it undo.
  std::function<Result<void>()> run;
  std::function<Result<void>()> undo{};  ///< empty: nothing to undo
};

/// @param interrupted  asked before each step
/// @return the error of the step that failed, after its name; what could not be undone stands
///         behind it
[[nodiscard]] Result<void> run_steps(const std::vector<Step>& steps,
                                     const std::function<bool()>& interrupted);

[[nodiscard]] std::vector<std::string> commands_of(const std::vector<Step>& steps);

/// @p word as a shell takes it for one word.
[[nodiscard]] std::string quoted(const std::string& word);

}  // namespace libjail
