// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/ptmx.hpp"

#include <gtest/gtest.h>

#include "testing/temp_dir.hpp"

namespace jail_tool {
namespace {

libjail::JailSpec spec(const std::string& path, bool mounts) {
  return *libjail::JailSpec::make({.path = path, .mounts = mounts});
}

TEST(Ptmx, which_roots_will_have_it) {
  const libjail::testing::TempDir root;
  EXPECT_FALSE(jail_has_ptmx(spec(root.path(), true))) << "no /dev to mount one in";
  EXPECT_FALSE(jail_has_ptmx(spec(root.path(), false)));
  root.folder("dev");
  EXPECT_TRUE(jail_has_ptmx(spec(root.path(), true)));
  EXPECT_FALSE(jail_has_ptmx(spec(root.path(), false)));
  EXPECT_FALSE(jail_has_ptmx(spec(root / "none", true)));
  EXPECT_TRUE(jail_has_ptmx(spec("/", false)));
}

}  // namespace
}  // namespace jail_tool
