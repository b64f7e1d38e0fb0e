// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/exhibit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "jail/linux_kernel.hpp"
#include "testing/temp_dir.hpp"

namespace jail_tool {
namespace {

using ::testing::HasSubstr;

class ExhibitTest : public ::testing::Test {
 protected:
  cli::Stop show(std::string_view text, cli::Verbosity verbosity = cli::Verbosity::kNormal) {
    dir_.file("jail.conf", text);
    return exhibit(kernel_, {.file = file(), .separator = "|", .verbosity = verbosity});
  }
  [[nodiscard]] std::string file() const { return dir_ / "jail.conf"; }

  libjail::LinuxKernel kernel_;
  libjail::testing::TempDir dir_;
};

TEST_F(ExhibitTest, jails_and_their_parameters) {
  const auto stop = show(
      "$d = /srv; path = \"$d/$name\"; exec.clean;\n"
      "web { depend = db; ip4.addr = 'eth0|10.2.3.4/24'; }\n"
      "db { exec.start = \"/bin/sh /etc/rc\", sync; nopersist; }\n"
      "* { stop.timeout = 3; }\n");
  EXPECT_EQ(stop.out,
            "name=web|path=\"/srv/web\"|exec.clean|depend=db|ip4.addr=\"eth0|10.2.3.4/24\"|"
            "stop.timeout=3\n"
            "name=db|path=\"/srv/db\"|exec.clean|exec.start=\"/bin/sh /etc/rc\",sync|nopersist|"
            "stop.timeout=3\n");
  EXPECT_EQ(stop.err, "");
  EXPECT_EQ(stop.status, 0);
}

TEST_F(ExhibitTest, no_jails) {
  const auto stop = show("path = /x;");
  EXPECT_EQ(stop.out + stop.err, "");
  EXPECT_EQ(stop.status, 0);
}

TEST_F(ExhibitTest, every_mistake) {
  const auto stop = show("a { path = x; }\nb { path = /b; allow.mount; depend = a; }");
  EXPECT_EQ(stop.status, 1);
  EXPECT_EQ(stop.err,
            "jail: " + file() + ":1:12: path x: not an absolute pathname\n" + "jail: " + file() +
                ":2:16: allow.mount is refused: a jail cannot mount; let the host do it with mount "
                "or mount.fstab\n");
}

TEST_F(ExhibitTest, mistakes_of_the_language) {
  EXPECT_EQ(show("web { persist }").err, "jail: " + file() + ":1:15: expected ';' before '}'\n");
  const auto stop = show("web { a; b; }");
  EXPECT_EQ(stop.out, "");
  EXPECT_THAT(stop.err, HasSubstr("unknown parameter \"a\""));
  EXPECT_THAT(stop.err, HasSubstr("unknown parameter \"b\""));
  EXPECT_EQ(stop.status, 1);
}

TEST_F(ExhibitTest, no_file) {
  const auto stop = exhibit(kernel_, {.file = dir_ / "none"});
  EXPECT_EQ(stop.err, "jail: " + (dir_ / "none") + ": No such file or directory\n");
  EXPECT_EQ(stop.status, 1);
}

TEST_F(ExhibitTest, circles) {
  const auto stop = show("path = /x; a { depend = b; } b { depend = a; }");
  EXPECT_THAT(stop.err, HasSubstr("jails depend on each other: \"a\" needs \"b\" needs \"a\""));
  EXPECT_EQ(stop.status, 1);
}

TEST_F(ExhibitTest, warnings_are_no_mistakes) {
  constexpr const char* kText = "web { path = /x; securelevel = 3; ip6.addr = ::2; }";
  const auto stop = show(kText);
  EXPECT_THAT(stop.err, HasSubstr(":1:18: securelevel has no effect on Linux"));
  EXPECT_THAT(stop.err, HasSubstr(":1:35: ip6.addr is not available yet"));
  EXPECT_EQ(stop.status, 0);
  EXPECT_EQ(show(kText, cli::Verbosity::kQuiet).err, "");
}

}  // namespace
}  // namespace jail_tool
