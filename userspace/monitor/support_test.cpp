// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/support.hpp"

#include <linux/capability.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace monitor {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsOk;

class Support : public ::testing::Test {
 protected:
  void SetUp() override {
    temp.file("vmlinux", "");
    types.path = temp / "vmlinux";
    types.missing =
        [this](const std::vector<std::string>& names) -> libjail::Sys<std::vector<std::string>> {
      asked = names;
      if (unreadable != 0) return std::unexpected(unreadable);
      return missing;
    };
  }

  libjail::testing::TempDir temp;
  libjail::testing::FakeKernel kernel;
  TypeInformation types;
  std::vector<std::string> asked;
  std::vector<std::string> missing;
  int unreadable = 0;
};

TEST_F(Support, all_is_there) {
  EXPECT_THAT(supports_events(kernel, {"jail_deny", "jail_exit"}, types), IsOk());
  EXPECT_EQ(asked, (std::vector<std::string>{"btf_trace_jail_deny", "btf_trace_jail_exit"}));
  EXPECT_THAT(supports_counts(kernel, types), IsOk());
  kernel.capabilities.effective = std::uint64_t{1} << CAP_BPF | std::uint64_t{1} << CAP_PERFMON;
  EXPECT_THAT(supports_counts(kernel, types), IsOk());
}

TEST_F(Support, kernel_without_jails) {
  kernel.version_error = ENOSYS;
  EXPECT_THAT(supports_events(kernel, {"jail_deny"}, types),
              FailsWith("has no jail() system call"));
}

TEST_F(Support, kernel_without_types) {
  types.path = temp / "none";
  EXPECT_THAT(supports_events(kernel, {"jail_deny"}, types),
              FailsWith("none: No such file or directory (the kernel needs CONFIG_DEBUG_INFO_BTF"));
  types.path = temp / "vmlinux";
  unreadable = EINVAL;
  EXPECT_THAT(supports_events(kernel, {"jail_deny"}, types), FailsWith("Invalid argument"));
}

TEST_F(Support, kernel_without_the_event) {
  missing = {"btf_trace_jail_exit"};
  EXPECT_THAT(supports_events(kernel, {"jail_deny", "jail_exit"}, types),
              FailsWith("this kernel has no trace event jail_exit ("));
  missing = {"bpf_iter_jail"};
  EXPECT_THAT(supports_counts(kernel, types), FailsWith("this kernel has no bpf_iter_jail() ("));
}

TEST_F(Support, without_privilege) {
  kernel.capabilities.effective = std::uint64_t{1} << CAP_BPF;
  EXPECT_THAT(supports_events(kernel, {"jail_deny"}, types),
              FailsWith("Operation not permitted (run as root"));
}

}  // namespace
}  // namespace monitor
