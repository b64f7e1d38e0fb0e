// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "cli/messages.hpp"
#include "jail/apply.hpp"
#include "jail/kernel.hpp"
#include "jail/pid_namespace.hpp"
#include "lifecycle/interrupts.hpp"
#include "limits/control_group.hpp"
#include "network/interface_lease.hpp"

namespace libjail::lifecycle {

/// The host that jails are started on, as far as tests replace it.
struct Host {
  Kernel& kernel;
  Interrupts& interrupts;
  network::NetworkConfig network;
  std::string cgroup_root = limits::kCgroupRoot;
  cli::Messages messages{"jail", cli::Verbosity::kNormal};
  StepLog log = [](const std::string&) {};   ///< each step that was done
  StepLog warn = [](const std::string&) {};  ///< what went wrong and does not stop us

  [[nodiscard]] const std::string& state_dir() const { return network.state_dir; }
  [[nodiscard]] InitConfig inits() const {
    return {.state_dir = network.state_dir, .listing = network.listing};
  }
  [[nodiscard]] const std::string& listing() const { return network.listing; }
};

}  // namespace libjail::lifecycle
