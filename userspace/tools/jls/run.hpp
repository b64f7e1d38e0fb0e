// SPDX-License-Identifier: BSD-2-Clause
// From the command line's meaning to what is printed.
#pragma once

#include "cli/arguments.hpp"
#include "jail/kernel.hpp"
#include "tools/jls/request.hpp"

namespace jls_tool {

[[nodiscard]] cli::Stop run(libjail::Kernel& kernel, Request request, const Sources& sources = {});

}  // namespace jls_tool
