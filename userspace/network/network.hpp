// SPDX-License-Identifier: BSD-2-Clause
// The network of a jail: what is added to the host for it, and taken away by whoever comes last.
//
//   auto network = Network::up(kernel, config, jail);   // on the host, before the jail is made
//   network->enter(kernel);                             // in the process that becomes the jail's
//   … jail(2) …
//   network->release(kernel, config);                   // when the jail is gone
//
// A process that keeps the jail keeps descriptors() open meanwhile. What a killed one left is swept
// by the next, unless the jail lives.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jail/alias.hpp"
#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "network/commands.hpp"
#include "network/interface_lease.hpp"
#include "network/plan.hpp"

namespace libjail::network {

class Network {
 public:
  /// Adds what the jail is to have: all or nothing.
  [[nodiscard]] static Result<Network> up(Kernel& kernel, const NetworkConfig& config,
                                          const conf::JailConfig& jail);

  /// Moves the calling process into the network namespace, where the jail has one of its own; does
  /// nothing else. jail(2) remembers the namespace of its caller, and the namespace goes with the
  /// jail.
  [[nodiscard]] Result<void> enter(Kernel& kernel) const;

  /// Takes away what was added, where nobody else uses it.
  /// @return the commands that would have done the same
  [[nodiscard]] Result<std::vector<std::string>> release(Kernel& kernel,
                                                         const NetworkConfig& config);

  /// The commands that would have done the same as up().
  [[nodiscard]] const std::vector<std::string>& steps() const { return steps_; }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  /// Of the locked files; of the namespace too where interfaces have to come back from it.
  [[nodiscard]] std::vector<int> descriptors() const;

 private:
  explicit Network(Plan plan) : plan_(std::move(plan)) {}

  Result<void> add_alias(Kernel& kernel, const NetworkConfig& config, const Alias& address);
  Result<void> add_vlan(Kernel& kernel, const NetworkConfig& config, const conf::Vlan& vlan);
  Result<void> add_namespace(Kernel& kernel, const NetworkConfig& config);
  Result<void> add_veth(Kernel& kernel, const NetworkConfig& config, const std::string& path,
                        const Alias& address);
  Result<void> add_nat(Kernel& kernel, const NetworkConfig& config, const Alias& address);
  Result<void> move_interfaces(Kernel& kernel, const NetworkConfig& config,
                               const std::string& path);
  Result<void> configure(Kernel& kernel, const NetworkConfig& config, const std::string& path,
                         const std::optional<Alias>& gateway);
  /// Where jail-net(8) finds the namespace: no descriptor of ours is passed on.
  [[nodiscard]] std::string namespace_path() const;

  Plan plan_;
  Additions additions_;
  std::optional<AliasLease> alias_;
  std::optional<InterfaceLease> interface_;
  UniqueFd namespace_;
  std::vector<std::string> moved_;  ///< so far
  std::vector<std::string> steps_;
};

/// Takes away what killed processes left behind.
/// @return the commands that would have done the same
[[nodiscard]] Result<std::vector<std::string>> sweep(Kernel& kernel, const NetworkConfig& config);

}  // namespace libjail::network
