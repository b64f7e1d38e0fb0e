// SPDX-License-Identifier: BSD-2-Clause
#include "jail/alias.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HasValue;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;

constexpr const char* kListing = "jid parent state processes ceiling address name hostname path\n";

class AliasLeases : public ::testing::Test {
 protected:
  void SetUp() override { folder.file("jails", kListing); }

  bool has_state() const {
    return ::access((folder / "run/addresses/10.2.3.4").c_str(), F_OK) == 0;
  }
  void jail_has_address() const {
    folder.file("jails", std::string(kListing) + "1 0 active 1 0 10.2.3.4 web web /\n");
  }
  auto acquire() { return AliasLease::acquire(kernel, config, alias); }

  testing::TempDir folder;
  testing::FakeKernel kernel;
  AliasConfig config{.state_dir = folder / "run", .helper = "/h", .listing = folder / "jails"};
  Alias alias{.ip = 0x0a020304, .interface = "eth0", .prefix = 24};
};

TEST_F(AliasLeases, added_and_taken_away) {
  auto lease = acquire();
  ASSERT_THAT(lease, IsOk());
  ASSERT_TRUE(*lease);
  EXPECT_TRUE(has_state());
  EXPECT_EQ(testing::read_text(folder / "run/addresses/10.2.3.4"), "eth0|10.2.3.4/24\n");
  EXPECT_THAT((*lease)->release(kernel, config), HasValue(true));
  EXPECT_FALSE(has_state());
  EXPECT_THAT(kernel.runs, ElementsAre(ElementsAre("/h", "address", "add", "eth0", "10.2.3.4/24"),
                                       ElementsAre("/h", "address", "del", "eth0", "10.2.3.4/24")));
}

TEST_F(AliasLeases, address_of_the_administrator_is_left_alone) {
  kernel.addresses = {{"eth0", alias.ip}};
  auto lease = acquire();
  ASSERT_THAT(lease, IsOk());
  EXPECT_FALSE(*lease);
  EXPECT_THAT(kernel.runs, IsEmpty());
  EXPECT_FALSE(has_state());
}

TEST_F(AliasLeases, address_on_another_interface_is_refused) {
  kernel.addresses = {{"eth1", alias.ip}};
  EXPECT_THAT(acquire(), FailsWith("is on eth1, not on eth0"));
  EXPECT_FALSE(has_state());
}

TEST_F(AliasLeases, the_last_user_takes_it_away) {
  auto first = acquire();
  ASSERT_THAT(first, IsOk());
  kernel.addresses = {{"eth0", alias.ip}};
  auto second = acquire();
  ASSERT_THAT(second, IsOk());
  ASSERT_TRUE(*second);
  EXPECT_EQ(kernel.runs.size(), 1U);
  EXPECT_THAT((*first)->release(kernel, config), HasValue(false));
  EXPECT_TRUE(has_state());
  EXPECT_THAT((*second)->release(kernel, config), HasValue(true));
  EXPECT_FALSE(has_state());
  EXPECT_EQ(kernel.runs.back().at(2), "del");
}

TEST_F(AliasLeases, failed_addition_leaves_nothing) {
  kernel.run_status = 1;
  EXPECT_THAT(acquire(), FailsWith("ip address add 10.2.3.4/24 dev eth0 failed"));
  EXPECT_FALSE(has_state());
  kernel.fail("run address add", ENOENT);
  EXPECT_THAT(acquire(), IsError(ENOENT));
  EXPECT_FALSE(has_state());
}

TEST_F(AliasLeases, failed_removal_is_left_to_the_next_sweep) {
  auto lease = acquire();
  ASSERT_THAT(lease, IsOk());
  kernel.run_status = 1;
  EXPECT_THAT((*lease)->release(kernel, config), FailsWith("ip address del"));
  EXPECT_TRUE(has_state());
  kernel.run_status = 0;
  EXPECT_THAT(sweep_aliases(kernel, config), HasValue(std::vector{alias}));
  EXPECT_FALSE(has_state());
}

TEST_F(AliasLeases, state_folder_that_cannot_be_made_is_named) {
  folder.file("run", "");
  EXPECT_THAT(acquire(), FailsWith("state folder " + (folder / "run")));
}

TEST_F(AliasLeases, sweep_without_state_does_nothing) {
  EXPECT_THAT(*sweep_aliases(kernel, config), IsEmpty());
  EXPECT_NE(::access((folder / "run").c_str(), F_OK), 0) << "a sweep must not make the folder";
}

TEST_F(AliasLeases, sweep_takes_what_a_killed_process_left) {
  {
    auto lease = acquire();  // destroyed without release, as by SIGKILL
    ASSERT_THAT(lease, IsOk());
    EXPECT_THAT(*sweep_aliases(kernel, config), IsEmpty()) << "still in use";
  }
  EXPECT_TRUE(has_state());
  EXPECT_THAT(sweep_aliases(kernel, config), HasValue(std::vector{alias}));
  EXPECT_FALSE(has_state());
  EXPECT_EQ(kernel.runs.back().at(2), "del");
}

TEST_F(AliasLeases, sweep_spares_the_address_of_a_living_jail) {
  static_cast<void>(acquire());
  jail_has_address();
  EXPECT_THAT(*sweep_aliases(kernel, config), IsEmpty());
  EXPECT_TRUE(has_state());
  SetUp();
  EXPECT_EQ(sweep_aliases(kernel, config)->size(), 1U);
}

TEST_F(AliasLeases, release_spares_the_address_of_a_living_jail) {
  auto lease = acquire();
  ASSERT_THAT(lease, IsOk());
  jail_has_address();
  EXPECT_THAT((*lease)->release(kernel, config), HasValue(false));
  EXPECT_TRUE(has_state());
}

TEST_F(AliasLeases, unreadable_list_spares_the_address) {
  static_cast<void>(acquire());
  folder.file("jails", "jid\nnonsense more\n");
  EXPECT_THAT(*sweep_aliases(kernel, config), IsEmpty());
  EXPECT_TRUE(has_state());
}

TEST_F(AliasLeases, sweep_removes_a_file_that_was_cut_short) {
  folder.file("run/addresses/10.2.3.4", "");
  folder.file("run/addresses/10.2.3.5", "eth0|10.2.3.4/24\n");
  EXPECT_THAT(*sweep_aliases(kernel, config), IsEmpty());
  EXPECT_FALSE(has_state());
  EXPECT_THAT(kernel.runs, IsEmpty());
}

TEST_F(AliasLeases, no_descriptor_is_left_open) {
  const int before = testing::open_descriptors();
  {
    auto lease = acquire();
    ASSERT_THAT(lease, IsOk());
    EXPECT_EQ(testing::open_descriptors(), before + 1);
    ASSERT_THAT((*lease)->release(kernel, config), IsOk());
  }
  ASSERT_THAT(sweep_aliases(kernel, config), IsOk());
  EXPECT_EQ(testing::open_descriptors(), before);
}

}  // namespace
}  // namespace libjail
