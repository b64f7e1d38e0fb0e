// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/load.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "jail/linux_kernel.hpp"
#include "lib/conf/glob.hpp"
#include "lib/conf/trusted_file.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::conf {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::HasValue;
using testing::IsError;
using testing::IsOk;
using testing::TempDir;

class Load : public ::testing::Test {
 protected:
  [[nodiscard]] Result<Document> read(std::string_view name) { return load(kernel_, dir_ / name); }

  /// The names of the statements, in order.
  [[nodiscard]] std::vector<std::string> names(std::string_view file) {
    std::vector<std::string> found;
    const auto document = read(file);
    if (!document) found.push_back(document.error().text());
    if (document) {
      for (const auto& item : document->items) found.push_back(std::get<Statement>(item).name);
    }
    return found;
  }

  LinuxKernel kernel_;
  TempDir dir_;
};

TEST_F(Load, a_file) {
  dir_.file("jail.conf", "web { persist; }");
  const auto document = read("jail.conf");
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(std::get<Block>(document->items.at(0)).position.text(), (dir_ / "jail.conf") + ":1:1");
}

TEST_F(Load, no_file) {
  EXPECT_THAT(read("jail.conf"), IsError(ENOENT));
  EXPECT_THAT(read("jail.conf"), FailsWith(dir_ / "jail.conf"));
  dir_.folder("folder");
  EXPECT_THAT(read("folder"), IsError(EISDIR));
  dir_.file("file", "");
  EXPECT_THAT(read("file/x"), IsError(ENOTDIR));
}

TEST_F(Load, a_fifo_or_a_device_is_no_file) {
  ASSERT_EQ(::mkfifo((dir_ / "fifo").c_str(), 0600), 0);
  EXPECT_THAT(read("fifo"), FailsWith("no regular file"));
  EXPECT_THAT(load(kernel_, "/dev/null"), FailsWith("/dev/null"));
}

TEST_F(Load, a_mistake_names_its_file) {
  dir_.file("jail.conf", ".include \"b.conf\";");
  dir_.file("b.conf", "x\n=;");
  EXPECT_THAT(read("jail.conf"), FailsWith((dir_ / "b.conf") + ":2:2: expected a value"));
}

TEST_F(Load, an_included_file_stands_in_the_place_of_the_statement) {
  dir_.file("jail.conf", "a; .include \"conf.d/*.conf\"; z;");
  dir_.file("conf.d/2.conf", "c;");
  dir_.file("conf.d/1.conf", "b; .include more;");
  dir_.file("conf.d/more", "bb;");
  dir_.file("conf.d/.hidden.conf", "hidden;");
  dir_.file("conf.d/other", "other;");
  EXPECT_THAT(names("jail.conf"), ElementsAre("a", "b", "bb", "c", "z"));
}

TEST_F(Load, a_pattern_may_match_nothing_but_a_name_may_not) {
  dir_.file("jail.conf", ".include \"conf.d/*.conf\"; .include \"*.none\"; a;");
  EXPECT_THAT(names("jail.conf"), ElementsAre("a"));
  dir_.file("jail.conf", "\n  .include \"none\";");
  EXPECT_THAT(read("jail.conf"), IsError(ENOENT));
  EXPECT_THAT(read("jail.conf"), FailsWith((dir_ / "jail.conf") + ":2:3: " + (dir_ / "none")));
}

TEST_F(Load, a_circle_is_named) {
  dir_.file("a", ".include b;");
  dir_.file("b", ".include c;");
  dir_.file("c", ".include b;");
  EXPECT_THAT(read("a"), FailsWith("includes itself: " + (dir_ / "b") + " includes " +
                                   (dir_ / "c") + " includes " + (dir_ / "b")));
  dir_.file("self", ".include \"s*\";");
  EXPECT_THAT(read("self"), FailsWith("includes itself"));
  dir_.link("other", "self");
  EXPECT_THAT(read("other"), FailsWith("includes itself"));
}

TEST_F(Load, a_file_may_be_included_twice) {
  dir_.file("a", ".include b; .include b;");
  dir_.file("b", "x;");
  EXPECT_THAT(names("a"), ElementsAre("x", "x"));
}

