// SPDX-License-Identifier: BSD-2-Clause
// What only the kernel's BPF machine counts for a jail.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace monitor {

struct Counts {
  std::uint64_t forks{};   ///< tasks that ever entered the jail or were forked in it
  std::uint64_t denied{};  ///< refusals since the jail was made
  std::uint64_t execs{};   ///< programs executed since the counters were started

  bool operator==(const Counts&) const = default;
};

class Counters {
 public:
  /// @param execs  whether programs are to be counted, which costs each execve(2) a little
  /// @return an error that tells what the kernel lacks
  [[nodiscard]] static libjail::Result<Counters> start(libjail::Kernel& kernel, bool execs);

  Counters(Counters&& other) noexcept;
  Counters& operator=(Counters&& other) noexcept;
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;
  ~Counters();

  /// The counts of each jail, by its jail ID.
  [[nodiscard]] libjail::Result<std::map<std::uint32_t, Counts>> read() const;
  /// Likewise, for Sources::counts.
  [[nodiscard]] std::optional<std::map<std::uint32_t, Counts>> read_or_none() const;

 private:
  class Programs;
  explicit Counters(std::unique_ptr<Programs> programs);

  std::unique_ptr<Programs> programs_;
};

}  // namespace monitor
