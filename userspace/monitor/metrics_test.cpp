// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/metrics.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "testing/temp_dir.hpp"

namespace monitor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kBoot = 1'700'000'000'000'000'000;

JailUsage web() {
  return {.listed = {.jid = 7,
                     .parent = 0,
                     .processes = 2,
                     .ceiling = 0,
                     .address = "10.2.3.4",
                     .name = "web",
                     .hostname = "www",
                     .path = "/srv/web"},
          .start = 5'000'000'001,
          .usage =
              libjail::limits::Usage{
                  .memory = 4096,
                  .memory_peak = 8192,
                  .cpu_usec = 1'500'000,
                  .pids = 3,
                  .io = {{.device = "8:0", .rbytes = 1, .wbytes = 2, .rios = 3, .wios = 4}},
                  .limits = {.memory = 65536, .cpu = 50, .pids = 64}},
          .counts = Counts{.forks = 12, .denied = 34}};
}

JailUsage hostile() {
  JailUsage jail;
  jail.listed.jid = 8;
  jail.listed.name = "bad";
  jail.listed.hostname = "a\"b\\c\nd\x1b[2J";
  jail.listed.path = "/srv/\xff\"} 1\njail_info 1";
  return jail;
}

/// What examples/check says of the text, with its exit status.
std::string checked(const std::string& text) {
  const libjail::testing::TempDir temp;
  temp.file("metrics", text);
  const std::string command = EXAMPLES "/check " + (temp / "metrics") + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "re");  // NOLINT(cert-env33-c): our own words
  if (pipe == nullptr) return "no shell";
  std::string said;
  std::array<char, 4096> buffer{};
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    said.append(buffer.data(), got);
  }
  return said + "status " + std::to_string(WEXITSTATUS(::pclose(pipe)));
}

TEST(Metrics, of_a_jail) {
  const auto text = to_metrics({.time = 0, .jails = {web()}}, kBoot);
  for (const char* line :
       {"# TYPE jails gauge\njails{state=\"active\"} 1\njails{state=\"dying\"} 0\n",
        "\njail_processes{jail=\"web\"} 2\n",
        "\njail_start_time_seconds{jail=\"web\"} 1700000005.000000001\n",
        "# TYPE jail_cpu_seconds counter\njail_cpu_seconds_total{jail=\"web\"} 1.500000\n",
        "\njail_cpu_limit_ratio{jail=\"web\"} 0.50\n", "\njail_memory_bytes{jail=\"web\"} 4096\n",
        "\njail_memory_peak_bytes{jail=\"web\"} 8192\n",
        "\njail_memory_limit_bytes{jail=\"web\"} 65536\n", "\njail_tasks{jail=\"web\"} 3\n",
        "\njail_tasks_limit{jail=\"web\"} 64\n",
        "\njail_io_read_bytes_total{jail=\"web\",device=\"8:0\"} 1\n",
        "\njail_io_writes_total{jail=\"web\",device=\"8:0\"} 4\n",
        "\njail_forks_total{jail=\"web\"} 12\n",
        "\njail_denials_total{jail=\"web\"} 34\n# EOF\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text,
              HasSubstr("\njail_info{jail=\"web\",jid=\"7\",parent=\"0\",address=\"10.2.3.4\","
                        "hostname=\"www\",path=\"/srv/web\"} 1\n"));
}

TEST(Metrics, what_is_not_known_is_left_out) {
  auto jail = web();
  jail.start.reset();
  jail.usage.reset();
  jail.counts.reset();
  const auto text = to_metrics({.time = 0, .jails = {jail}}, kBoot);
  for (const char* name : {"start", "cpu", "memory", "tasks", "io", "forks", "denials"}) {
    EXPECT_THAT(text, Not(HasSubstr("\njail_" + std::string(name)))) << name;
  }
  EXPECT_THAT(text, HasSubstr("\njail_processes{jail=\"web\"} 2\n"));
}

TEST(Metrics, dying_jails_are_counted_only) {
  auto dying = web();
  dying.listed.dying = true;
  dying.listed.jid = 3;
  const auto text = to_metrics({.time = 0, .jails = {dying, web()}}, kBoot);
  EXPECT_THAT(text, HasSubstr("jails{state=\"active\"} 1\njails{state=\"dying\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("jid=\"3\""))) << "a name stands for one series";
}

TEST(Metrics, hostile_names_stay_in_their_label) {
  const auto text = to_metrics({.time = 0, .jails = {hostile()}}, kBoot);
  EXPECT_THAT(text, HasSubstr(R"(hostname="a\"b\\134c\\012d\\033[2J",path="/srv/\\377\"} )"));
  for (const char c : text) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\n');
}

TEST(Metrics, programs_of_prometheus_can_read_them) {
  const auto said = checked(to_metrics({.time = 0, .jails = {web(), hostile()}}, kBoot));
  EXPECT_THAT(said, HasSubstr("jail_cpu_seconds_total ('jail', 'web') 1.5\n"));
  EXPECT_THAT(said, HasSubstr("status 0"));
  EXPECT_THAT(checked(to_metrics({}, kBoot)), HasSubstr("status 0")) << "without a jail";
}

TEST(Metrics, the_check_can_fail) {
  EXPECT_THAT(checked("jails 1\n# EOF\n"), HasSubstr("is used, but there is none\nstatus 1"));
  auto text = to_metrics({.time = 0, .jails = {web()}}, kBoot);
  EXPECT_THAT(checked(text + "more 1\n"), Not(HasSubstr("status 0"))) << "after the end";
}

}  // namespace
}  // namespace monitor
