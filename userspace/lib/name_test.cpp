// SPDX-License-Identifier: BSD-2-Clause
#include "jail/name.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "testing/matchers.hpp"

namespace libjail {
namespace {

using testing::HasValue;
using testing::IsError;

TEST(Name, accepted) {
  for (const char* text :
       {"web", "web-1", "a.b_c", "1a", "-", ".a", "...", "memory", "iot.x", "io-x.y"}) {
    EXPECT_THAT(parse_name(text), HasValue(text));
  }
  const std::string longest(63, 'a');
  EXPECT_THAT(parse_name(longest), HasValue(longest));
}

TEST(Name, refused) {
  for (const char* text : {"", "1", "007", ".", "..", "memory.max", "cgroup.procs", "io.",
                           "pids.a.b", "a b", "a/b", "a\n", "caf\xc3\xa9", "a:b"}) {
    EXPECT_THAT(parse_name(text), IsError(EINVAL)) << text;
  }
  EXPECT_THAT(parse_name(std::string(64, 'a')), IsError(ENAMETOOLONG));
}

}  // namespace
}  // namespace libjail
