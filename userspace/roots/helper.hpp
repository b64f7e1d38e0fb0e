// SPDX-License-Identifier: BSD-2-Clause
// Child processes that do the work on files that others prepared: confined, joined by pipes,
// watched.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/roots/environment.hpp"

namespace libjail::roots {

/// What helpers count, in memory that they share with us.
struct Counters {
  std::atomic<std::uint64_t> files{};
  std::atomic<std::uint64_t> bytes{};
  std::atomic<std::uint64_t> devices{};   ///< device nodes and sockets, which were left out
  std::atomic<std::uint64_t> warnings{};  ///< attributes that could not be restored
};

struct Helper {
  std::string what;  ///< for messages: "mmdebstrap"
  int in = -1;       ///< becomes descriptor 0; -1: /dev/null
  int out = -1;      ///< becomes descriptor 1; -1: /dev/null

  /// The folder that becomes its root directory, or -1. Then only these capabilities remain.
  int root = -1;
  std::uint64_t capabilities{};
  std::function<Result<void>(Counters&)> work{};

  /// Or a program, which has its own pid and mount namespaces, so that all it started and mounted
  /// ends with it. What it prints on standard error explains its failure.
  std::vector<std::string> argv{};
  std::vector<std::string> variables{};  ///< "NAME=value", besides PATH, HOME and LC_ALL
  std::string writable{};  ///< the one folder that it can write below; empty: anything
  bool devices = true;     ///< whether it may make device nodes
};

/// Runs all at once until all have ended; the caller's copies of in and out are closed.
/// @return the first error that is not the consequence of another
[[nodiscard]] Result<void> run_helpers(const Environment& environment, const std::string& step,
                                       const std::vector<Helper>& helpers,
                                       Counters* total = nullptr);

/// What helpers were not able to do although they succeeded, or nothing.
[[nodiscard]] std::optional<std::string> remark(const Counters& counters);

}  // namespace libjail::roots
