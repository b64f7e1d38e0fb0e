// SPDX-License-Identifier: BSD-2-Clause
#include "jail/spec.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "jail/capmask.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using testing::FailsWith;
using testing::IsError;
using testing::IsOk;

constexpr std::uint64_t kMknod = std::uint64_t{1} << 27;

TEST(Spec, keeps_what_it_was_made_with) {
  const auto spec = JailSpec::make({.path = "/srv/web", .ceiling = 3, .name = "web"});
  ASSERT_THAT(spec, IsOk());
  EXPECT_EQ(spec->path(), "/srv/web");
  EXPECT_EQ(spec->ceiling(), 3U);
  EXPECT_EQ(spec->name(), "web");
  EXPECT_TRUE(spec->mounts());
  EXPECT_FALSE(spec->address());
}

TEST(Spec, unsafe_ceiling_needs_leave) {
  const std::uint64_t ceiling = kDefaultCeiling | kMknod;
  const auto refused = JailSpec::make({.path = "/srv/web", .ceiling = ceiling});
  EXPECT_THAT(refused, IsError(EPERM));
  EXPECT_THAT(refused, FailsWith("mknod"));
  EXPECT_THAT(refused, FailsWith("-o allow.unsafe"));
  EXPECT_THAT(JailSpec::make({.path = "/srv/web", .ceiling = ceiling, .unsafe = true}), IsOk());
}

TEST(Spec, refused) {
  EXPECT_THAT(JailSpec::make({.path = ""}), IsError(EINVAL));
  EXPECT_THAT(JailSpec::make({.path = "/", .name = "12"}), IsError(EINVAL));
  EXPECT_THAT(JailSpec::make({.path = "/", .hostname = std::string(65, 'h')}),
              IsError(ENAMETOOLONG));
}

}  // namespace
}  // namespace libjail
