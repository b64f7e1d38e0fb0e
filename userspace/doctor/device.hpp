// SPDX-License-Identifier: BSD-2-Clause
// What a device node would give to whoever may open it, told from its type and number.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "doctor/doctor.hpp"

namespace libjail::doctor {

/// The names of the drivers that have numbers which the kernel gave out at run time. They are read
/// when the first is asked for: most nodes are told by their numbers.
class Drivers {
 public:
  struct Texts {
    std::string devices;  ///< of /proc/devices
    std::string misc;     ///< of /proc/misc
  };
  Drivers() = default;
  explicit Drivers(std::function<Texts()> read) : read_(std::move(read)) {}

  /// Of a character device; empty where it is not known.
  [[nodiscard]] std::string_view of(dev_t number) const;

 private:
  struct Names {
    std::map<unsigned int, std::string> majors;
    std::map<unsigned int, std::string> misc;  ///< minors of major 10
  };
  [[nodiscard]] const Names& names() const;

  std::function<Texts()> read_;
  mutable std::optional<Names> names_;
};

struct Judgement {
  const char* id;
  Level level;
  const char* sentence;  ///< what root of a jail could do with it
};

/// @param mode  the type bits of st_mode
/// @return nothing for a device that a jail may have
[[nodiscard]] std::optional<Judgement> judge_device(mode_t mode, dev_t number,
                                                    const Drivers& drivers);

/// "b 8:0"
[[nodiscard]] std::string device_name(mode_t mode, dev_t number);

}  // namespace libjail::doctor
