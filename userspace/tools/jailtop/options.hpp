// SPDX-License-Identifier: BSD-2-Clause
// The command line of jailtop(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "tools/jailtop/rows.hpp"

namespace jailtop {

inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;

struct Request {
  bool batch = false;
  bool json = false;
  std::optional<std::uint64_t> count{};   ///< of tables, with batch
  int delay_ms = 2000;                    ///< between two of them
  std::size_t column = kProcessorColumn;  ///< to sort by
  bool reverse = false;
  std::string filter{};

  bool operator==(const Request&) const = default;
};

[[nodiscard]] std::variant<Request, cli::Stop> parse_arguments(std::vector<std::string> argv);

}  // namespace jailtop
