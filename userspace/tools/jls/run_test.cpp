// SPDX-License-Identifier: BSD-2-Clause
// The whole of jls(8), from the list of jails to what is printed.
#include "tools/jls/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "testing/fake_kernel.hpp"

namespace jls_tool {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHeader = "jid parent state processes ceiling address name hostname path\n";
constexpr const char* kWeb = "4 0 active 3 21 10.2.3.4 web www.example.org /srv/web\n";
constexpr const char* kDying = "5 0 dying 1 0 - old old /srv/old\n";
// What whoever is in a jail, or owns its root's parent, can make of it.
constexpr const char* kHostile =
    "12 0 active 1 0 - 12 a\\040/b\\012\x1b[2J /srv/\\134x\\040'$(y)\n";

class Run : public ::testing::Test {
 protected:
  void list(const std::string& rows) const { folder.file("jails", kHeader + rows); }

  cli::Stop jls(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "jls");
    auto parsed = parse_arguments(std::move(arguments));
    if (const auto* stop = std::get_if<cli::Stop>(&parsed)) return *stop;
    const std::string listing = folder / "jails";
    return run(kernel, std::get<Request>(std::move(parsed)),
               {.listing = listing.c_str(), .status = "/nowhere", .state_dir = folder.path()});
  }

  std::string print(std::vector<std::string> arguments) {
    const auto stop = jls(std::move(arguments));
    EXPECT_EQ(stop.status, 0);
    EXPECT_EQ(stop.err, "");
    return stop.out;
  }

  void SetUp() override {
    list(std::string(kWeb) + kDying);
    std::ranges::copy(std::string_view("web"), kernel.info.name);
  }

  libjail::testing::TempDir folder;
  libjail::testing::FakeKernel kernel;
};

TEST_F(Run, table) {
  EXPECT_EQ(print({}),
            "   JID  IP Address      Hostname                      Path\n"
            "     4  10.2.3.4        www.example.org               /srv/web\n");
  EXPECT_EQ(print({"-N"}),
            " JID             IP Address      Hostname                      Path\n"
            " web             10.2.3.4        www.example.org               /srv/web\n");
}

TEST_F(Run, no_jails) {
  list("");
  EXPECT_EQ(print({}), "   JID  IP Address      Hostname                      Path\n");
  EXPECT_EQ(print({"name"}), "");
  EXPECT_EQ(print({"--json"}), "{\"__version\": \"2\", \"jail-information\": {\"jail\": []}}\n");
}

TEST_F(Run, dying_ones_on_demand) {
  EXPECT_THAT(print({}), Not(HasSubstr("/srv/old")));
  EXPECT_THAT(print({"-d"}),
              HasSubstr("     5                  old                           /srv/old\n"));
}

TEST_F(Run, verbose) {
  EXPECT_EQ(print({"-dv"}),
            "   JID  Hostname                      Path\n"
            "        Name                          State\n"
            "        CPUSetID\n"
            "        IP Address(es)\n"
            "     4  www.example.org               /srv/web\n"
            "        web                           ACTIVE\n"
            "        -\n"
            "        10.2.3.4\n"
            "     5  old                           /srv/old\n"
            "        old                           DYING\n"
            "        -\n");
}

TEST_F(Run, parameters) {
  EXPECT_EQ(print({"jid", "name", "dying", "ip4.addr"}), "4 web false 10.2.3.4\n");
  EXPECT_EQ(print({"-d", "name", "ip4.addr"}), "web 10.2.3.4\nold -\n");
  EXPECT_EQ(print({"-h", "name", "path"}), "name path\nweb /srv/web\n");
  EXPECT_EQ(print({"-n", "name", "dying", "ip4.addr"}), "name=web nodying ip4.addr=10.2.3.4\n");
  EXPECT_EQ(print({"-nj", "web", "allow.unsafe"}), "allow.nounsafe\n");
  kernel.info.flags = JAIL_UNSAFE_CAPS;
  EXPECT_EQ(print({"-nj", "web", "allow.unsafe"}), "allow.unsafe\n");
}

TEST_F(Run, settable_ones_for_jail) {
  EXPECT_EQ(print({"-s", "-j", "web"}),
            "ip4=new name=web path=/srv/web nopersist allow.nounsafe cap.ceiling=chown,kill "
            "host.hostname=www.example.org ip4.addr=10.2.3.4\n");
  EXPECT_EQ(print({"-sd", "-j", "5"}),
            "ip4=disable name=old path=/srv/old cap.ceiling=none host.hostname=old\n");
}

