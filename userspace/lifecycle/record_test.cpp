// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/record.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "jail/conf/syntax.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::lifecycle {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsError;
using libjail::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Records : public ::testing::Test {
 protected:
  Result<Record> take(const std::string& name = "web") {
    return Record::take(folder / "run", name, 0);
  }

  static conf::JailSettings settings(const std::string& text) {
    return conf::resolve(*conf::parse(text, "test"))->front();
  }

  libjail::testing::FakeKernel kernel;
  libjail::testing::TempDir folder;
};

TEST_F(Records, keep_what_they_are_told) {
  auto record = take();
  ASSERT_THAT(record, IsOk());
  const auto web = settings(
      "web { path = '/srv/a \"b\" $c'; persist; allow.nomlock; exec.start = '', 'x;\ny'; }");
  EXPECT_THAT(record->set_settings(web), IsOk());
  EXPECT_THAT(record->set_state({.phase = Phase::kStop, .jail = {.jid = 5, .start_time = 77}}),
              IsOk());
  const auto read = record->settings(kernel);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(conf::format_settings(*read, "|"), conf::format_settings(web, "|"));
  EXPECT_EQ(record->state().phase, Phase::kStop);
  EXPECT_EQ(record->state().jail, (Identity{.jid = 5, .start_time = 77}));
  EXPECT_THAT(*Record::names(folder / "run"), ElementsAre("web"));
  EXPECT_EQ(Record::peek(kernel, folder / "run", "web")->find("path")->values[0].text,
            "/srv/a \"b\" $c");
  EXPECT_THAT(record->remove(), IsOk());
  EXPECT_THAT(*Record::names(folder / "run"), IsEmpty());
  EXPECT_THAT(take(), IsOk()) << "a new one";
}

TEST_F(Records, one_at_a_time) {
  auto record = take();
  ASSERT_THAT(record, IsOk());
  EXPECT_THAT(take(), IsError(EBUSY));
  EXPECT_THAT(Record::find(folder / "run", "web", 0), IsError(EBUSY));
  EXPECT_THAT(take("other"), IsOk());
  EXPECT_THAT(record->remove(), IsOk());
  const auto gone = Record::find(folder / "run", "web", 0);
  ASSERT_THAT(gone, IsOk());
  EXPECT_FALSE(gone->has_value());
}

TEST_F(Records, hostile_names) {
  for (const char* name : {"", ".", "..", ".x", "a/b", "../x", "7"}) {
    EXPECT_FALSE(take(name).has_value()) << name;
    const auto found = Record::find(folder / "run", name, 0);
    ASSERT_THAT(found, IsOk()) << name;
    EXPECT_FALSE(found->has_value()) << name;
  }
  EXPECT_THAT(take(".x"), FailsWith("begins with a dot"));
}

TEST_F(Records, damaged_ones) {
  auto record = take();
  ASSERT_THAT(record, IsOk());
  EXPECT_THAT(record->settings(kernel), IsError(ENOENT));
  folder.file("run/records/web/jail.conf", "other { path = /x; }");
  EXPECT_THAT(record->settings(kernel), FailsWith("is damaged"));
  folder.file("run/records/web/jail.conf", "web {");
  EXPECT_FALSE(record->settings(kernel).has_value());
  for (const char* text : {"", "x", "started", "started a b", "nonsense 1 2"}) {
    folder.file("run/records/web/state", text);
    EXPECT_EQ(record->state().jail.jid, *text == 'n' ? 1U : 0U);
  }
}

TEST_F(Records, tell_who_the_keeper_is) {
  const auto record = take();
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->keeper(), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto post = record->keep();
    if (!post) ::_exit(1);
    ::pause();
  }
  while (record->keeper() == 0) ::usleep(1000);
  EXPECT_EQ(record->keeper(), child);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(record->keeper(), 0);
}

}  // namespace
}  // namespace libjail::lifecycle
