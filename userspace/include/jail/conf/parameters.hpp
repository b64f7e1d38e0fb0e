// SPDX-License-Identifier: BSD-2-Clause
// Every parameter of jail.conf(5): FreeBSD's jail(8) has them, and a few of our own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace libjail::conf {

struct Parameter {
  enum class Type {
    kBool,     ///< `x;` `nox;` `x = true|false|1|0;`
    kSystem,   ///< `x;` `nox;` `x = new|inherit|disable;`
    kInteger,  ///< least to most
    kString,   ///< one, not empty
    kPath,     ///< absolute
    kList,     ///< any number of strings
  };
  enum class Support {
    kYes,
    kNoEffect,  ///< taken with a warning: means nothing on Linux
    kNotYet,    ///< understood; a jail that asks for it is not made, as the kernel cannot do it yet
    kImpossible,  ///< refused: the wall has no such gate
    kUnsafe,      ///< breaks the wall: refused without allow.unsafe
    kFixed,       ///< true in every jail; false is refused
  };

  std::string_view name;
  Type type = Type::kString;
  Support support = Support::kYes;
  std::string_view reason{};     ///< of all but kYes: the end of a sentence with the name
  std::uint64_t capability = 0;  ///< that a kBool needs in the ceiling, as a mask
  std::int64_t least = 0;        ///< of kInteger
  std::int64_t most = 0;
};

/// All of them, by name.
[[nodiscard]] std::span<const Parameter> parameters();

struct FoundParameter {
  const Parameter* parameter;
  bool negated;  ///< by "no" before the last part of its name: "allow.nomount"
};

[[nodiscard]] std::optional<FoundParameter> find_parameter(std::string_view name);

/// The parameter whose name is nearest to an unknown one, or empty.
[[nodiscard]] std::string nearest_parameter(std::string_view name);

}  // namespace libjail::conf
