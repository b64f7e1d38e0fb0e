// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/selection.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "jail/conf/load.hpp"
#include "lib/text.hpp"

namespace jail_tool {
namespace {

namespace conf = libjail::conf;
using libjail::Error;

constexpr const char* kNone = "";  ///< the key of a jail on the command line

}  // namespace

bool is_wildcard(const std::string& name) {
  return std::ranges::any_of(libjail::split(name, '.'),
                             [](std::string_view part) { return part == "*"; });
}

conf::Checked<const Selection::Jails*> Selection::resolve(const std::string& key,
                                                          conf::Document document) {
  for (const auto& statement : sources_.overrides) document.items.emplace_back(statement);
  auto jails = conf::resolve(document);
  if (!jails) return std::unexpected(std::move(jails.error()));
  return &loaded_.emplace(key, *std::move(jails)).first->second;
}

/// The file for a jail; "" means that of all jails.
conf::Checked<const Selection::Jails*> Selection::load(const std::string& name) {
  if (sources_.block) {
    if (const auto at = loaded_.find(kNone); at != loaded_.end()) return &at->second;
    return resolve(kNone, {.items = {*sources_.block}});
  }
  const auto path = sources_.file ? libjail::Result<std::string>(*sources_.file)
                                  : conf::find_file(kernel_, sources_.directory, name);
  if (!path) return std::unexpected(std::vector{path.error()});
  if (const auto at = loaded_.find(*path); at != loaded_.end()) return &at->second;
  auto document = conf::load(kernel_, *path);
  if (!document) return std::unexpected(std::vector{document.error()});
  return resolve(*path, *std::move(document));
}

void Selection::add(const conf::JailSettings& settings, bool named) {
  if (const auto at = std::ranges::find(found_, settings.name,
                                        [](const SelectedJail& jail) { return jail.config.name; });
      at != found_.end()) {
    at->named |= named;
    return;
  }
  auto config = conf::make_config(settings);
  if (!config) {
    errors_.insert(errors_.end(), config.error().begin(), config.error().end());
    return;
  }
  const auto depend = config->depend;
  found_.push_back({.settings = settings, .config = *std::move(config), .named = named});
  for (const auto& dependency : depend) add_named(dependency.name, false);
}

void Selection::add_named(const std::string& name, bool named) {
  const auto jails = load(name);
  if (!jails) {
    errors_.insert(errors_.end(), jails.error().begin(), jails.error().end());
    return;
  }
  const auto at = std::ranges::find(**jails, name, &conf::JailSettings::name);
  if (at != (*jails)->end()) {
    add(*at, named);
  } else if (named) {
    errors_.push_back({.code = 0, .what = "jail \"" + name + "\" is not in the configuration"});
  }
  // One that another jail depends on is missed when they are put in order.
}

void Selection::add_matching(const std::string& wildcard) {
  const auto jails = load("");
  if (!jails) {
    errors_.insert(errors_.end(), jails.error().begin(), jails.error().end());
    return;
  }
  bool any = wildcard == "*";
  for (const auto& jail : **jails) {
    if (!conf::matches_wildcard(jail.name, wildcard)) continue;
    any = true;
    add(jail, false);
  }
  if (!any) {
    errors_.push_back(
        {.code = 0, .what = "no jail of the configuration matches \"" + wildcard + "\""});
  }
}

conf::Checked<std::vector<SelectedJail>> Selection::find(const std::vector<std::string>& names) {
  found_.clear();
  errors_.clear();
  for (const auto& name : names) {
    if (is_wildcard(name)) {
      add_matching(name);
    } else {
      add_named(name, true);
    }
  }
  if (!errors_.empty()) {
    // A file is often the reason for more than one.
    std::vector<Error> once;
    for (auto& error : errors_) {
      const auto same = [&error](const Error& other) { return other.text() == error.text(); };
      if (std::ranges::none_of(once, same)) once.push_back(std::move(error));
    }
    return std::unexpected(std::move(once));
  }
  std::vector<conf::JailConfig> configs;
  configs.reserve(found_.size());
  for (const auto& jail : found_) configs.push_back(jail.config);
  const auto order = conf::start_order(std::move(configs));
  if (!order) return std::unexpected(std::vector{order.error()});
  std::vector<SelectedJail> sorted;
  sorted.reserve(found_.size());
  for (const auto& config : *order) {
    sorted.push_back(*std::ranges::find(found_, config.name,
                                        [](const SelectedJail& jail) { return jail.config.name; }));
  }
  return sorted;
}

std::optional<conf::JailConfig> Selection::config_of(const std::string& name) {
  const auto jails = load(name);
  if (!jails) return {};
  const auto at = std::ranges::find(**jails, name, &conf::JailSettings::name);
  if (at == (*jails)->end()) return {};
  auto config = conf::make_config(*at);
  if (!config) return {};
  return *std::move(config);
}

}  // namespace jail_tool
