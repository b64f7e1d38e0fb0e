// SPDX-License-Identifier: BSD-2-Clause
// Jails with a PID namespace of their own. The kernel lets only those enter a jail who are in the
// PID namespace that it was made in; so whoever is to go in is forked there.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail {

/// Where the processes 1 of such jails are remembered: STATE/init/JID, each with the process ID on
/// the host. What stands there is believed only if the kernel says the same.
struct InitConfig {
  std::string state_dir = "/run/jail";
  std::string listing = "/proc/jails";
  std::string proc = "/proc";
};

/// @param jail  its descriptor
[[nodiscard]] Result<void> remember_init(Kernel& kernel, const InitConfig& config, int jail,
                                         pid_t init);
/// Forgets those whose jails are gone.
[[nodiscard]] Result<void> sweep_inits(Kernel& kernel, const InitConfig& config);

/// A descriptor of the process 1 of a jail, with a number from 16 on.
/// @return a closed one where the jail has no PID namespace of its own
[[nodiscard]] Result<UniqueFd> find_init(Kernel& kernel, const InitConfig& config, int jail);

/// In which one a child is to be.
class PidNamespace {
 public:
  /// The caller's.
  PidNamespace() = default;
  /// A new one, in which the child is process 1.
  [[nodiscard]] static PidNamespace fresh(Kernel& kernel) { return {&kernel, UniqueFd()}; }
  /// That of the jail.
  [[nodiscard]] static Result<PidNamespace> of(Kernel& kernel, const InitConfig& config, int jail);

  /// As fork(2). The caller stays where it is.
  [[nodiscard]] Result<pid_t> fork() const;

  [[nodiscard]] bool is_callers() const { return kernel_ == nullptr; }
  [[nodiscard]] bool is_fresh() const { return kernel_ != nullptr && !init_; }
  /// The process 1 of a jail's.
  [[nodiscard]] const UniqueFd& init() const { return init_; }

 private:
  PidNamespace(Kernel* kernel, UniqueFd init) : kernel_(kernel), init_(std::move(init)) {}

  Kernel* kernel_ = nullptr;
  UniqueFd init_;
};

}  // namespace libjail
