// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/stop_order.hpp"

#include <algorithm>
#include <utility>

#include "lifecycle/record.hpp"

namespace libjail::lifecycle {
namespace {

conf::JailConfig recorded(Kernel& kernel, const std::string& state_dir, const std::string& name) {
  const auto settings = Record::peek(kernel, state_dir, name);
  auto config = settings ? conf::make_config(*settings)
                         : conf::Checked<conf::JailConfig>(conf::JailConfig{.name = name});
  return config ? *std::move(config) : conf::JailConfig{.name = name};
}

}  // namespace

std::vector<conf::JailConfig> stop_order(Kernel& kernel, const std::string& state_dir,
                                         const std::set<std::string>& names) {
  std::vector<conf::JailConfig> configs;
  std::set<std::string> known;
  auto all = Record::names(state_dir).value_or(std::vector<std::string>{});
  all.insert(all.end(), names.begin(), names.end());
  for (const auto& name : all) {
    if (known.insert(name).second) configs.push_back(recorded(kernel, state_dir, name));
  }
  for (auto& config : configs) {
    std::erase_if(config.depend, [&known](const conf::Dependency& dependency) {
      return !known.contains(dependency.name);
    });
  }
  auto sorted = conf::start_order(configs);
  if (!sorted) {  // records disagree: any order will do
    std::erase_if(configs, [&](const auto& config) { return !names.contains(config.name); });
    return configs;
  }
  std::vector<conf::JailConfig> order;
  std::set<std::string> chosen = names;
  for (auto& config : *sorted) {
    const bool needs_one = std::ranges::any_of(config.depend, [&chosen](const auto& dependency) {
      return chosen.contains(dependency.name);
    });
    if (needs_one) chosen.insert(config.name);
    if (chosen.contains(config.name)) order.push_back(std::move(config));
  }
  std::ranges::reverse(order);
  return order;
}

}  // namespace libjail::lifecycle
