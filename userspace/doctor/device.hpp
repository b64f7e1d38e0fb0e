// SPDX-License-Identifier: BSD-2-Clause
// What a device node would give to whoever may open it, told from its type and number.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "doctor/doctor.hpp"

namespace libjail::doctor {

/// The names of the drivers that have numbers which the kernel gave out at run time.
class Drivers {
 public:
  Drivers() = default;
  /// @param devices  the text of /proc/devices
  /// @param misc     the text of /proc/misc
  Drivers(std::string_view devices, std::string_view misc);

  /// Of a character device; empty where it is not known.
  [[nodiscard]] std::string_view of(dev_t number) const;

 private:
  std::map<unsigned int, std::string> majors_;
  std::map<unsigned int, std::string> misc_;  ///< minors of major 10
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
