// SPDX-License-Identifier: BSD-2-Clause
// The commands of a jail: exec.* and "command", by sh(1), on the host and in the jail.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "jail/pid_namespace.hpp"
#include "lifecycle/interrupts.hpp"
#include "lifecycle/output.hpp"
#include "limits/control_group.hpp"
#include "session/channel.hpp"
#include "session/job.hpp"

namespace libjail::lifecycle {

/// The jail that commands run in.
struct Place {
  int jail = -1;          ///< its descriptor, with a number from session::kFirstFree on
  std::uint32_t jid = 0;  ///< 0: not made yet
  const limits::ControlGroup* group = nullptr;  ///< that a process joins before it enters
  InitConfig inits{};                           ///< where its process 1 is found
  bool filtered = false;                        ///< the system calls of those in it
};

/// How a process that is to be a command enters the jail.
/// @param user  whose command it is, where it is one
[[nodiscard]] Result<Entered> enter(Kernel& kernel, const Place& place, const std::string& name,
                                    bool named, const std::optional<User>& user,
                                    unsigned int first_closed, const StepLog& log);

class Commands {
 public:
  /// All arguments must outlive it.
  Commands(Kernel& kernel, const conf::JailConfig& config, Interrupts& interrupts,
           const StepLog& log)
      : kernel_(kernel), config_(config), interrupts_(interrupts), log_(log) {}

  void set_place(const Place& place) { place_ = place; }

  /// Runs the commands one after the other, as exec.system_user says. Each has a process group of
  /// its own, which is ended with SIGTERM and SIGKILL after exec.timeout or on an interrupt.
  /// @return an error for the first that fails
  [[nodiscard]] Result<void> on_host(const std::vector<std::string>& commands);
  /// The same in the jail, as exec.jail_user says.
  [[nodiscard]] Result<void> in_jail(const std::vector<std::string>& commands);
  /// A command line of the caller's, with the caller's input and output.
  [[nodiscard]] Result<void> interactive(const std::vector<std::string>& argv,
                                         const cli::Messages& messages);

  /// Where commands in the jail write, if any did.
  [[nodiscard]] std::vector<int> outputs() const;

 private:
  struct Running {
    pid_t pid;
    UniqueFd process;  ///< a pidfd
    session::Channel channel;
  };
  struct InJail {
    std::optional<User> user;
    bool named = false;
    UniqueFd console;
  };

  Result<Running> fork_child(const PidNamespace& place,
                             const std::function<int(session::Channel)>& child);
  Result<InJail> prepare_entry();
  Result<void> wait(Running running, const std::string& command);
  void end(pid_t pid, int signal) const;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const;
  [[nodiscard]] session::Job job(const InJail& entry, session::Command command,
                                 const cli::Messages& messages);

  Kernel& kernel_;
  const conf::JailConfig& config_;
  Interrupts& interrupts_;
  const StepLog& log_;
  Place place_;
  std::optional<Output> output_;
};

}  // namespace libjail::lifecycle
