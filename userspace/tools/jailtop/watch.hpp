// SPDX-License-Identifier: BSD-2-Clause
// The last two looks at the jails, and at the processes of one.
#pragma once

#include <functional>
#include <optional>

#include "monitor/usage.hpp"
#include "tools/jailtop/rows.hpp"

namespace jailtop {

class Watch {
 public:
  Watch(libjail::Kernel& kernel, monitor::Sources sources)
      : kernel_(kernel), sources_(std::move(sources)) {}

  /// Looks again.
  /// @param inside  the jail whose processes are looked at, too
  [[nodiscard]] libjail::Result<void> look(std::optional<std::uint32_t> inside = {});

  [[nodiscard]] Table jails() const { return jail_table(before_, now_); }
  [[nodiscard]] Table processes() const;
  /// "3 jails, 12 processes"
  [[nodiscard]] std::string summary() const;
  /// Seconds since 1970 of the last look.
  [[nodiscard]] double time() const;

 private:
  libjail::Kernel& kernel_;
  monitor::Sources sources_;
  monitor::Sample before_;
  monitor::Sample now_;
  std::optional<std::uint32_t> inside_;
  ProcessSample processes_before_;
  ProcessSample processes_now_;
};

}  // namespace jailtop
