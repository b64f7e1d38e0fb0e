// SPDX-License-Identifier: BSD-2-Clause
// Command lines as getopt_long(3) reads them; reading ends at the first operand, as what follows
// may be somebody else's command.
#pragma once

#include <getopt.h>

#include <cstdlib>
#include <span>
#include <string>
#include <vector>

namespace cli {

/// The end, before anything was done.
struct Stop {
  std::string out{};  ///< for standard output
  std::string err{};  ///< for standard error
  int status = 0;
};

/// Prints the two texts.
/// @param failure  the exit status where the first could not be written
/// @return the exit status
[[nodiscard]] int finish(const Stop& stop, int failure = EXIT_FAILURE);

/// What long options without a letter have as their code.
enum LongOption { kHelp = 256, kVersion, kFirstOwn };

class Arguments {
 public:
  /// @param argv      as main() has it, without the NULL at its end
  /// @param letters   as for getopt(3), without "+" and ":"
  /// @param long_options  those of getopt_long(3), with the empty one at the end; must stay alive
  Arguments(std::vector<std::string> argv, const std::string& letters,
            std::span<const option> long_options);

  /// The code of the next option, ':' or '?' for a wrong one, -1 where there is none.
  [[nodiscard]] int next();
  /// The value of the option.
  [[nodiscard]] std::string value() const;
  /// What is wrong after ':' or '?'.
  [[nodiscard]] std::string problem() const;
  /// What follows the options.
  [[nodiscard]] std::vector<std::string> operands() const;

 private:
  std::vector<std::string> argv_;
  std::vector<char*> pointers_;
  std::string letters_;
  std::span<const option> long_options_;
  int code_ = -1;
};

}  // namespace cli
