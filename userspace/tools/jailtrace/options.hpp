// SPDX-License-Identifier: BSD-2-Clause
// The command line of jailtrace(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "monitor/tracer.hpp"

namespace jailtrace {

inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;

struct Request {
  monitor::Filter filter{};
  std::optional<std::uint64_t> count{};    ///< events to print
  std::optional<std::uint32_t> seconds{};  ///< to look for
  bool json = false;
  bool unique = false;

  bool operator==(const Request&) const = default;
};

[[nodiscard]] std::variant<Request, cli::Stop> parse_arguments(std::vector<std::string> argv);

}  // namespace jailtrace
