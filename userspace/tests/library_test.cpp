// SPDX-License-Identifier: BSD-2-Clause
// libjail on a kernel that has jails.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include "jail/capmask.hpp"
#include "jail/libjail.h"
#include "jail/unique_fd.hpp"
#include "tests/host.hpp"

namespace guest {
namespace {

using libjail::UniqueFd;
using ::testing::HasSubstr;

/// What a guest has for them may reach outside of a jail.
void forget_standard_descriptors() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) ::_exit(98);
  for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
}

class Library : public HostTest {
 protected:
  void SetUp() override {
    HostTest::SetUp();
    spec.reset(jail_spec_new(root.path().c_str()));
  }

  /// A process that enters the jail and stays there. @return its pid once it is inside
  pid_t inhabit(int jail) {
    std::array<int, 2> ready{};
    EXPECT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::alarm(60);
      forget_standard_descriptors();
      const int result = ::dup2(jail, 3) == 3 && ::dup2(ready[1], 4) == 4 &&
                                 ::close_range(5, ~0U, 0) == 0 && jail_attach(3, 0) == 0
                             ? 0
                             : errno;
      const auto code = static_cast<char>(result);
      if (::write(4, &code, 1) == 1) ::pause();
      ::_exit(0);
    }
    char code = 1;
    ::close(ready[1]);
    EXPECT_EQ(::read(ready[0], &code, 1), 1);
    EXPECT_EQ(code, 0) << "jail_attach: errno " << static_cast<int>(code);
    ::close(ready[0]);
    return pid;
  }

  std::unique_ptr<jail_spec, void (*)(jail_spec*)> spec{nullptr, jail_spec_free};
};

TEST_F(Library, version) { EXPECT_EQ(jail_abi_version(), JAIL_ABI_VERSION); }

TEST_F(Library, jail_lives_as_long_as_its_descriptor) {
  ASSERT_EQ(jail_spec_set_name(spec.get(), "web"), 0);
  ASSERT_EQ(jail_spec_set_address(spec.get(), kAddress, 0), 0);
  UniqueFd jail(jail_create(spec.get()));
  ASSERT_TRUE(jail) << jail_errmsg();
  EXPECT_EQ(::fcntl(jail.get(), F_GETFD), FD_CLOEXEC);
  const auto list = jails();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].name, "web");
  EXPECT_EQ(list[0].address, kAddress);
  EXPECT_EQ(list[0].processes, 0U);
  jail.reset();
  EXPECT_TRUE(jails().empty());
}

TEST_F(Library, information) {
  ASSERT_EQ(jail_spec_set_name(spec.get(), "web"), 0);
  ASSERT_EQ(jail_spec_set_hostname(spec.get(), "www.example.org"), 0);
  ASSERT_EQ(jail_spec_set_ceiling(spec.get(), 0x21), 0);
  const UniqueFd jail(jail_create(spec.get()));
  ASSERT_TRUE(jail) << jail_errmsg();
  jail_info info{};
  ASSERT_EQ(jail_get_info(jail.get(), &info), 0) << jail_errmsg();
  EXPECT_STREQ(info.name, "web");
  EXPECT_STREQ(info.hostname, "www.example.org");
  EXPECT_EQ(info.cap_ceiling, 0x21U);
  EXPECT_EQ(info.parent_jid, 0U);
  EXPECT_EQ(info.naddrs, 0U);
  EXPECT_GT(info.jid, 0U);
}

TEST_F(Library, bad_address_leaves_the_one_before) {
  ASSERT_EQ(jail_spec_set_address(spec.get(), kAddress, 0), 0);
  EXPECT_EQ(jail_spec_set_address(spec.get(), "10.2.3", 0), -1);
  EXPECT_EQ(jail_spec_set_address(spec.get(), "10.2.3.5", 2), -1) << "flags that there are not";
  const UniqueFd jail(jail_create(spec.get()));
  ASSERT_TRUE(jail) << jail_errmsg();
  EXPECT_EQ(jails().at(0).address, kAddress);
}

