// SPDX-License-Identifier: BSD-2-Clause
// From the tree of jail.conf(5) to the parameters of each jail: wildcards are merged in, later ones
// override earlier ones, variables are replaced.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "jail/conf/parameters.hpp"
#include "jail/conf/position.hpp"
#include "jail/conf/syntax.hpp"
#include "jail/error.hpp"

namespace libjail::conf {

/// Every mistake that was found, each with its position.
template <class T>
using Checked = std::expected<T, std::vector<Error>>;

inline constexpr std::size_t kMaxVariableDepth = 64;  ///< of variables in variables
inline constexpr std::size_t kMaxResolvedSize = std::size_t{64} << 20;  ///< of all jails, in bytes

struct Value {
  std::string text;
  Position position;  ///< of the word that it came from
};

struct Setting {
  const Parameter* parameter = nullptr;
  bool negated = false;  ///< `noNAME`
  std::vector<Value> values{};
  Position position{};
};

/// The parameters of one jail, each once, "name" first.
struct JailSettings {
  std::string name;
  std::vector<Setting> settings;
  Position position;

  [[nodiscard]] const Setting* find(std::string_view parameter) const;
};

/// Does a jail's name match the name of a wildcard? A "*" in the middle stands for one part between
/// dots, one at the end for one or more.
[[nodiscard]] bool matches_wildcard(std::string_view name, std::string_view wildcard);

/// @param document  with what it includes in its place, see load(); an .include is an error
/// @return the jails in the order of the file; errors for unknown parameters and variables, jails
///         that are defined twice, loops of variables, more than one value where one is possible
[[nodiscard]] Checked<std::vector<JailSettings>> resolve(const Document& document);

/// As `jail -e` prints it: "name=value", list items with commas between them, parameters with
/// @p separator.
[[nodiscard]] std::string format_settings(const JailSettings& jail, std::string_view separator);

}  // namespace libjail::conf
