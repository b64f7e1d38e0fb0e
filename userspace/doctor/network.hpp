// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "doctor/findings.hpp"

namespace libjail::doctor {

/// ip-missing, ip-shared, ip-host-listens.
void check_address(Kernel& kernel, const Sources& sources, const Subject& subject,
                   Collector& found);

}  // namespace libjail::doctor
