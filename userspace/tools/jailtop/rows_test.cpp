// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/rows.hpp"

#include <gmock/gmock.h>

namespace jailtop {
namespace {

using monitor::Counts;
using monitor::JailUsage;
using ::testing::ElementsAre;

constexpr std::uint64_t kSecond = 1'000'000'000;

JailUsage web() {
  return {.listed = {.jid = 7,
                     .parent = 0,
                     .processes = 2,
                     .ceiling = 0,
                     .address = "10.2.3.4",
                     .name = "web",
                     .hostname = "www",
                     .path = "/srv/web"},
          .start = 5 * kSecond,
          .usage = libjail::limits::Usage{.memory = 1 << 20,
                                          .cpu_usec = 1'000'000,
                                          .io = {{.device = "8:0", .rbytes = 1000}},
                                          .limits = {.memory = 64 << 20}},
          .counts = Counts{.forks = 1, .denied = 10, .execs = 20}};
}

std::vector<std::string> texts(const Row& row) {
  std::vector<std::string> all;
  for (const auto& cell : row.cells) all.push_back(cell.text);
  return all;
}

TEST(JailTable, rates_between_two_samples) {
  auto now = web();
  now.usage->cpu_usec = 2'500'000;
  now.usage->io = {{.device = "8:0", .rbytes = 3000, .wbytes = 2048}};
  now.counts = Counts{.forks = 1, .denied = 11, .execs = 220};
  const auto table =
      jail_table({.time = 10 * kSecond, .jails = {web()}}, {.time = 12 * kSecond, .jails = {now}});
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].id, 7U);
  EXPECT_THAT(texts(table.rows[0]), ElementsAre("7", "web", "10.2.3.4", "2", "75.0", "1M", "64M",
                                                "1.9K", "0.5", "100", "00:00:07", "active"));
  EXPECT_EQ(table.rows[0].cells[4].number, 75.0);
  EXPECT_EQ(table.rows[0].cells[6].number, static_cast<double>(64 << 20));
}

TEST(JailTable, one_sample_has_no_rates) {
  const monitor::Sample sample{.time = 12 * kSecond, .jails = {web()}};
  for (const auto& before : {sample, monitor::Sample{}}) {
    EXPECT_THAT(texts(jail_table(before, sample).rows[0]),
                ElementsAre("7", "web", "10.2.3.4", "2", "-", "1M", "64M", "-", "-", "-",
                            "00:00:07", "active"));
  }
}

TEST(JailTable, what_is_not_known) {
  auto jail = web();
  jail.listed.address.clear();
  jail.listed.dying = true;
  jail.start.reset();
  jail.usage.reset();
  jail.counts.reset();
  const auto row = jail_table({.time = 1, .jails = {jail}}, {.time = 2, .jails = {jail}}).rows[0];
  EXPECT_THAT(texts(row),
              ElementsAre("7", "web", "-", "2", "-", "-", "-", "-", "-", "-", "-", "dying"));
  EXPECT_EQ(row.cells[8].number, std::nullopt);
}

TEST(JailTable, no_limit_is_not_unknown) {
  auto jail = web();
  jail.usage->limits.memory.reset();
  const auto row = jail_table({}, {.time = 0, .jails = {jail}}).rows[0];
  EXPECT_EQ(row.cells[6].text, "max");
  EXPECT_EQ(row.cells[6].number, std::nullopt);
}

TEST(JailTable, counts_that_began_anew) {
  auto later = web();
  later.counts->denied = 3;
  later.usage->cpu_usec = 0;
  const auto row =
      jail_table({.time = kSecond, .jails = {web()}}, {.time = 2 * kSecond, .jails = {later}})
          .rows[0];
  EXPECT_EQ(row.cells[4].text, "-");
  EXPECT_EQ(row.cells[8].text, "-");
  auto other = web();
  other.listed.name = "mail";
  EXPECT_EQ(jail_table({.time = kSecond, .jails = {web()}}, {.time = 2 * kSecond, .jails = {other}})
                .rows[0]
                .cells[8]
                .text,
            "-")
      << "another one got its number";
}

TEST(ProcessTable, rates) {
  const monitor::Process before{.pid = 12,
                                .parent = 1,
                                .uid = 33,
                                .state = "S",
                                .memory = 8192,
                                .cpu = 100,
                                .command = "httpd -p 80"};
  auto now = before;
  now.cpu = 150;
  const monitor::Process fresh{.pid = 13, .parent = 12, .state = "R", .command = "[sh]"};
  const auto table = process_table({.time = kSecond, .processes = {before}},
                                   {.time = 2 * kSecond, .processes = {now, fresh}}, 100);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_THAT(texts(table.rows[0]), ElementsAre("12", "1", "33", "S", "50.0", "8K", "httpd -p 80"));
  EXPECT_THAT(texts(table.rows[1]), ElementsAre("13", "12", "0", "R", "-", "0", "[sh]"));
}

}  // namespace
}  // namespace jailtop
