// SPDX-License-Identifier: BSD-2-Clause
// What a tool says: results on standard output, and on standard error lines "program: text", one
// write(2) each.
#pragma once

#include <string>
#include <string_view>

namespace cli {

enum class Verbosity { kQuiet, kNormal, kVerbose };

class Messages {
 public:
  Messages(std::string program, Verbosity verbosity)
      : program_(std::move(program)), verbosity_(verbosity) {}

  void error(std::string_view text) const { print(text); }
  /// Not with -q.
  void warning(std::string_view text) const;
  /// With -v only.
  void step(std::string_view text) const;

  /// Writes @p text, as it is, to standard output. Where that is impossible an error tells why,
  /// also with -q; not where nobody reads it any more.
  /// @return whether it was written
  [[nodiscard]] bool output(std::string_view text) const;
  /// The same for what only tells that something was done: the exit status is that of the work.
  void report(std::string_view text) const { static_cast<void>(output(text)); }

  [[nodiscard]] bool verbose() const { return verbosity_ == Verbosity::kVerbose; }

 private:
  void print(std::string_view text) const;

  std::string program_;
  Verbosity verbosity_;
};

/// What is said of standard output, before the reason, where it cannot be written.
inline constexpr const char* kWriteError = "write error";

/// The text with octal numbers for what would control a terminal, but for a newline and a tab:
/// parts of messages come from files of jails.
[[nodiscard]] std::string printable(std::string_view text);

/// Writes all of @p text to @p fd as far as that is possible.
/// @return whether it was; errno tells why not
bool write_all(int fd, std::string_view text);

}  // namespace cli
