// SPDX-License-Identifier: BSD-2-Clause
#include "network/inspection.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::network {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;

class Inspections : public ::testing::Test {
 protected:
  Inspections() {
    folder.file("jails",
                "jid parent state processes ceiling address name hostname path\n"
                "3 0 active 1 0 10.9.0.2 web web /\n"
                "4 0 active 1 0 - db db /\n");
  }

  testing::TempDir folder;
  testing::FakeKernel kernel;
  NetworkConfig config{.state_dir = folder / "run", .helper = "/h", .listing = folder / "jails"};
};

TEST_F(Inspections, of_a_jail_with_a_vlan) {
  folder.file("run/addresses/10.9.0.2", "eth0.12|10.9.0.2/24\n");
  folder.file("run/interfaces/eth0.12", "jail web\n");
  folder.file("run/interfaces/j-db", "jail db\n");
  folder.file("run/interfaces/jail0", "bridge\n");
  for (const char* name : {"web", "3"}) {
    const auto found = inspect(kernel, config, name);
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->jail, "web");
    EXPECT_EQ(found->address, "10.9.0.2");
    EXPECT_EQ(found->added, (Alias{.ip = 0x0a090002, .interface = "eth0.12", .prefix = 24}));
    EXPECT_THAT(found->interfaces, ElementsAre(OwnedInterface{.name = "eth0.12"}));
  }
}

TEST_F(Inspections, of_a_jail_whose_address_is_translated) {
  folder.file("run/interfaces/j-db", "jail db nat\n");
  EXPECT_THAT(inspect(kernel, config, "db")->interfaces,
              ElementsAre(OwnedInterface{.name = "j-db", .nat = true}));
}

TEST_F(Inspections, of_jails_for_which_nothing_was_made) {
  for (const char* name : {"web", "db"}) {
    const auto found = inspect(kernel, config, name);
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->added, std::nullopt);
    EXPECT_THAT(found->interfaces, IsEmpty());
  }
  EXPECT_EQ(inspect(kernel, config, "db")->address, "");
}

TEST_F(Inspections, of_none) {
  EXPECT_THAT(inspect(kernel, config, "nosuch"), IsError(ESRCH));
  config.listing = folder / "nowhere";
  EXPECT_THAT(inspect(kernel, config, "web"), IsError(ENOENT));
}

}  // namespace
}  // namespace libjail::network
