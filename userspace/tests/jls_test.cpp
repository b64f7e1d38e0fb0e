// SPDX-License-Identifier: BSD-2-Clause
// jls(8) lists the jails that there are.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "jail/libjail.h"
#include "jail/unique_fd.hpp"
#include "tests/host.hpp"

namespace guest {
namespace {

using libjail::UniqueFd;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr const char* kJls = "/usr/sbin/jls";

class Jls : public HostTest {
 protected:
  [[nodiscard]] static Outcome jls(
      std::vector<std::string> arguments, const std::function<void()>& in_child = [] {}) {
    arguments.insert(arguments.begin(), kJls);
    return run(arguments, in_child);
  }

  /// A jail that nobody is in. @return its descriptor, with which it ends
  [[nodiscard]] static UniqueFd make(const std::string& path, const char* name,
                                     const char* hostname, const char* address) {
    const std::unique_ptr<jail_spec, void (*)(jail_spec*)> spec(::jail_spec_new(path.c_str()),
                                                                ::jail_spec_free);
    EXPECT_TRUE(spec);
    EXPECT_TRUE(name == nullptr || ::jail_spec_set_name(spec.get(), name) == 0);
    EXPECT_TRUE(hostname == nullptr || ::jail_spec_set_hostname(spec.get(), hostname) == 0);
    EXPECT_EQ(::jail_spec_set_address(spec.get(), address, 0), 0);
    UniqueFd jail(::jail_create(spec.get()));
    EXPECT_TRUE(jail) << ::jail_errmsg();
    return jail;
  }

  static std::string jid() { return std::to_string(jails().at(0).jid); }

