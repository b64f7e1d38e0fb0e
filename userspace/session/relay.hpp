// SPDX-License-Identifier: BSD-2-Clause
// Copies between the caller's terminal and the jail's.
#pragma once

#include <poll.h>

#include <string>
#include <vector>

#include "jail/unique_fd.hpp"

namespace session {

class Relay {
 public:
  struct Ends {
    int keyboard = -1;            ///< the caller's; -1 where it is not a terminal
    int screen = -1;              ///< the caller's; -1 where there is none
    libjail::UniqueFd to_jail;    ///< non-blocking
    libjail::UniqueFd from_jail;  ///< non-blocking
    bool pty = false;             ///< both are the master of a pseudo-terminal
    bool shared = false;          ///< another program may take the keyboard over: read lines only
  };

  explicit Relay(Ends ends) : ends_(std::move(ends)) {}

  /// Adds what is to be waited for. @return milliseconds after which to look again, or -1
  [[nodiscard]] int prepare(std::vector<pollfd>& polls) const;
  /// Copies what has become possible.
  void handle(const std::vector<pollfd>& polls);
  /// Copies the output that is there already.
  void drain();
  /// Tells the jail's terminal the size of the caller's.
  void resize() const;

 private:
  [[nodiscard]] bool may_read_keyboard() const;
  void read_keyboard();
  void flush_input();
  /// @return whether there may be more
  bool read_output();

  Ends ends_;
  std::string input_;   ///< read from the keyboard, not yet taken by the jail
  bool ended_ = false;  ///< the keyboard has no more
};

}  // namespace session
