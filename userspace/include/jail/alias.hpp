// SPDX-License-Identifier: BSD-2-Clause
// Addresses that jail(8) added to an interface. Each has a file in /run/jail/addresses, named after
// the address; whoever uses it holds a shared flock(2) on the file, and who gets it exclusively is
// the last one and takes the address away. What a killed process left has no lock on it and is
// swept by the next one, unless a living jail still has the address.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jail/address.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

struct AliasConfig {
  std::string state_dir = "/run/jail";
  std::string helper{};  ///< jail-net(8), an absolute path
  std::string listing = "/proc/jails";
};

/// The use of an address. Giving it up is explicit, as it can fail; the destructor only lets go of
/// the lock and leaves the rest to a sweep.
class AliasLease {
 public:
  /// Adds the address to its interface if it is not there.
  /// @return nothing where it was there before and not by us: then it is not ours to remove
  [[nodiscard]] static Result<std::optional<AliasLease>> acquire(Kernel& kernel,
                                                                 const AliasConfig& config,
                                                                 const Alias& alias);

  /// Takes the address away if nobody else uses it.
  /// @return whether it was taken away
  [[nodiscard]] Result<bool> release(Kernel& kernel, const AliasConfig& config);

  [[nodiscard]] const Alias& alias() const { return alias_; }
  /// Of the locked file.
  [[nodiscard]] int descriptor() const { return file_.get(); }

 private:
  AliasLease(Alias alias, UniqueFd file) : alias_(std::move(alias)), file_(std::move(file)) {}

  Alias alias_;
  UniqueFd file_;
};

/// The address with its interface, if it was added by us and is still to be taken away.
[[nodiscard]] Result<std::optional<Alias>> find_alias(const AliasConfig& config, std::uint32_t ip);

/// Takes away what killed processes left behind.
/// @return the addresses taken away
[[nodiscard]] Result<std::vector<Alias>> sweep_aliases(Kernel& kernel, const AliasConfig& config);

}  // namespace libjail