  static void become_nobody() {
    if (::setresuid(65534, 65534, 65534) < 0) ::_exit(98);
  }
};

const std::string kHead = "   JID  IP Address      Hostname                      Path\n";

TEST_F(Jls, no_jails) {
  const auto outcome = jls({});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, kHead);
  EXPECT_EQ(jls({"--json"}).out, "{\"__version\": \"2\", \"jail-information\": {\"jail\": []}}\n");
}

TEST_F(Jls, table) {
  const auto web = make(root.path(), "web", "www.example.org", kAddress);
  const std::string number = jid();
  const std::string row = std::string(6 - number.size(), ' ') + number +
                          "  10.2.3.4        www.example.org               " + root.path() + "\n";
  EXPECT_EQ(jls({}).out, kHead + row);
  EXPECT_EQ(jls({}, become_nobody).out, kHead + row) << "everybody may";
  EXPECT_THAT(jls({"-N"}).out, HasSubstr("\n web             10.2.3.4        www"));
  EXPECT_THAT(jls({"-v"}).out, HasSubstr("        web                           ACTIVE\n"));
}

TEST_F(Jls, json) {
  const auto web = make(root.path(), "web", "www", kAddress);
  EXPECT_EQ(jls({"--libxo=json"}).out,
            "{\"__version\": \"2\", \"jail-information\": {\"jail\": [{\"jid\":" + jid() +
                ",\"ipv4\":\"10.2.3.4\",\"hostname\":\"www\",\"path\":\"" + root.path() +
                "\"}]}}\n");
}

TEST_F(Jls, every_parameter) {
  Process first(jail("echo up; exec sleep 1000", {"-n", "web"}, "chown,kill", kAddress));
  ASSERT_TRUE(first.prints("up"));
  const auto outcome = jls({"-n"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(
      outcome.out,
      MatchesRegex("nodying ip4=new jid=" + jid() + " name=web parent=0 path=" + root.path() +
                   " nopersist processes=1 start_time=20..-..-..T..:..:..Z allow.nounsafe "
                   "cap.ceiling=chown,kill host.hostname=web ip4.addr=10.2.3.4\n"));
  const auto as_nobody = jls({"-n"}, become_nobody);
  EXPECT_EQ(as_nobody.status, 0) << as_nobody.err;
  EXPECT_THAT(as_nobody.out, HasSubstr("processes=1 cap.ceiling=chown,kill"));
  EXPECT_THAT(jls({"start_time"}, become_nobody).err,
              HasSubstr("information of jail \"web\": Operation not permitted (run as root)"));
  EXPECT_EQ(jls({"start_time"}, become_nobody).status, 1);
  ::kill(first.pid(), SIGKILL);
  first.wait();
}

TEST_F(Jls, leave_for_what_is_unsafe_shows) {
  Process first(jail("echo up; exec sleep 1000", {"-n", "web", "-o", "allow.unsafe"}, "mknod"));
  ASSERT_TRUE(first.prints("up"));
  EXPECT_EQ(jls({"-s"}).out, "ip4=disable name=web path=" + root.path() +
                                 " nopersist allow.unsafe cap.ceiling=mknod host.hostname=web\n");
  ::kill(first.pid(), SIGKILL);
  first.wait();
}

TEST_F(Jls, what_it_prints_makes_the_jail_again) {
  const char* const make_web = "exec $0 -q -c name=web path=\"$1\" persist host.hostname=www";
  ASSERT_EQ(run({"/bin/sh", "-c", make_web, kJail, root.path()}).status, 0);
  EXPECT_EQ(jls({"persist"}).out, "true\n");
  const auto before = jls({"-s"}).out;
  EXPECT_THAT(before, HasSubstr(" persist "));
  ASSERT_EQ(run({kJail, "-q", "-r", "web"}).status, 0);
  const auto outcome = run({"/bin/sh", "-c", "exec $0 -q -c $1", kJail, before});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(jls({"-s"}).out, before);
  EXPECT_EQ(run({kJail, "-q", "-r", "web"}).status, 0);
}

TEST_F(Jls, one_jail) {
  const auto web = make(root.path(), "web", nullptr, nullptr);
  const auto other = make(root.path(), nullptr, nullptr, nullptr);
  EXPECT_EQ(jls({"-j", "web", "name"}).out, "web\n");
  EXPECT_EQ(jls({"-j", jid(), "name"}).out, "web\n");
  EXPECT_EQ(jls({"-cj", "web"}).status, 0);
  EXPECT_EQ(jls({"-cj", "none"}).status, 1);
  const auto outcome = jls({"-j", "none"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "jls: jail \"none\" not found\n");
}

TEST_F(Jls, hostile_names_move_no_terminal_and_no_line) {
  const std::string folder = root / "a\nb\x1b[2J";
  std::filesystem::create_directory(folder);
  const auto web = make(folder, "web", "w w\x1b[2J\n", nullptr);
  ASSERT_EQ(jails().at(0).path, folder) << "the kernel lets them through";
  ASSERT_EQ(jails().at(0).hostname, "w w\x1b[2J\n");
  for (const auto& arguments :
       {std::vector<std::string>{}, {"-N"}, {"-n"}, {"-s"}, {"path", "host.hostname"}}) {
    const auto outcome = jls(arguments);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
    EXPECT_THAT(outcome.out, HasSubstr("a\\012b\\033[2J"));
    EXPECT_LE(std::ranges::count(outcome.out, '\n'), 2);
  }
  EXPECT_THAT(jls({}).out, HasSubstr("  w\\040w\\033[2J\\012 "));
  EXPECT_THAT(jls({"--json"}).out, HasSubstr("a\\nb\\u001b[2J"));
}

TEST_F(Jls, in_a_jail_there_are_none) {
  put_in(kJls);
  const auto outside = make(root.path(), "outside", nullptr, nullptr);
  EXPECT_THAT(jls({}).out, HasSubstr(root.path()));
  const auto outcome = run(jail("jls", {"-n", "web"}));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, kHead);
  EXPECT_EQ(run(jail("jls -cj outside")).status, 1);
}

TEST_F(Jls, output_that_cannot_be_written_is_an_error) {
  const auto outcome = jls({}, [] {
    const int full = ::open("/dev/full", O_WRONLY);
    if (full < 0 || ::dup2(full, STDOUT_FILENO) < 0) ::_exit(98);
  });
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "jls: write error: No space left on device\n");
}

TEST_F(Jls, usage) {
  for (const char* wrong : {"-x", "--bogus", "--libxo=xml", "-c"}) {
    const auto outcome = jls({wrong});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, HasSubstr("usage: jls"));
  }
  EXPECT_THAT(jls({"vnet"}).err, HasSubstr("jls: unknown parameter: vnet"));
}

}  // namespace
}  // namespace guest
