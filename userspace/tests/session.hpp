// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace guest {

/// A user at a terminal of 33 rows and 99 columns, in whose session a program runs.
class Session {
 public:
  explicit Session(const std::vector<std::string>& argv);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void type(const std::string& text) const;
  [[nodiscard]] bool has_shown(const std::string& text);
  /// Waits for @p text. @return whether it came
  [[nodiscard]] bool shows(const std::string& text);
  /// Waits for the end. @return the status, as a shell has it
  int wait();
  [[nodiscard]] bool in_line_mode() const;
  void resize(unsigned short rows) const;

  std::string screen;  ///< all that was shown

 private:
  void read_some();

  int master_ = -1;
  int slave_ = -1;
  pid_t pid_ = -1;
};

}  // namespace guest