TEST_F(Load, depth_and_number_have_limits) {
  for (std::size_t i = 0; i < kMaxIncludeDepth; ++i) {
    dir_.file("deep" + std::to_string(i), ".include deep" + std::to_string(i + 1) + ";");
  }
  dir_.file("deep" + std::to_string(kMaxIncludeDepth), "x;");
  EXPECT_THAT(read("deep0"), FailsWith("include each other"));
  EXPECT_THAT(names("deep1"), ElementsAre("x"));

  // Each file includes the next one twice: 2^16 files, were it not for the limit.
  for (int i = 0; i < 15; ++i) {
    const std::string next = "wide" + std::to_string(i + 1);
    dir_.file("wide" + std::to_string(i), ".include " + next + "; .include " + next + ";");
  }
  dir_.file("wide15", "");
  EXPECT_THAT(read("wide0"), FailsWith("more than 1024 files"));
}

TEST_F(Load, size_has_a_limit) {
  dir_.file("large", std::string((std::size_t{1} << 20) + 1, ' '));
  EXPECT_THAT(read("large"), IsError(EFBIG));
  EXPECT_THAT(read("large"), FailsWith("at most 1048576 bytes"));
  dir_.file("part", std::string(std::size_t{1} << 20, ' '));
  std::string all;
  for (std::size_t i = 0; i <= kMaxTotalSize >> 20; ++i) all += ".include part;";
  dir_.file("all", all);
  EXPECT_THAT(read("all"), FailsWith("bytes"));
}

TEST_F(Load, symbolic_links_are_followed) {
  dir_.file("real/jail.conf", ".include x;");
  dir_.file("real/x", "real;");
  dir_.file("x", "here;");
  dir_.link("jail.conf", "real/jail.conf");
  dir_.link("absolute", (dir_ / "real") + "/../real/jail.conf");
  // The folder is that of the name, not of what the link leads to.
  EXPECT_THAT(names("jail.conf"), ElementsAre("here"));
  EXPECT_THAT(names("absolute"), ElementsAre("here"));
  dir_.link("loop", "loop");
  EXPECT_THAT(read("loop"), IsError(ELOOP));
  dir_.link("dangling", "none");
  EXPECT_THAT(read("dangling"), IsError(ENOENT));
}

TEST_F(Load, what_others_can_write_to_is_refused) {
  dir_.file("jail.conf", "a;");
  ASSERT_THAT(read("jail.conf"), IsOk());
  for (const mode_t mode : {0666U, 0664U, 0646U, 0777U}) {
    ASSERT_EQ(::chmod((dir_ / "jail.conf").c_str(), mode), 0);
    EXPECT_THAT(read("jail.conf"), IsError(EPERM)) << std::oct << mode;
    EXPECT_THAT(read("jail.conf"), FailsWith("jail.conf can be written to by others"));
  }
  for (const mode_t mode : {0644U, 0600U, 0400U, 0755U}) {
    ASSERT_EQ(::chmod((dir_ / "jail.conf").c_str(), mode), 0);
    EXPECT_THAT(read("jail.conf"), IsOk()) << std::oct << mode;
  }
}

TEST_F(Load, a_folder_that_others_can_write_to_is_refused) {
  dir_.file("conf.d/a", "a;");
  dir_.file("jail.conf", ".include \"conf.d/*\";");
  dir_.link("link", "conf.d/a");
  ASSERT_EQ(::chmod((dir_ / "conf.d").c_str(), 0777), 0);
  EXPECT_THAT(read("conf.d/a"), FailsWith("conf.d can be written to by others"));
  EXPECT_THAT(read("link"), FailsWith("conf.d can be written to by others"));
  // Found through an .include: the statement is named too.
  EXPECT_THAT(read("jail.conf"), FailsWith((dir_ / "jail.conf") + ":1:1: "));
  ASSERT_EQ(::chmod((dir_ / "conf.d").c_str(), 01777), 0);
  EXPECT_THAT(names("jail.conf"), ElementsAre("a"));
}

