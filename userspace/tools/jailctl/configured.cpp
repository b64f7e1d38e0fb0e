// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/configured.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "jail/conf/load.hpp"

namespace jailctl {
namespace {

namespace conf = libjail::conf;
using libjail::Error;

conf::Checked<std::vector<conf::JailSettings>> read(const Context& context,
                                                    const std::string& file) {
  const auto document = conf::load(context.kernel, file);
  if (!document) return std::unexpected(std::vector{document.error()});
  return conf::resolve(*document);
}

/// The names of which a file of their own tells, sorted.
std::vector<std::string> names_of_files(const std::string& folder, std::string_view prefix) {
  constexpr std::string_view kSuffix = ".conf";
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    std::string name = entry.path().filename();
    if (name.size() <= prefix.size() + kSuffix.size() || !name.starts_with(prefix) ||
        !name.ends_with(kSuffix)) {
      continue;
    }
    names.push_back(name.substr(prefix.size(), name.size() - prefix.size() - kSuffix.size()));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

conf::Checked<std::optional<conf::JailSettings>> find_configured(const Context& context,
                                                                 const std::string& file,
                                                                 const std::string& name) {
  std::string path = file;
  if (path.empty()) {
    const auto found = conf::find_file(context.kernel, context.etc, name);
    if (!found && found.error().code == ENOENT) return std::nullopt;
    if (!found) return std::unexpected(std::vector{found.error()});
    path = *found;
  }
  auto jails = read(context, path);
  if (!jails) return std::unexpected(jails.error());
  for (auto& jail : *jails) {
    if (jail.name == name) return std::move(jail);
  }
  return std::nullopt;
}

std::vector<conf::JailConfig> all_configured(const Context& context, const std::string& file,
                                             std::vector<Error>& errors) {
  std::vector<conf::JailSettings> all;
  const auto take = [&](auto result) {
    if (!result) errors.insert(errors.end(), result.error().begin(), result.error().end());
    return result.has_value();
  };
  std::error_code none;
  const std::string common = file.empty() ? context.etc + "/jail.conf" : file;
  if (!file.empty() || std::filesystem::exists(common, none)) {
    auto jails = read(context, common);
    if (take(jails)) all = *std::move(jails);
  }
  if (file.empty()) {
    auto names = names_of_files(context.etc, "jail.");
    const auto others = names_of_files(context.etc + "/jail.conf.d", "");
    names.insert(names.end(), others.begin(), others.end());
    for (const auto& name : names) {
      const auto found = find_configured(context, {}, name);
      const auto jail = take(found) ? *found : std::nullopt;
      if (!jail) continue;
      // A file of its own goes before the common one, and jail.NAME.conf before the folder's.
      std::erase_if(all, [&](const auto& other) { return other.name == name; });
      all.push_back(*jail);
    }
  }
  std::vector<conf::JailConfig> configs;
  for (const auto& settings : all) {
    auto config = conf::make_config(settings);
    if (take(config)) configs.push_back(*std::move(config));
  }
  return configs;
}

}  // namespace jailctl
