// SPDX-License-Identifier: BSD-2-Clause
// The C interface, as far as it goes on a kernel without jails.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "jail/libjail.h"

namespace {

using ::testing::HasSubstr;

class CInterface : public ::testing::Test {
 protected:
  std::unique_ptr<jail_spec, void (*)(jail_spec*)> spec{jail_spec_new("/srv/web"), jail_spec_free};
};

TEST_F(CInterface, capmask) {
  std::uint64_t mask = 0;
  EXPECT_EQ(jail_capmask_parse("default", &mask), 0);
  EXPECT_EQ(mask, JAIL_CEILING_DEFAULT);
  EXPECT_EQ(jail_capmask_parse("chwon", &mask), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_THAT(jail_errmsg(), HasSubstr("chwon"));
  EXPECT_EQ(jail_capmask_parse(nullptr, &mask), -1);
}

TEST_F(CInterface, capmask_format_truncates_as_snprintf) {
  std::array<char, 8> buffer{};
  buffer.fill('#');
  EXPECT_EQ(jail_capmask_format(0x21, buffer.data(), 6), 10);
  EXPECT_STREQ(buffer.data(), "chown");
  EXPECT_EQ(buffer[6], '#');
  EXPECT_EQ(jail_capmask_format(0x21, nullptr, 0), 10);
}

TEST_F(CInterface, spec_checks_what_it_is_given) {
  EXPECT_EQ(jail_spec_new(""), nullptr);
  EXPECT_EQ(jail_spec_new(nullptr), nullptr);
  EXPECT_EQ(errno, EINVAL);
  ASSERT_TRUE(spec);
  EXPECT_EQ(jail_spec_set_name(spec.get(), "web"), 0);
  EXPECT_EQ(jail_spec_set_name(spec.get(), "7"), -1);
  EXPECT_EQ(jail_spec_set_hostname(spec.get(), ""), -1);
  EXPECT_EQ(jail_spec_set_flags(spec.get(), JAIL_STRICT_BIND), 0);
  EXPECT_EQ(jail_spec_set_flags(spec.get(), 1ULL << 40), -1);
  EXPECT_EQ(jail_spec_set_address(spec.get(), "10.2.3.4", JAIL_ADDR_SHARED), 0);
  EXPECT_EQ(jail_spec_set_address(spec.get(), nullptr, 0), 0);
  EXPECT_EQ(jail_spec_set_address(spec.get(), "10.2.3.4", 2), -1);
  EXPECT_EQ(jail_spec_set_address(spec.get(), "eth0|10.2.3.4/24", 0), -1);
  EXPECT_EQ(jail_spec_set_address(spec.get(), "none", 0), -1);
  EXPECT_EQ(jail_spec_set_address(spec.get(), "::1", 0), -1);
  EXPECT_EQ(errno, EAFNOSUPPORT);
}

TEST_F(CInterface, kernel_without_jails_says_so) {
  if (jail(nullptr, 0, JAIL_GET_VERSION) > 0) GTEST_SKIP() << "this kernel has jails";
  EXPECT_EQ(jail_abi_version(), -1);
  EXPECT_EQ(errno, ENOSYS);
  EXPECT_THAT(jail_errmsg(), HasSubstr("has no jail() system call"));
  EXPECT_EQ(jail_enter(spec.get()), -1);
  EXPECT_EQ(jail_create(spec.get()), -1);
  EXPECT_EQ(jail3("/", JAIL_CEILING_DEFAULT, nullptr), -1);
  EXPECT_EQ(errno, ENOSYS);
  EXPECT_EQ(jail_attach(-1, 0), -1);
  EXPECT_EQ(jail_open(1, 0), -1);
  EXPECT_EQ(jail_list_open(), nullptr);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(jail_open_name("web"), -1);
}

TEST_F(CInterface, descriptors_that_are_no_jails) {
  jail_info info{};
  EXPECT_EQ(jail_get_info(-1, &info), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(jail_kill(-1), -1);
  EXPECT_EQ(jail_wait(1023, 0), -1);
  EXPECT_EQ(errno, EBADF);
}

TEST_F(CInterface, descriptor_that_can_be_polled_is_no_jail_for_that) {
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(jail_wait(file, 0), -1);
  EXPECT_EQ(errno, ENOTTY);
  ::close(file);
}

TEST_F(CInterface, null_is_an_error_and_no_crash) {
  std::array<int, 8> answers{jail_spec_set_ceiling(nullptr, 0),
                             jail_spec_set_flags(nullptr, 0),
                             jail_spec_set_address(nullptr, "10.2.3.4", 0),
                             jail_spec_set_name(nullptr, "web"),
                             jail_spec_set_hostname(nullptr, "web"),
                             jail_create(nullptr),
                             jail_enter(nullptr),
                             jail_capmask_parse("none", nullptr)};
  EXPECT_THAT(answers, ::testing::Each(-1));
  EXPECT_EQ(errno, EINVAL);
  EXPECT_STREQ(jail_errmsg(), "no place for the mask was given: Invalid argument");
  EXPECT_EQ(jail_list_next(nullptr), nullptr);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(jail_capmask_format(0x21, nullptr, 6), 10);
  jail_list_close(nullptr);
  jail_spec_free(nullptr);
}

TEST_F(CInterface, bad_address_of_the_short_form) {
  EXPECT_EQ(jail3("/", 0, "10.2.3"), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_THAT(jail_errmsg(), HasSubstr("10.2.3"));
}

}  // namespace