TEST_F(Load, another_name_of_a_file_in_a_folder_for_everybody_is_refused) {
  dir_.file("log", "a;");
  dir_.folder("tmp");
  ASSERT_EQ(::chmod((dir_ / "tmp").c_str(), 01777), 0);
  ASSERT_EQ(::link((dir_ / "log").c_str(), (dir_ / "tmp/a").c_str()), 0);
  EXPECT_THAT(read("tmp/a"), FailsWith("has another name elsewhere"));
}

TEST(Distrust, owner) {
  struct stat st {};
  st.st_mode = S_IFREG | 0644;
  st.st_nlink = 1;
  EXPECT_FALSE(distrust(st, 1000, false));
  st.st_uid = 1000;
  EXPECT_FALSE(distrust(st, 1000, false));
  EXPECT_EQ(distrust(st, 0, false), "belongs to user 1000");
  EXPECT_TRUE(distrust(st, 1001, false));
  st.st_mode = S_IFLNK | 0777;
  EXPECT_TRUE(distrust(st, 0, false));
  EXPECT_FALSE(distrust(st, 1000, false));
}

TEST_F(Load, what_is_closed_again) {
  dir_.file("a", ".include b; .include \"*c\"; .include none;");
  dir_.file("b", "x;");
  dir_.file("c", "y;");
  const int before = testing::open_descriptors();
  EXPECT_THAT(read("a"), IsError(ENOENT));
  EXPECT_EQ(testing::open_descriptors(), before);
}

TEST_F(Load, standard_input) {
  dir_.file("input", "a; x");
  const int saved = ::dup(STDIN_FILENO);
  const int file = ::open((dir_ / "input").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::dup2(file, STDIN_FILENO), STDIN_FILENO);
  const auto document = load(kernel_, "-");
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::close(file);
  EXPECT_THAT(document, FailsWith("stdin:1:5: expected ';'"));
}

TEST_F(Load, find_file_in_the_order_of_rc) {
  const std::string etc = dir_.path();
  EXPECT_THAT(find_file(kernel_, etc, "web"), IsError(ENOENT));
  EXPECT_THAT(
      find_file(kernel_, etc, "web"),
      FailsWith("no configuration of jail \"web\": No such file or directory (looked for " + etc +
                "/jail.web.conf, " + etc + "/jail.conf.d/web.conf, " + etc + "/jail.conf)"));
  dir_.file("jail.conf", "");
  EXPECT_THAT(find_file(kernel_, etc, "web"), HasValue(etc + "/jail.conf"));
  dir_.file("jail.conf.d/web.conf", "");
  EXPECT_THAT(find_file(kernel_, etc, "web"), HasValue(etc + "/jail.conf.d/web.conf"));
  dir_.file("jail.web.conf", "");
  EXPECT_THAT(find_file(kernel_, etc, "web"), HasValue(etc + "/jail.web.conf"));
  EXPECT_THAT(find_file(kernel_, etc, "mail"), HasValue(etc + "/jail.conf"));
  EXPECT_THAT(find_file(kernel_, etc, ""), HasValue(etc + "/jail.conf"));
  EXPECT_THAT(find_file(kernel_, etc, "../web"), IsError(EINVAL));
}

TEST_F(Load, expand_pattern) {
  dir_.file("b/1.conf", "");
  dir_.file("a/2.conf", "");
  dir_.file("a/10.conf", "");
  dir_.folder("c");
  const std::string base = dir_.path();
  EXPECT_THAT(expand_pattern(base + "/*/*.conf"),
              HasValue(std::vector{base + "/a/10.conf", base + "/a/2.conf", base + "/b/1.conf"}));
  EXPECT_THAT(expand_pattern(base + "/[a-z]/2.conf"), HasValue(std::vector{base + "/a/2.conf"}));
  EXPECT_THAT(expand_pattern(base + "/a/?.conf"), HasValue(std::vector{base + "/a/2.conf"}));
  EXPECT_THAT(expand_pattern(base + "/none"), HasValue(std::vector{base + "/none"}));
  EXPECT_THAT(expand_pattern(base + "/none/*"), HasValue(std::vector<std::string>{}));
}

}  // namespace
}  // namespace libjail::conf
