// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtrace/run.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/jail.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>

#include "jail/unique_fd.hpp"

namespace jailtrace {
namespace {

using libjail::UniqueFd;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Events that are there from the start; more of them never come.
class FakeSource : public monitor::EventSource {
 public:
  FakeSource() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) == 0) {
      read_ = UniqueFd(ends[0]);
      write_ = UniqueFd(ends[1]);
    }
  }

  void add(std::uint32_t jid, std::uint32_t pid = 1) {
    jail_event event{};
    event.kind = JAIL_EVENT_ATTACH;
    event.jid = jid;
    event.pid = pid;
    events.push_back(event);
    if (events.size() == 1) {
      EXPECT_EQ(::write(write_.get(), "x", 1), 1);
    }
  }

  [[nodiscard]] int descriptor() const override { return read_.get(); }
  libjail::Result<void> take(const monitor::TakeEvent& take) override {
    char byte = 0;
    if (!events.empty()) {
      EXPECT_EQ(::read(read_.get(), &byte, 1), 1);
    }
    while (!events.empty()) {
      const auto event = events.front();
      events.pop_front();
      if (!take(event)) break;
    }
    if (broken) return libjail::fail(EIO, "read the events");
    return {};
  }
  void detach() override { detached = true; }
  [[nodiscard]] std::uint64_t lost() const override { return lost_events; }

  std::deque<jail_event> events;
  std::uint64_t lost_events = 0;
  bool detached = false;
  bool broken = false;

 private:
  UniqueFd read_;
  UniqueFd write_;
};

/// Events that come faster than they can be taken, until it is detached.
class EndlessSource : public FakeSource {
 public:
  EndlessSource() { add(1); }

  libjail::Result<void> take(const monitor::TakeEvent& take) override {
    ::usleep(50'000);
    for (int i = 0; i < kMost; ++i) {
      if (detached && left == 0) return {};
      if (detached) --left;
      ++given;
      if (!take(events.front())) return {};
    }
    ADD_FAILURE() << "it takes without an end";
    return {};
  }

  std::ptrdiff_t given = 0;
  int left = 5000;  ///< when it is detached

 private:
  static constexpr int kMost = 1'000'000;
};

class Run : public ::testing::Test {
 protected:
  int run(const Request& request) { return run(source, request); }
  int run(FakeSource& from, const Request& request) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = jailtrace::run(from, request, interrupts.get(), messages);
    out = ::testing::internal::GetCapturedStdout();
    err = ::testing::internal::GetCapturedStderr();
    return status;
  }
  [[nodiscard]] auto lines() const { return std::ranges::count(out, '\n'); }
  /// As if a signal had come.
  void interrupt() {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ASSERT_EQ(::write(ends[1], "x", 1), 1);
    interrupts = UniqueFd(ends[0]);
    ::close(ends[1]);
  }

  FakeSource source;
  UniqueFd interrupts;
  cli::Messages messages{"jailtrace", cli::Verbosity::kNormal};
  std::string out;
  std::string err;
};

TEST_F(Run, until_so_many_events) {
  for (std::uint32_t jid = 1; jid < 5; ++jid) source.add(jid);
  EXPECT_EQ(run({.count = 2}), 0);
  EXPECT_THAT(out, StartsWith("TIME "));
  EXPECT_EQ(lines(), 3);
  EXPECT_EQ(err, "");
}

TEST_F(Run, until_the_time_is_over) {
  source.add(1);
  EXPECT_EQ(run({.seconds = 1}), 0);
  EXPECT_EQ(lines(), 2);
  EXPECT_TRUE(source.detached);
}

TEST_F(Run, until_a_signal_which_loses_nothing) {
  interrupt();
  source.add(7);
  EXPECT_EQ(run({}), 0);
  EXPECT_TRUE(source.detached);
  EXPECT_EQ(lines(), 2);
}

TEST_F(Run, jail_that_never_ceases_hides_nothing_and_holds_up_nobody) {
  for (const bool unique : {false, true}) {
    EndlessSource endless;
    EXPECT_EQ(run(endless, {.seconds = 1, .unique = unique}), 0);
    EXPECT_EQ(endless.left, 0) << "what came before the end is not lost";
    EXPECT_EQ(lines(), unique ? 2 : endless.given + 1);
  }
}

TEST_F(Run, json_has_no_heading) {
  source.add(7);
  EXPECT_EQ(run({.count = 1, .json = true}), 0);
  EXPECT_THAT(out, StartsWith("{\"time\":"));
  EXPECT_EQ(lines(), 1);
}

TEST_F(Run, unique) {
  interrupt();
  for (const std::uint32_t pid : {1U, 2U, 3U}) source.add(7, pid);
  source.add(8);
  EXPECT_EQ(run({.unique = true}), 0);
  EXPECT_EQ(lines(), 3);
}

TEST_F(Run, unique_events_are_counted_not_all) {
  for (const std::uint32_t jid : {7U, 7U, 7U, 8U, 9U}) source.add(jid);
  EXPECT_EQ(run({.count = 2, .unique = true}), 0);
  EXPECT_EQ(lines(), 3);
  EXPECT_THAT(out, HasSubstr("      8 "));
}

TEST_F(Run, lost_events_are_told) {
  interrupt();
  source.lost_events = 3;
  EXPECT_EQ(run({}), 0);
  EXPECT_THAT(err, StartsWith("jailtrace: 3 events lost"));
}

TEST_F(Run, broken_source) {
  source.add(1);
  source.broken = true;
  EXPECT_EQ(run({}), kFailure);
  EXPECT_EQ(err, "jailtrace: read the events: Input/output error\n");
}

TEST_F(Run, output_that_cannot_be_written_is_an_error) {
  const UniqueFd before(::dup(STDOUT_FILENO));
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_GE(::dup2(full.get(), STDOUT_FILENO), 0);
  ::testing::internal::CaptureStderr();
  const int status = jailtrace::run(source, {}, interrupts.get(), messages);
  err = ::testing::internal::GetCapturedStderr();
  ASSERT_GE(::dup2(before.get(), STDOUT_FILENO), 0);
  EXPECT_EQ(status, kFailure);
  EXPECT_THAT(err, EndsWith("jailtrace: write error: No space left on device\n"));
}

}  // namespace
}  // namespace jailtrace
