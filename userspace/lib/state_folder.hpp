// SPDX-License-Identifier: BSD-2-Clause
// Files below /run/jail that stand for what was added to the host: one a thing, named after it.
// Whoever uses the thing holds a shared flock(2) on its file. Who gets the lock exclusively is the
// last one, or looks at what a killed process left, and takes the thing away.
#pragma once

#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

/// One kind of things. While it is open, it is locked against every other process that adds or
/// takes away, and against a second one in the same process: that would wait for ever.
class StateFolder {
 public:
  /// Makes it where it is not there.
  [[nodiscard]] static Result<StateFolder> open(const std::string& state_dir, const char* kind);
  [[nodiscard]] static bool exists(const std::string& state_dir, const char* kind);

  [[nodiscard]] Sys<UniqueFd> file(const std::string& name) const;
  /// Makes the file or replaces what is in it; leaves none where that fails.
  [[nodiscard]] Result<UniqueFd> create(const std::string& name, const std::string& text) const;
  [[nodiscard]] Result<void> remove(const std::string& name) const;
  [[nodiscard]] Result<std::vector<std::string>> names() const;

 private:
  StateFolder(std::string path, UniqueFd directory, UniqueFd lock)
      : path_(std::move(path)), directory_(std::move(directory)), lock_(std::move(lock)) {}

  std::string path_;
  UniqueFd directory_;
  UniqueFd lock_;
};

/// flock(2), again after a signal.
[[nodiscard]] Sys<void> lock_file(int file, int operation);

/// The line that the file holds, without its newline; empty where it was cut short.
[[nodiscard]] std::string read_state(int file);

}  // namespace libjail
