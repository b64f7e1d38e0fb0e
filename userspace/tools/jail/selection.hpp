// SPDX-License-Identifier: BSD-2-Clause
// Which jails are meant: from the names on the command line to configurations in order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/conf/resolve.hpp"
#include "jail/conf/syntax.hpp"
#include "jail/kernel.hpp"

namespace jail_tool {

struct SelectedJail {
  libjail::conf::JailSettings settings;
  libjail::conf::JailConfig config;
  bool named = false;  ///< by its name, not by a wildcard or as what another one depends on
};

class Selection {
 public:
  struct Sources {
    std::string directory = "/etc";                     ///< where files are looked for
    std::optional<std::string> file{};                  ///< instead
    std::optional<libjail::conf::Block> block{};        ///< instead of any file
    std::vector<libjail::conf::Statement> overrides{};  ///< for every jail
  };

  Selection(libjail::Kernel& kernel, Sources sources)
      : kernel_(kernel), sources_(std::move(sources)) {}

  /// The jails of those names and wildcards, and those that they depend on, each before those that
  /// depend on it.
  [[nodiscard]] libjail::conf::Checked<std::vector<SelectedJail>> find(
      const std::vector<std::string>& names);

  /// A jail that its file defines without a mistake.
  [[nodiscard]] std::optional<libjail::conf::JailConfig> config_of(const std::string& name);

 private:
  using Jails = std::vector<libjail::conf::JailSettings>;

  libjail::conf::Checked<const Jails*> load(const std::string& name);
  libjail::conf::Checked<const Jails*> resolve(const std::string& key,
                                               libjail::conf::Document document);
  void add(const libjail::conf::JailSettings& settings, bool named);
  void add_named(const std::string& name, bool named);
  void add_matching(const std::string& wildcard);

  libjail::Kernel& kernel_;
  Sources sources_;
  std::map<std::string, Jails> loaded_;  ///< by file
  std::vector<SelectedJail> found_;
  std::vector<libjail::Error> errors_;
};

[[nodiscard]] bool is_wildcard(const std::string& name);

}  // namespace jail_tool
