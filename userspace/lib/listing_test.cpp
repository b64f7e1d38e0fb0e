// SPDX-License-Identifier: BSD-2-Clause
#include "jail/listing.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;

constexpr const char* kHeader = "jid parent state processes ceiling address name hostname path\n";

Result<std::vector<ListedJail>> parse(const std::string& lines) {
  return parse_listing(kHeader + lines);
}

TEST(Listing, line) {
  const auto jails = parse("1 0 active 3 00000000000485fb 10.2.3.4 web web /srv/web\n");
  ASSERT_THAT(jails, IsOk());
  EXPECT_THAT(*jails, ElementsAre(ListedJail{.jid = 1,
                                             .parent = 0,
                                             .dying = false,
                                             .processes = 3,
                                             .ceiling = 0x485fb,
                                             .address = "10.2.3.4",
                                             .name = "web",
                                             .hostname = "web",
                                             .path = "/srv/web"}));
}

TEST(Listing, absent_fields_and_states) {
  const auto jails = parse("7 1 dying 0 0 - - - -\n");
  ASSERT_THAT(jails, IsOk());
  EXPECT_TRUE(jails->front().dying);
  EXPECT_EQ(jails->front().address, "");
  EXPECT_EQ(jails->front().path, "");
  EXPECT_EQ(jails->front().name, "-") << "a jail has a name, and this is one";
}

TEST(Listing, escapes) {
  const auto jails = parse("1 0 active 1 0 - a b /srv/two\\040words\\134\\012end\\\n");
  ASSERT_THAT(jails, IsOk());
  EXPECT_EQ(jails->front().path, "/srv/two words\\\nend\\");
}

TEST(Listing, no_jails) {
  EXPECT_THAT(*parse(""), IsEmpty());
  EXPECT_THAT(*parse_listing(""), IsEmpty());
}

TEST(Listing, new_columns_do_no_harm) {
  const auto jails = parse_listing(
      "jid parent colour state processes ceiling address name hostname path\n"
      "1 0 red active 3 1 - web web /\n");
  ASSERT_THAT(jails, IsOk());
  EXPECT_EQ(jails->front().name, "web");
}

TEST(Listing, broken_lines_are_errors) {
  EXPECT_THAT(parse("1 0 active\n"), IsError(EPROTO));
  EXPECT_THAT(parse("x 0 active 3 1 - web web /\n"), FailsWith("line 2"));
  EXPECT_THAT(parse("1 0 active 3 1 - web web / extra\n"), IsError(EPROTO));
  EXPECT_THAT(parse("1 0 active 3 1 - web web /\n\n"), FailsWith("line 3"));
}

TEST(Listing, file) {
  const testing::TempDir folder;
  folder.file("jails", std::string(kHeader) + "1 0 active 3 1 - web web /\n");
  testing::FakeKernel kernel;
  EXPECT_EQ(list_jails(kernel, (folder / "jails").c_str())->size(), 1U);
  EXPECT_THAT(list_jails(kernel, (folder / "none").c_str()), IsError(ENOENT));
}

TEST(Listing, of_ten_thousand_jails) {
  constexpr std::uint32_t kJails = 10000;
  const std::string path = "/srv/" + std::string(150, 'x');
  std::string text = kHeader;
  for (std::uint32_t jid = 1; jid <= kJails; ++jid) {
    const auto number = std::to_string(jid);
    text += number + " 0 active 3 1 10.2.3.4 jail" + number + " jail" + number + " " + path + "\n";
  }
  ASSERT_GT(text.size(), std::size_t{1} << 20) << "more than other files may have";
  const testing::TempDir folder;
  folder.file("jails", text);
  testing::FakeKernel kernel;
  const auto jails = list_jails(kernel, (folder / "jails").c_str());
  ASSERT_THAT(jails, IsOk());
  ASSERT_EQ(jails->size(), kJails);
  EXPECT_EQ(jails->back().jid, kJails);
  EXPECT_EQ(jails->back().path, path);
}

}  // namespace
}  // namespace libjail
