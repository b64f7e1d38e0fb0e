// SPDX-License-Identifier: BSD-2-Clause
// The command line of jls(8).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "tools/jls/parameter.hpp"

namespace jls_tool {

struct Request {
  enum class Layout { kTable, kVerbose, kParameters };
  enum class Style { kText, kJson, kPrettyJson };

  Layout layout = Layout::kTable;
  Style style = Style::kText;
  bool dying = false;                 ///< show dying jails too
  bool exists = false;                ///< print nothing, only tell whether the jail is there
  bool by_name = false;               ///< names in the place of jail IDs
  bool header = false;                ///< with the names of the parameters
  bool name_value = false;            ///< "name=value"
  bool quoted = false;                ///< for a shell
  bool settable = false;              ///< only what can be given to jail(8)
  std::optional<std::string> jail{};  ///< a name or a jail ID; all without it
  std::vector<const Parameter*> parameters{};
  bool all = false;  ///< the parameters are all that there are
};

/// @param argv  as main() has it, without the NULL at its end
[[nodiscard]] std::variant<Request, cli::Stop> parse_arguments(std::vector<std::string> argv);

}  // namespace jls_tool
