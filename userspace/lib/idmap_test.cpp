// SPDX-License-Identifier: BSD-2-Clause
#include "jail/idmap.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using Kind = IdRange::Kind;
using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HasValue;
using testing::IsError;
using testing::IsOk;

TEST(ParseIdmap, ranges) {
  EXPECT_THAT(parse_idmap("100000:0:65536"),
              HasValue(IdMap{{.kind = Kind::kBoth, .disk = 100000, .jail = 0, .count = 65536}}));
  EXPECT_THAT(parse_idmap("b:5:0:1,  u:7:8:2\tg:7:9:4294967286"),
              HasValue(IdMap{{.kind = Kind::kBoth, .disk = 5, .jail = 0, .count = 1},
                             {.kind = Kind::kUser, .disk = 7, .jail = 8, .count = 2},
                             {.kind = Kind::kGroup, .disk = 7, .jail = 9, .count = 4294967286U}}));
}

TEST(ParseIdmap, mistakes) {
  for (const char* text : {"", " ", "0", "0:0", "0:0:0", "0:0:1:2:3", "x:0:0:1", "-1:0:1", "a:0:1",
                           "4294967296:0:1", "0:0:1x", "::", "u:g:0:0:1"}) {
    EXPECT_THAT(parse_idmap(text), FailsWith("give DISK:JAIL:COUNT")) << text;
  }
  EXPECT_THAT(parse_idmap("4294967295:0:1"), FailsWith("ends above 4294967294"));
  EXPECT_THAT(parse_idmap("0:4294967290:6"), FailsWith("ends above"));
}

TEST(ParseIdmap, overlaps) {
  EXPECT_THAT(parse_idmap("0:0:10 9:20:1"), FailsWith("\"9:20:1\" overlaps with another"));
  EXPECT_THAT(parse_idmap("0:0:10 20:9:1"), FailsWith("overlaps"));
  EXPECT_THAT(parse_idmap("u:0:0:10 b:5:30:1"), FailsWith("overlaps"));
  EXPECT_THAT(parse_idmap("u:0:0:10 g:0:0:10"), IsOk());
  EXPECT_THAT(parse_idmap("0:0:10 10:10:1"), IsOk());
}

TEST(ParseIdmap, no_more_than_the_kernel_takes) {
  std::string text;
  for (int i = 0; i < 341; ++i) {
    text += std::to_string(i) + ":" + std::to_string(i) + ":1 ";
    if (i == 339) {
      EXPECT_THAT(parse_idmap(text), IsOk());
    }
  }
  EXPECT_THAT(parse_idmap(text), FailsWith("more than 340"));
}

TEST(UserOnDisk, is_what_the_ranges_say) {
  const auto map = *parse_idmap("u:100:10:5 g:500:0:5");
  EXPECT_EQ(user_on_disk(map, 12), 102U);
  EXPECT_EQ(user_on_disk(map, 15), 15U);
  EXPECT_EQ(user_on_disk(map, 0), 0U);
  EXPECT_EQ(user_on_disk({}, 7), 7U);
}

class MountMapped : public ::testing::Test {
 protected:
  Result<UniqueFd> mount() {
    return mount_mapped(kernel, root.get(), "/srv/web", *parse_idmap("b:100:0:9 u:7:10:1"));
  }
  testing::FakeKernel kernel;
  testing::TempDir folder;
  UniqueFd root{::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
};

TEST_F(MountMapped, copies_maps_and_mounts) {
  ASSERT_THAT(mount(), IsOk());
  EXPECT_THAT(kernel.calls, ElementsAre("make_user_namespace 100 0 9;7 10 1;100 0 9;",
                                        "clone_mount all", "map_mount clone", "move_mount clone"));
}

TEST_F(MountMapped, file_system_that_cannot) {
  kernel.fail("map_mount clone", EINVAL);
  EXPECT_THAT(mount(), FailsWith("map the IDs of /srv/web: Invalid argument (its file system"));
  EXPECT_FALSE(kernel.called("move_mount clone"));
}

TEST_F(MountMapped, every_failure_ends_it_and_leaks_nothing) {
  const int before = testing::open_descriptors();
  for (std::size_t i = 0; i < 4; ++i) {
    testing::FakeKernel failing;
    failing.fail_at(i, EIO);
    EXPECT_THAT(mount_mapped(failing, root.get(), "/", *parse_idmap("1:0:1")), IsError(EIO));
    EXPECT_EQ(failing.calls.size(), i + 1);
    EXPECT_EQ(testing::open_descriptors(), before);
  }
}

}  // namespace
}  // namespace libjail