TEST_F(Run, all_is_what_the_caller_can_know) {
  EXPECT_THAT(print({"-h"}), HasSubstr("start_time allow.unsafe"));
  kernel.capabilities.effective = 0;
  kernel.fail("jail_open 4", EPERM);
  EXPECT_THAT(print({"-h"}), Not(HasSubstr("start_time")));
  const auto stop = jls({"start_time"});
  EXPECT_EQ(stop.status, 1);
  EXPECT_EQ(stop.err, "jls: information of jail \"web\": Operation not permitted (run as root)\n");
}

TEST_F(Run, one_jail) {
  EXPECT_EQ(print({"-j", "web", "jid"}), "4\n");
  EXPECT_EQ(print({"-j", "4", "name"}), "web\n");
  EXPECT_EQ(print({"-dj", "5", "name"}), "old\n");
  const auto message = [this](const char* jail) {
    const auto stop = jls({"-j", jail});
    EXPECT_EQ(stop.status, 1);
    EXPECT_EQ(stop.out, "");
    return stop.err;
  };
  EXPECT_EQ(message("none"), "jls: jail \"none\" not found\n");
  EXPECT_EQ(message("99"), "jls: jail 99 not found\n");
  EXPECT_EQ(message("old"), "jls: jail \"old\" is dying (-d shows it)\n");
}

TEST_F(Run, existence) {
  const auto status = [this](std::vector<std::string> arguments) {
    const auto stop = jls(std::move(arguments));
    EXPECT_EQ(stop.out + stop.err, "");
    return stop.status;
  };
  EXPECT_EQ(status({"-cj", "web"}), 0);
  EXPECT_EQ(status({"-cj", "none"}), 1);
  EXPECT_EQ(status({"-cj", "old"}), 1);
  EXPECT_EQ(status({"-cdj", "old"}), 0);
}

TEST_F(Run, json) {
  EXPECT_EQ(print({"--libxo=json"}),
            "{\"__version\": \"2\", \"jail-information\": {\"jail\": "
            "[{\"jid\":4,\"ipv4\":\"10.2.3.4\",\"hostname\":\"www.example.org\","
            "\"path\":\"/srv/web\"}]}}\n");
  EXPECT_EQ(print({"--json", "-d", "name", "jid"}),
            "{\"__version\": \"2\", \"jail-information\": {\"jail\": "
            "[{\"name\":\"web\",\"jid\":\"4\"}, {\"name\":\"old\",\"jid\":\"5\"}]}}\n");
  EXPECT_THAT(print({"--json", "-N"}), HasSubstr("[{\"name\":\"web\",\"ipv4\":"));
  EXPECT_THAT(print({"--json", "-v"}),
              HasSubstr("\"name\":\"web\",\"state\":\"ACTIVE\",\"ipv4_addrs\":[\"10.2.3.4\"]}"));
  EXPECT_THAT(print({"--json", "dying", "ip4.addr"}),
              HasSubstr("{\"dying\":\"false\",\"ip4.addr\":[\"10.2.3.4\"]}"));
  EXPECT_THAT(print({"--json", "-n", "dying"}), HasSubstr("{\"dying\":false}"));
  EXPECT_THAT(print({"--libxo", "json,pretty"}), HasSubstr("{\n  \"__version\": \"2\",\n"));
}

TEST_F(Run, hostile_names_move_no_terminal_and_no_column) {
  list(kHostile);
  EXPECT_EQ(print({}),
            "   JID  IP Address      Hostname                      Path\n"
            "    12                  a\\040/b\\012\\033[2J            /srv/\\134x '$(y)\n");
  EXPECT_EQ(print({"-q", "host.hostname", "path"}), "$'a /b\\012\\033[2J' $'/srv/\\\\x \\'$(y)'\n");
  EXPECT_THAT(print({"--json"}), HasSubstr("\"hostname\":\"a /b\\n\\u001b[2J\""));
  for (const char* option : {"-v", "-n", "-s", "-h", "-N"}) {
    EXPECT_THAT(print({option, "-j", "12"}), Not(HasSubstr("\x1b"))) << option;
  }
}

TEST_F(Run, bytes_that_are_no_text_do_no_harm_to_json) {
  list("4 0 active 3 21 - web w\xff\xc2\x9b /srv\n");
  const auto text = print({"--json"});
  EXPECT_THAT(text, HasSubstr("\"hostname\":\"w\\ufffd\\u009b\""));
  EXPECT_TRUE(
      std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
}

TEST_F(Run, list_that_cannot_be_read) {
  folder.file("jails", "jid\nx\n");
  const auto stop = jls({});
  EXPECT_EQ(stop.status, 1);
  EXPECT_EQ(stop.out, "");
  EXPECT_THAT(stop.err, HasSubstr("jls: line 2 of the list of jails"));
}

}  // namespace
}  // namespace jls_tool
