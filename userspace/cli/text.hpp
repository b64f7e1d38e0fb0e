// SPDX-License-Identifier: BSD-2-Clause
// Names, host names and paths of jails as text for a terminal or a shell. Whoever is in a jail, or
// may write where its root is, has a say in them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

/// What the locale cannot print, and the backslash, as octal escapes of its bytes, as /proc/jails
/// and /proc/mounts have them.
/// @param blanks  blanks too
[[nodiscard]] std::string escape(std::string_view text, bool blanks = false);

/// One word of a shell that stands for exactly @p text: as it is where that is safe, otherwise in
/// quotes, or as $'…' where there is something that cannot be printed.
[[nodiscard]] std::string quote(std::string_view text);

/// @p text with blanks up to @p width columns; a longer one stays whole.
[[nodiscard]] std::string pad(std::string text, std::size_t width);

/// The first characters of @p text that together take at most @p width columns.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);

}  // namespace cli
