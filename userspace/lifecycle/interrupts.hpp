// SPDX-License-Identifier: BSD-2-Clause
// SIGINT, SIGTERM and SIGHUP as something to ask for: what is half done is to be undone, not left.
#pragma once

#include <csignal>

#include "jail/unique_fd.hpp"

namespace libjail::lifecycle {

/// Blocks the signals as long as it is there. Children have them unblocked by unblock().
class Interrupts {
 public:
  Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  /// Whether one has come since the beginning or the last forget().
  [[nodiscard]] bool came();
  /// To go on, with the undoing for example, which the next one may interrupt in its turn.
  void forget() { came_ = false; }
  /// For a process that ends next: one that comes now is too late, and must not make the exit
  /// status tell of a failure.
  void end() const;
  /// Readable when one comes.
  [[nodiscard]] int descriptor() const { return signals_.get(); }
  /// The signal mask of the caller.
  [[nodiscard]] const sigset_t& mask() const { return mask_; }

 private:
  UniqueFd signals_;
  sigset_t set_{};
  sigset_t mask_{};
  bool came_ = false;
};

}  // namespace libjail::lifecycle
