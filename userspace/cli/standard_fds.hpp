// SPDX-License-Identifier: BSD-2-Clause
#pragma once

namespace cli {

/// Opens /dev/null in the place of a closed standard descriptor, so that no file that is opened
/// later becomes the standard output of somebody.
/// @return false where that is impossible
[[nodiscard]] bool open_standard_fds();

}  // namespace cli
