// SPDX-License-Identifier: BSD-2-Clause
// Work on several jails at a time, on each in a process of its own.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "jail/error.hpp"
#include "jail/unique_fd.hpp"
#include "lifecycle/interrupts.hpp"

namespace jail_tool {

class Workers {
 public:
  struct Ended {
    std::string jail;
    int status = 0;  ///< the exit status, as a shell has it
  };

  explicit Workers(libjail::lifecycle::Interrupts& interrupts) : interrupts_(interrupts) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  /// Waits for all.
  ~Workers();

  /// Does @p work in a child, in a process group of its own, so that an interrupt comes by us
  /// alone.
  /// @param work  @return the exit status of the child
  [[nodiscard]] libjail::Result<void> begin(const std::string& jail,
                                            const std::function<int()>& work);

  /// Waits for the first that ends. Interrupts are passed on to all, as SIGTERM.
  /// There must be one.
  [[nodiscard]] Ended wait();

  [[nodiscard]] std::size_t count() const { return running_.size(); }
  [[nodiscard]] bool is_at(const std::string& jail) const;

 private:
  void pass_on_interrupt();

  struct Worker {
    std::string jail;
    pid_t pid = -1;
    libjail::UniqueFd process;
  };

  libjail::lifecycle::Interrupts& interrupts_;
  std::vector<Worker> running_;
  bool told_ = false;  ///< of the first interrupt
};

}  // namespace jail_tool
