// SPDX-License-Identifier: BSD-2-Clause
// What the kernel offers to BPF programs, used by one that is none of ours.
#include <bpf/bpf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "jail/unique_fd.hpp"
#include "kfunc.skel.h"
#include "tests/host.hpp"

namespace guest {
namespace {

struct Destroy {
  void operator()(kfunc_bpf* programs) const { kfunc_bpf::destroy(programs); }
};

class Kfunc : public HostTest {
 protected:
  void SetUp() override {
    HostTest::SetUp();
    programs_.reset(kfunc_bpf::open_and_load());
    ASSERT_NE(programs_, nullptr);
    ASSERT_EQ(kfunc_bpf::attach(programs_.get()), 0);
  }

  /// The jails that the iterator shows.
  [[nodiscard]] std::vector<std::uint64_t> listed() const {
    const libjail::UniqueFd reader(::bpf_iter_create(::bpf_link__fd(programs_->links.each_jail)));
    std::array<std::uint64_t, 512> jids;
    const auto size = ::read(reader.get(), jids.data(), sizeof(jids));
    EXPECT_GE(size, 0);
    return {jids.begin(), jids.begin() + std::max<ssize_t>(size, 0) / ssize_t{sizeof(jids[0])}};
  }

  std::unique_ptr<kfunc_bpf, Destroy> programs_;
};

TEST_F(Kfunc, name_the_jail_of_a_task) {
  EXPECT_EQ(run(jail("kill -0 1; exit 0", {"-n", "asker"}, "default", kAddress)).status, 0);
  EXPECT_GT(programs_->bss->last_jid, 0U);
  EXPECT_STREQ(programs_->bss->last_name, "asker");
  EXPECT_EQ(programs_->bss->found_wrongly, 0U);
}

TEST_F(Kfunc, jail_that_ended_is_kept_by_a_map_and_not_shown) {
  Process alive(jail("echo ready; exec sleep 1000", {"-n", "alive"}, "default"));
  ASSERT_TRUE(alive.prints("ready"));
  ASSERT_EQ(listed().size(), 1U);
  EXPECT_EQ(run(jail("kill -0 1; exit 0", {"-n", "ended"}, "default", kAddress)).status, 0);
  ASSERT_STREQ(programs_->bss->last_name, "ended");
  // The map still has it, and another one can get its name and address.
  EXPECT_EQ(listed().size(), 1U);
  EXPECT_EQ(std::ranges::count(listed(), programs_->bss->last_jid), 0);
  const auto kept = programs_->bss->last_jid;
  EXPECT_EQ(run(jail("kill -0 1; exit 0", {"-n", "ended"}, "default", kAddress)).status, 0);
  EXPECT_NE(programs_->bss->last_jid, kept);
  programs_.reset();
  ::kill(alive.pid(), SIGKILL);
  alive.finish();
}

}  // namespace
}  // namespace guest
