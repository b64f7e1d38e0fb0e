// SPDX-License-Identifier: BSD-2-Clause
// The end of the processes of a jail.
#pragma once

#include <cstdint>
#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "jail/pid_namespace.hpp"
#include "lifecycle/interrupts.hpp"

namespace libjail::lifecycle {

/// Sends SIGTERM to every process of the jail, and waits until it is empty.
/// @param inits  where its process 1 is found
/// @param jail  a descriptor with a number from session::kFirstFree on
/// @param seconds  to wait; 0: nothing is sent
/// @return whether it is empty; false on an interrupt too
bool ask_to_end(Kernel& kernel, const InitConfig& inits, Interrupts& interrupts, int jail,
                const std::string& name, int seconds);

}  // namespace libjail::lifecycle
