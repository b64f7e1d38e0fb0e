// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/create.hpp"
#include "tools/jailctl/destroy.hpp"
#include "tools/jailctl/mount.hpp"
#include "tools/jailctl/subcommand.hpp"

namespace jailctl {

std::vector<Subcommand> subcommands() {
  return {create_subcommand(), destroy_subcommand(), mount_subcommand(), umount_subcommand()};
}

}  // namespace jailctl
