// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/lease.hpp"

#include <utility>

namespace libjail::lifecycle {

Result<void> Lease::take_network(const Host& host, const conf::JailConfig& config) {
  auto network = network::Network::up(host.kernel, host.network, config);
  if (!network) return std::unexpected(network.error());
  for (const auto& step : network->steps()) host.log(step);
  network_ = std::move(*network);
  return {};
}

Result<void> Lease::enter_network(Kernel& kernel) const {
  return network_ ? network_->enter(kernel) : Result<void>();
}

Result<void> Lease::take_group(const Host& host, const conf::JailConfig& config) {
  auto group = limits::ControlGroup::make(config.name, config.limits, host.cgroup_root);
  if (!group) return std::unexpected(group.error());
  if (!group->exists()) return {};
  host.log("control group " + group->path());
  group_ = std::move(*group);
  return {};
}

Result<void> Lease::release_network(const Host& host) {
  if (!network_) return {};
  auto network = std::move(*network_);
  network_.reset();
  const auto released = network.release(host.kernel, host.network);
  if (!released) return std::unexpected(released.error());
  for (const auto& step : *released) host.log(step);
  return {};
}

Result<void> Lease::release_group() {
  if (!group_) return {};
  const auto group = std::move(*group_);
  group_.reset();
  return group.remove();
}

std::vector<int> Lease::descriptors() const {
  std::vector<int> descriptors;
  if (network_) descriptors = network_->descriptors();
  if (group_) descriptors.push_back(group_->descriptor());
  return descriptors;
}

Result<void> sweep_leases(const Host& host) {
  const auto networks = network::sweep(host.kernel, host.network);
  if (!networks) return std::unexpected(networks.error());
  for (const auto& step : *networks) host.log("swept: " + step);
  const auto groups = limits::ControlGroup::sweep(host.kernel, host.listing(), host.cgroup_root);
  if (!groups) return std::unexpected(groups.error());
  for (const auto& group : *groups) host.log("swept: control group of jail \"" + group + "\"");
  return sweep_inits(host.kernel, host.inits());
}

}  // namespace libjail::lifecycle
