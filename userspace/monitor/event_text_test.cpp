// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/event_text.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <linux/capability.h>
#include <linux/jail.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>

#include "jail/capmask.hpp"

namespace monitor {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kBoot = 1'700'000'000'000'000'000;  // 2023-11-14T22:13:20Z

template <std::size_t size>
void put(char (&field)[size], const std::string& text) {  // NOLINT(*-avoid-c-arrays)
  std::memset(static_cast<char*>(field), 0, size);
  text.copy(static_cast<char*>(field), size);
}

jail_event event_of(jail_event_kind kind) {
  jail_event event{};
  event.time = 1'234'567'890;
  event.kind = kind;
  event.jid = 3;
  event.pid = 812;
  event.uid = 33;
  put(event.name, "web");
  put(event.comm, "nginx");
  return event;
}

jail_event denial(std::uint32_t reason, int err, const std::string& object,
                  const std::string& wall = "jail_capable") {
  auto event = event_of(JAIL_EVENT_DENY);
  event.reason = reason;
  event.err = -err;
  put(event.object, object);
  put(event.wall, wall);
  return event;
}

class EventText : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::setenv("TZ", "UTC", 1), 0);
    ::tzset();
  }
};

TEST_F(EventText, details_of_denials) {
  EXPECT_EQ(detail_of(denial(JAIL_REASON_CAPABILITY, EPERM, "capability 21")),
            "capability cap_sys_admin: EPERM (jail_capable)");
  EXPECT_EQ(detail_of(denial(JAIL_REASON_SIGNAL, ESRCH, "pid 12", "jail_task_kill")),
            "signal pid 12: ESRCH (jail_task_kill)");
  EXPECT_EQ(detail_of(denial(JAIL_REASON_DEVICE, EACCES, "char 1:1", "")),
            "device char 1:1: EACCES");
  EXPECT_EQ(detail_of(denial(JAIL_REASON_MOUNT, EPERM, "", "jail_sb_mount")),
            "mount: EPERM (jail_sb_mount)");
  EXPECT_EQ(detail_of(denial(77, 4321, "capability 63", "w")), "77 63: -4321 (w)")
      << "what a newer kernel may say; libcap names unknown capabilities by number";
  EXPECT_EQ(detail_of(denial(0, EPERM, "capability x", "w")), "capability x: EPERM (w)");
  EXPECT_EQ(detail_of(denial(JAIL_REASON_PROCESS, ESRCH, "process 1", "w")),
            "process 1: ESRCH (w)");
}

TEST_F(EventText, details_of_other_events) {
  auto create = event_of(JAIL_EVENT_CREATE);
  create.ceiling = libjail::kDefaultCeiling;
  EXPECT_EQ(detail_of(create), "address none, ceiling default");
  create.ceiling = 1U << CAP_CHOWN | 1U << CAP_KILL;
  create.given = htonl(0x0a020304);
  create.parent = 7;
  EXPECT_EQ(detail_of(create), "address 10.2.3.4, ceiling chown,kill, in jail 7");
  EXPECT_EQ(detail_of(event_of(JAIL_EVENT_ATTACH)), "");
  auto exit = event_of(JAIL_EVENT_EXIT);
  exit.lifetime = 61'005'999'999;
  exit.forks = 12;
  exit.denied = 1;
  EXPECT_EQ(detail_of(exit), "lived 61.005 s, 12 tasks, 1 refusal");
  auto bind = event_of(JAIL_EVENT_BIND);
  bind.given = htonl(0x0a020304);
  bind.port = htons(80);
  EXPECT_EQ(detail_of(bind), "0.0.0.0:80 -> 10.2.3.4:80");
}

TEST_F(EventText, lines) {
  EXPECT_EQ(line_heading(),
            "TIME            JID JAIL         EVENT       PID COMM              UID DETAIL\n");
  EXPECT_EQ(to_line(denial(JAIL_REASON_CAPABILITY, EPERM, "capability 21"), kBoot),
            "22:13:21.234      3 web          deny        812 nginx              33 capability "
            "cap_sys_admin: EPERM (jail_capable)\n");
  EXPECT_EQ(to_line(event_of(JAIL_EVENT_ATTACH), kBoot),
            "22:13:21.234      3 web          attach      812 nginx              33\n");
  EXPECT_EQ(to_line(event_of(JAIL_EVENT_EXIT), kBoot),
            "22:13:21.234      3 web          exit          - -                   - lived 0.000 "
            "s, 0 tasks, 0 refusals\n");
}

TEST_F(EventText, json) {
  EXPECT_EQ(to_json(denial(JAIL_REASON_CAPABILITY, EPERM, "capability 21"), kBoot),
            R"({"time":"2023-11-14T22:13:21.234Z","jid":3,"jail":"web","event":"deny",)"
            R"("pid":812,"comm":"nginx","uid":33,"reason":"capability",)"
            R"("object":"cap_sys_admin","error":"EPERM","wall":"jail_capable"})"
            "\n");
  auto connect = event_of(JAIL_EVENT_CONNECT);
  connect.asked = htonl(0x7f000001);
  connect.given = htonl(0x0a020304);
  connect.port = htons(5432);
  EXPECT_THAT(to_json(connect, kBoot),
              HasSubstr(R"("asked":"127.0.0.1","given":"10.2.3.4","port":5432})"));
  auto exit = event_of(JAIL_EVENT_EXIT);
  exit.lifetime = 1'500'000'000;
  EXPECT_THAT(to_json(exit, kBoot),
              HasSubstr(R"("event":"exit","lifetime":1.5,"forks":0,"denied":0})"));
  EXPECT_THAT(to_json(event_of(JAIL_EVENT_CREATE), kBoot),
              HasSubstr(R"("parent":0,"ceiling":"none","address":null})"));
}

TEST_F(EventText, hostile_names_move_no_terminal_and_no_column) {
  auto event = denial(JAIL_REASON_FILE, EPERM, "x\x1b]0;y\a\n\xff", "w\x9bJ");
  put(event.comm, "a b\x1b[2J\nc\xc2\x9b");
  const auto line = to_line(event, kBoot);
  EXPECT_THAT(line, HasSubstr(R"( a\040b\033[2J\012c\302\233 )"));
  EXPECT_THAT(line, HasSubstr(R"(file x\033]0;y\007\012\377: EPERM (w\233J))"));
  const auto json = to_json(event, kBoot);
  for (const auto& text : {line, json}) {
    for (const char c : text.substr(0, text.size() - 1)) EXPECT_TRUE(c >= ' ' && c <= '~') << text;
  }
  EXPECT_EQ(nlohmann::json::parse(json)["comm"], "a b\x1b[2J\nc\xc2\x9b");
}

TEST_F(EventText, fields_without_an_end) {
  auto event = denial(JAIL_REASON_FILE, EPERM, std::string(64, 'o'), std::string(48, 'w'));
  put(event.comm, std::string(16, 'c'));
  EXPECT_THAT(to_line(event, kBoot), HasSubstr(" " + std::string(16, 'c') + " "));
  EXPECT_THAT(detail_of(event), HasSubstr(" " + std::string(64, 'o') + ": "));
  EXPECT_THAT(detail_of(event), HasSubstr("(" + std::string(48, 'w') + ")"));
}

TEST_F(EventText, identity) {
  const auto one = denial(JAIL_REASON_CAPABILITY, EPERM, "capability 21");
  auto other = one;
  other.time = 5;
  other.pid = 6;
  EXPECT_EQ(identity_of(one), identity_of(other));
  put(other.comm, "sh");
  EXPECT_NE(identity_of(one), identity_of(other));
}

}  // namespace
}  // namespace monitor
