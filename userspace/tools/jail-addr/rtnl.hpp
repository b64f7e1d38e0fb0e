// SPDX-License-Identifier: BSD-2-Clause
// IPv4 addresses of interfaces through rtnetlink.
#pragma once

#include <cstddef>
#include <span>

#include "jail/address.hpp"
#include "jail/error.hpp"

namespace jail_addr {

/// Writes an RTM_NEWADDR or RTM_DELADDR request into @p buffer, which must be aligned and zero.
void build_request(std::span<std::byte> buffer, bool add, unsigned int index,
                   const libjail::Alias& alias);

/// @return an error with the kernel's own sentence, where it gives one; EEXIST where it is there
[[nodiscard]] libjail::Result<void> add_address(const libjail::Alias& alias);

/// Other addresses of the same network stay. It is no error that the address or the whole interface
/// is gone already.
[[nodiscard]] libjail::Result<void> delete_address(const libjail::Alias& alias);

}  // namespace jail_addr
