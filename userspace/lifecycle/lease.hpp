// SPDX-License-Identifier: BSD-2-Clause
// What the host gives to a jail and has to take back: its network and its control group. Both are
// held by locks, so that what nobody holds any more is swept.
#pragma once

#include <optional>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "lifecycle/host.hpp"
#include "limits/control_group.hpp"
#include "network/network.hpp"

namespace libjail::lifecycle {

class Lease {
 public:
  [[nodiscard]] Result<void> take_network(const Host& host, const conf::JailConfig& config);
  [[nodiscard]] Result<void> take_group(const Host& host, const conf::JailConfig& config);

  [[nodiscard]] Result<void> release_network(const Host& host);
  [[nodiscard]] Result<void> release_group();

  /// For the process that makes the jail: moves it to where the jail's network is.
  [[nodiscard]] Result<void> enter_network(Kernel& kernel) const;
  /// That processes of the jail join; NULL where there is none.
  [[nodiscard]] const limits::ControlGroup* group() const { return group_ ? &*group_ : nullptr; }
  /// For the keeper: moves it to where nothing but the end of the jail ends it.
  [[nodiscard]] Result<void> keep() { return group_ ? group_->keep() : Result<void>(); }
  /// Which carry the locks: a keeper keeps them open.
  [[nodiscard]] std::vector<int> descriptors() const;

 private:
  std::optional<network::Network> network_;
  std::optional<limits::ControlGroup> group_;
};

/// Takes back what nobody holds any more.
[[nodiscard]] Result<void> sweep_leases(const Host& host);

}  // namespace libjail::lifecycle
