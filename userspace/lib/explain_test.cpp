// SPDX-License-Identifier: BSD-2-Clause
#include "jail/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace libjail {
namespace {

using ::testing::HasSubstr;

JailSpec web() {
  return *JailSpec::make({.path = "/srv/web",
                          .ceiling = 1U << 27,
                          .unsafe = true,
                          .address = Address{.ip = 0x0a020304, .alias = {}},
                          .name = "web"});
}

std::string text_of(int code) { return explain_jail_error(code, web()).text(); }

TEST(Explain, object_and_remedy) {
  EXPECT_EQ(text_of(EEXIST), "jail \"web\" already exists (take another name)");
  EXPECT_THAT(text_of(EADDRINUSE), HasSubstr("address 10.2.3.4 belongs to another jail"));
  EXPECT_THAT(text_of(EADDRNOTAVAIL), HasSubstr("INTERFACE|ADDRESS/PREFIX"));
  EXPECT_THAT(text_of(EBUSY), HasSubstr("redirect"));
  EXPECT_THAT(text_of(EPERM), HasSubstr("run as root"));
  EXPECT_THAT(text_of(ENOSYS), HasSubstr("no jail() system call"));
  EXPECT_THAT(text_of(ENOSPC), HasSubstr("end some jails"));
  EXPECT_THAT(text_of(EACCES), HasSubstr("jail /srv/web: Permission denied"));
}

TEST(Explain, every_text_is_one_line) {
  for (int code = 1; code < 134; ++code) {
    EXPECT_EQ(text_of(code).find('\n'), std::string::npos);
    EXPECT_FALSE(text_of(code).empty());
  }
}

}  // namespace
}  // namespace libjail
