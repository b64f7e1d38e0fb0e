// SPDX-License-Identifier: BSD-2-Clause
// Interfaces that were made for jails. Each has a file in /run/jail/interfaces, with the lock that
// lib/state_folder.hpp tells of. The bridge has a file without a lock: it goes with its last port.
#pragma once

#include <net/if.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::network {

struct NetworkConfig {
  std::string state_dir = "/run/jail";
  std::string helper{};  ///< jail-net(8), an absolute path
  std::string listing = "/proc/jails";
  std::string bridge = "jail0";  ///< of the veth pairs
  std::string forwarding = "/proc/sys/net/ipv4/ip_forward";
  /// Whether the host has an interface of that name.
  std::function<bool(const std::string&)> has_interface = [](const std::string& name) {
    return ::if_nametoindex(name.c_str()) != 0;
  };
  /// The number of that interface, which no other ever gets; 0: there is none.
  std::function<unsigned int(const std::string&)> index_of = [](const std::string& name) {
    return ::if_nametoindex(name.c_str());
  };
};

/// Runs jail-net(8), which says why it fails.
/// @param what  the same as commands of ip(8), for an error
[[nodiscard]] Result<void> run_helper(Kernel& kernel, const NetworkConfig& config,
                                      std::vector<std::string> arguments, const std::string& what);

/// Runs jail-nat(8), which is installed beside jail-net(8).
[[nodiscard]] Result<void> run_nat(Kernel& kernel, const NetworkConfig& config,
                                   std::vector<std::string> arguments, const std::string& what);

/// Whether it has a file in the folder of the leases.
[[nodiscard]] bool is_made_by_us(const NetworkConfig& config, const std::string& name);

/// Whether a jail of that name is there, or nobody can tell.
[[nodiscard]] bool jail_lives(Kernel& kernel, const NetworkConfig& config, const std::string& jail);

/// How a bridge that is not there is made: run with the folder of the leases locked.
struct Bridge {
  std::string name;
  std::vector<std::string> add;  ///< the arguments of jail-net(8)
  std::string command;           ///< the same for an error
};

class InterfaceLease {
 public:
  /// Makes an interface for one jail alone.
  /// @param bridge  made before, or left as it is where it was there before and not by us
  /// @param nat  addresses are going to be translated for the jail: release() ends that too
  /// @return EBUSY where another jail has the interface, EEXIST where the host has it
  [[nodiscard]] static Result<InterfaceLease> acquire(
      Kernel& kernel, const NetworkConfig& config, const std::string& name, const std::string& jail,
      const std::vector<std::string>& add, const std::string& command,
      const std::optional<Bridge>& bridge, bool nat);

  /// Removes the interface if nobody else holds it, and the bridge with its last port.
  /// @return the names of what was removed
  [[nodiscard]] Result<std::vector<std::string>> release(Kernel& kernel,
                                                         const NetworkConfig& config);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int descriptor() const { return file_.get(); }

 private:
  InterfaceLease(std::string name, std::string jail, bool nat, UniqueFd file)
      : name_(std::move(name)), jail_(std::move(jail)), nat_(nat), file_(std::move(file)) {}

  std::string name_;
  std::string jail_;
  bool nat_;
  UniqueFd file_;
};

/// An interface that was made for a jail.
struct OwnedInterface {
  std::string name;
  bool nat = false;  ///< the jail's addresses are translated

  auto operator<=>(const OwnedInterface&) const = default;
};

[[nodiscard]] Result<std::vector<OwnedInterface>> interfaces_of(const NetworkConfig& config,
                                                                const std::string& jail);

/// Removes the interfaces that killed processes left behind, unless their jail lives.
/// @return the names of what was removed
[[nodiscard]] Result<std::vector<std::string>> sweep_interfaces(Kernel& kernel,
                                                                const NetworkConfig& config);

}  // namespace libjail::network
