// SPDX-License-Identifier: BSD-2-Clause
// What the commands in a jail write: two pipes, as no terminal and no file of the caller goes into
// the jail. jail(8) copies them to its own output while commands run; afterwards the keeper empties
// them, so that a server that writes to its standard output is not ended for it.
#pragma once

#include <poll.h>

#include <array>
#include <vector>

#include "jail/error.hpp"
#include "jail/unique_fd.hpp"

namespace libjail::lifecycle {

class Output {
 public:
  [[nodiscard]] static Result<Output> make();

  /// For the command: in the place of its standard output and error.
  [[nodiscard]] int writable(int fd) const { return writable_.at(index(fd)).get(); }
  /// To wait for.
  [[nodiscard]] std::array<pollfd, 2> polls() const;
  /// Copies what is there to standard output and error.
  void copy() const;
  /// The ends that are read, non-blocking.
  [[nodiscard]] std::vector<int> readable() const;

 private:
  static std::size_t index(int fd) { return static_cast<std::size_t>(fd - 1); }

  std::array<UniqueFd, 2> readable_;
  std::array<UniqueFd, 2> writable_;
};

/// Reads what is there and throws it away. @return false when nobody can write any more
bool discard(int fd);

}  // namespace libjail::lifecycle
