// SPDX-License-Identifier: BSD-2-Clause
#include "cli/text.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <string>

namespace cli {
namespace {

class Utf8 : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }
  void TearDown() override { static_cast<void>(std::setlocale(LC_CTYPE, "C")); }
};

TEST(Escape, printable_text_stays) {
  EXPECT_EQ(escape("/srv/my web"), "/srv/my web");
  EXPECT_EQ(escape("two words", true), "two\\040words");
  EXPECT_EQ(escape(""), "");
}

TEST(Escape, control_bytes_and_backslash) {
  EXPECT_EQ(escape("a\x1b[2Jb"), "a\\033[2Jb");
  EXPECT_EQ(escape("a\nb\rc\td\x7f"), "a\\012b\\015c\\011d\\177");
  EXPECT_EQ(escape("\\033"), "\\134033") << "or it would pass for an escape";
  EXPECT_EQ(escape(std::string("a\0b", 3)), "a\\000b");
}

TEST(Escape, every_byte_is_printable_afterwards) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const char c : escape(std::string(1, static_cast<char>(byte)))) {
      EXPECT_TRUE(c >= ' ' && c <= '~') << byte;
    }
  }
}

TEST(Escape, locale_without_such_characters) { EXPECT_EQ(escape("\xc3\xa9"), "\\303\\251"); }

TEST_F(Utf8, characters_stay_and_what_is_none_goes) {
  EXPECT_EQ(escape("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(escape("a\xff"
                   "b"),
            "a\\377b");
  EXPECT_EQ(escape("a\xc3"), "a\\303") << "cut off";
  EXPECT_EQ(escape("\xc2\x9b"), "\\302\\233") << "CSI, in one character";
  EXPECT_EQ(escape("\xe2\x80\x8b"), "\\342\\200\\213") << "nothing to see";
}

TEST_F(Utf8, width_is_in_columns) {
  EXPECT_EQ(pad("\xc3\xa9", 3), "\xc3\xa9  ");
  EXPECT_EQ(pad("\xe6\xbc\xa2", 3), "\xe6\xbc\xa2 ");
}

TEST(Pad, never_cuts) {
  EXPECT_EQ(pad("ab", 4), "ab  ");
  EXPECT_EQ(pad("abcdef", 4), "abcdef");
}

TEST(Quote, as_on_freebsd) {
  EXPECT_EQ(quote(""), "\"\"");
  EXPECT_EQ(quote("/srv/web"), "/srv/web");
  EXPECT_EQ(quote("my web"), "\"my web\"");
  EXPECT_EQ(quote("it's"), "\"it's\"");
  EXPECT_EQ(quote("say \"x\""), "'say \"x\"'");
}

TEST(Quote, nothing_is_left_to_the_shell) {
  EXPECT_EQ(quote("$(reboot)"), "'$(reboot)'");
  EXPECT_EQ(quote("a;b"), "\"a;b\"");
  EXPECT_EQ(quote("it's $HOME"), "$'it\\'s $HOME'");
  EXPECT_EQ(quote("a\nb"), "$'a\\012b'");
  EXPECT_EQ(quote("\x1b\\'"), "$'\\033\\\\\\''");
}

std::string shell_prints(const std::string& word) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) < 0) return "no pipe";
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    const std::string script = "printf %s " + word;
    ::execlp("bash", "bash", "-c", script.c_str(), nullptr);
    ::_exit(99);
  }
  ::close(ends[1]);
  std::string text;
  std::array<char, 512> buffer{};
  for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  ::waitpid(pid, nullptr, 0);
  return text;
}

TEST(Quote, shell_reads_the_same_text) {
  std::string every;
  for (int byte = 1; byte < 256; ++byte) every += static_cast<char>(byte);
  std::string printable;
  for (char c = ' '; c <= '~'; ++c) printable += c;
  for (const auto& text : {every, printable, std::string("a b"), std::string("it's"),
                           std::string("\"$x\""), std::string("~/*"), std::string("\\")}) {
    EXPECT_EQ(shell_prints(quote(text)), text);
  }
}

TEST_F(Utf8, cut_counts_columns) {
  EXPECT_EQ(cut("jail", 3), "jai");
  EXPECT_EQ(cut("jail", 4), "jail");
  EXPECT_EQ(cut("jail", 0), "");
  EXPECT_EQ(cut("\u65e5\u672c", 3), "\u65e5") << "each takes two";
  EXPECT_EQ(cut("\u00e4bc", 2), "\u00e4b");
}

}  // namespace
}  // namespace cli