TEST_F(Library, open_by_name_and_by_jid) {
  ASSERT_EQ(jail_spec_set_name(spec.get(), "web"), 0);
  const UniqueFd jail(jail_create(spec.get()));
  ASSERT_TRUE(jail) << jail_errmsg();
  jail_info info{};
  ASSERT_EQ(jail_get_info(jail.get(), &info), 0);
  EXPECT_TRUE(UniqueFd(jail_open_name("web"))) << jail_errmsg();
  EXPECT_TRUE(UniqueFd(jail_open_name(std::to_string(info.jid).c_str()))) << jail_errmsg();
  EXPECT_TRUE(UniqueFd(jail_open(info.jid, 0)));
  EXPECT_EQ(jail_open_name("absent"), -1);
  EXPECT_EQ(errno, ESRCH);
  EXPECT_THAT(jail_errmsg(), HasSubstr("\"absent\" not found"));
  EXPECT_EQ(jail_open_name("4000000"), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(Library, list) {
  ASSERT_EQ(jail_spec_set_name(spec.get(), "web"), 0);
  const UniqueFd jail(jail_create(spec.get()));
  ASSERT_TRUE(jail) << jail_errmsg();
  const std::unique_ptr<jail_list, void (*)(jail_list*)> list(jail_list_open(), jail_list_close);
  ASSERT_TRUE(list) << jail_errmsg();
  const jail_list_entry* entry = jail_list_next(list.get());
  ASSERT_NE(entry, nullptr);
  EXPECT_STREQ(entry->name, "web");
  EXPECT_STREQ(entry->path, root.path().c_str());
  EXPECT_STREQ(entry->address, "");
  EXPECT_EQ(jail_list_next(list.get()), nullptr);
}

TEST_F(Library, attach_kill_and_wait) {
  const UniqueFd jail(jail_create(spec.get()));
  ASSERT_TRUE(jail) << jail_errmsg();
  EXPECT_EQ(jail_wait(jail.get(), 0), 0) << "nobody was in it yet";
  const pid_t pid = inhabit(jail.get());
  EXPECT_EQ(jails().at(0).processes, 1U);
  EXPECT_EQ(jail_wait(jail.get(), 0), 0);
  EXPECT_EQ(jail_kill(jail.get()), 0) << jail_errmsg();
  EXPECT_EQ(jail_wait(jail.get(), 0), 1) << "kill returns when it is empty";
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_EQ(jail_attach(jail.get(), 0), -1);
}

TEST_F(Library, attach_enters_the_mounts_of_the_jail) {
  Process process(HostTest::jail("echo up; exec sleep 1000", {"-n", "web"}));
  ASSERT_TRUE(process.prints("up"));
  const UniqueFd jail(jail_open_name("web"));
  ASSERT_TRUE(jail) << jail_errmsg();
  const pid_t pid = inhabit(jail.get());
  const auto mounts = [](pid_t of) {
    return libjail::testing::read_text("/proc/" + std::to_string(of) + "/mountinfo");
  };
  EXPECT_THAT(mounts(pid), HasSubstr("/dev/pts rw"));
  EXPECT_EQ(mounts(pid), mounts(process.pid()));
  EXPECT_NE(mounts(pid), host_mounts());
  EXPECT_EQ(jail_kill(jail.get()), 0) << jail_errmsg();
  ::waitpid(pid, nullptr, 0);
}

TEST_F(Library, wait_by_time) {
  const UniqueFd jail(jail_create(spec.get()));
  ASSERT_TRUE(jail) << jail_errmsg();
  const pid_t pid = inhabit(jail.get());
  EXPECT_EQ(jail_wait(jail.get(), 50), 0);
  ::kill(pid, SIGKILL);
  EXPECT_EQ(jail_wait(jail.get(), kDone), 1);
  ::waitpid(pid, nullptr, 0);
}

TEST_F(Library, short_form_enters) {
  const std::string path = root.path();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close_range(3, ~0U, 0);
    forget_standard_descriptors();
    const int jail = jail3(path.c_str(), 0x21, kAddress);
    if (jail < 0) ::_exit(errno);
    ::_exit(::access("/etc/passwd", F_OK) == 0 && ::access("/usr", F_OK) < 0 ? 0 : 255);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Library, refusals_are_explained) {
  ASSERT_EQ(jail_spec_set_address(spec.get(), "192.0.2.99", 0), 0);
  EXPECT_EQ(jail_create(spec.get()), -1);
  EXPECT_EQ(errno, EADDRNOTAVAIL);
  EXPECT_THAT(jail_errmsg(), HasSubstr("192.0.2.99 is on no interface"));
}

TEST_F(Library, unsafe_capabilities_are_the_kernels) {
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t mask = std::uint64_t{1} << bit;
    ASSERT_EQ(jail_spec_set_flags(spec.get(), 0), 0);
    ASSERT_EQ(jail_spec_set_ceiling(spec.get(), mask), 0);
    const UniqueFd jail(jail_create(spec.get()));
    const int code = jail ? 0 : errno;
    const int expected = (mask & libjail::known_capabilities()) == 0    ? EINVAL
                         : (mask & libjail::unsafe_capabilities()) != 0 ? EPERM
                                                                        : 0;
    EXPECT_EQ(code, expected) << libjail::format_capmask(mask);
    if (expected != EPERM) continue;
    ASSERT_EQ(jail_spec_set_flags(spec.get(), JAIL_UNSAFE_CAPS), 0);
    EXPECT_TRUE(UniqueFd(jail_create(spec.get()))) << libjail::format_capmask(mask);
  }
}

}  // namespace
}  // namespace guest
