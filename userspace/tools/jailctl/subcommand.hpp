// SPDX-License-Identifier: BSD-2-Clause
// What a subcommand of jailctl(8) is: a file of its own with a function that returns this, and a
// line in subcommands.cpp. It sees no CLI11, which takes long to compile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/messages.hpp"
#include "jail/kernel.hpp"

namespace jailctl {

inline constexpr int kOk = 0;
inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;
inline constexpr int kUnchecked = 2;  ///< of the doctor, where kFailure says that a jail is unsafe

/// What a subcommand runs with.
struct Context {
  libjail::Kernel& kernel;
  const cli::Messages& messages;
  std::string proc = "/proc";
  std::string etc = "/etc";  ///< where files of jail.conf(5) are
  std::string cgroup = "/sys/fs/cgroup";
  std::string state = "/run/jail";  ///< what was added to the host for jails
};

struct Option {
  std::string names;                             ///< "--from", or "-n,--dry-run"
  std::string help;                              ///< one line without a full stop
  std::string value{};                           ///< the name of its value; empty: it has none
  std::function<void(const std::string&)> take;  ///< gets the value, or "" where it has none
  bool required = false;
  std::string excludes{};  ///< the long names of options that do not go with it, by blanks
};

struct Operand {
  std::string name;  ///< "NAME"
  std::string help;
  std::function<void(const std::string&)> take;  ///< called for each
  bool required = true;
  bool several = false;
};

struct Subcommand {
  std::string name;
  std::string summary;  ///< one line
  std::vector<Operand> operands;
  std::vector<Option> options;
  std::function<int(const Context&)> run{};  ///< @return the exit status
  /// Gets all words behind the name where they are for another program, and not to be looked at.
  std::function<void(std::vector<std::string>)> take_all{};
  std::string alias{};  ///< a short name
};

/// Operands and options that mean the same everywhere.
[[nodiscard]] Operand jail_operand(std::string& jail);
/// Any number of them, also none.
[[nodiscard]] Operand several_operands(std::string name, std::string help,
                                       std::vector<std::string>& values);
[[nodiscard]] Option dry_run_option(bool& dry_run);
[[nodiscard]] Option file_option(std::string& file);
[[nodiscard]] Option json_option(bool& json);

/// All there are, in the order of the help text.
[[nodiscard]] std::vector<Subcommand> subcommands();

}  // namespace jailctl
