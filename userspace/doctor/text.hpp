// SPDX-License-Identifier: BSD-2-Clause
// Names of files as text: whoever made the files has a say in them.
#pragma once

#include <string>
#include <string_view>

namespace libjail::doctor {

/// What is no printable ASCII, and the backslash, as octal escapes, as in /proc/mounts.
[[nodiscard]] std::string escaped(std::string_view text);

/// One word of a shell that stands for exactly @p text, in printable ASCII.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace libjail::doctor
