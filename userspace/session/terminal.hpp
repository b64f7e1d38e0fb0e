// SPDX-License-Identifier: BSD-2-Clause
// Terminals: the caller's, which never goes into the jail, and the one that the jail gets instead.
#pragma once

#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <optional>

#include "jail/error.hpp"
#include "jail/unique_fd.hpp"

namespace session {

/// The caller's standard descriptors as terminals.
struct CallerTerminal {
  std::array<bool, 3> is_terminal{};
  std::optional<termios> modes;  ///< of the first one that is a terminal
  winsize size{};

  [[nodiscard]] bool any() const { return is_terminal[0] || is_terminal[1] || is_terminal[2]; }
  /// Keyboard and screen: the terminal can be handed over as a whole.
  [[nodiscard]] bool full() const { return is_terminal[0] && is_terminal[1]; }
};

[[nodiscard]] CallerTerminal inspect_terminal();

/// Whether the tree below @p root has the device that makes pseudo-terminals. Symbolic links in it
/// never lead out of it.
[[nodiscard]] bool has_ptmx(int root);

/// A new pseudo-terminal. Called inside the jail, as terminals belong to the jail that opens them.
struct Pty {
  libjail::UniqueFd master;
  libjail::UniqueFd slave;
};
[[nodiscard]] libjail::Result<Pty> open_pty();

/// Gives a new terminal the modes and the size of the caller's.
void dress_pty(const Pty& pty, const CallerTerminal& caller);

/// The caller's terminal in raw mode; left again when destroyed.
class RawMode {
 public:
  explicit RawMode(int fd) : fd_(fd) {}
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;
  ~RawMode() { leave(); }

  void enter();
  void leave();

 private:
  int fd_;
  std::optional<termios> saved_;
};

/// Whether reading from the terminal @p fd would not stop us.
[[nodiscard]] bool in_foreground(int fd);

/// Whether the terminal @p fd hands out whole lines: no pager or editor has taken it over.
[[nodiscard]] bool in_line_mode(int fd);

}  // namespace session
