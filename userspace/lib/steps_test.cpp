// SPDX-License-Identifier: BSD-2-Clause
#include "jail/steps.hpp"

#include <gmock/gmock.h>

#include <cerrno>

#include "testing/matchers.hpp"

namespace libjail {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::IsOk;
using ::testing::ElementsAre;

class Steps : public ::testing::Test {
 protected:
  Step step(const std::string& name, bool works = true, bool undoes = true) {
    return {.what = name,
            .commands = {"do " + name},
            .run = [this, name, works]() -> Result<void> {
              log.push_back(name);
              if (!works) return fail(ENOSPC, "disk");
              return {};
            },
            .undo = [this, name, undoes]() -> Result<void> {
              log.push_back("undo " + name);
              if (!undoes) return fail(EBUSY, "folder");
              return {};
            }};
  }

  std::vector<std::string> log;
  std::function<bool()> never = [] { return false; };
};

TEST_F(Steps, run_in_order) {
  EXPECT_THAT(run_steps({step("a"), step("b")}, never), IsOk());
  EXPECT_THAT(log, ElementsAre("a", "b"));
}

TEST_F(Steps, failure_undoes_what_was_done_in_reverse) {
  EXPECT_THAT(run_steps({step("a"), step("b"), step("c", false), step("d")}, never),
              FailsWith("c: disk: No space left"));
  EXPECT_THAT(log, ElementsAre("a", "b", "c", "undo b", "undo a"));
}

TEST_F(Steps, what_cannot_be_undone_is_said_and_does_not_stop_the_rest) {
  EXPECT_THAT(run_steps({step("a"), step("b", true, false), step("c", false)}, never),
              FailsWith("undo b: folder: Device or resource busy"));
  EXPECT_EQ(log.back(), "undo a");
}

TEST_F(Steps, interruption_is_a_failure_of_the_next_step) {
  int asked = 0;
  EXPECT_THAT(run_steps({step("a"), step("b")}, [&] { return ++asked == 2; }),
              FailsWith("b: interrupted"));
  EXPECT_THAT(log, ElementsAre("a", "undo a"));
}

TEST_F(Steps, commands) {
  EXPECT_THAT(commands_of({step("a"), step("b")}), ElementsAre("do a", "do b"));
}

TEST(Quoted, is_one_word_for_a_shell) {
  EXPECT_EQ(quoted("/srv/web-1.2"), "/srv/web-1.2");
  EXPECT_EQ(quoted(""), "''");
  EXPECT_EQ(quoted("a b"), "'a b'");
  EXPECT_EQ(quoted("it's; rm"), "'it'\\''s; rm'");
  EXPECT_EQ(quoted("$(x)"), "'$(x)'");
}

}  // namespace
}  // namespace libjail
