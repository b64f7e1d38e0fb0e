// SPDX-License-Identifier: BSD-2-Clause
// The scripts that start jails with the system, with files and programs of the test in the place of
// the host's. The guest with systemd runs the real ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "testing/temp_dir.hpp"

namespace {

namespace fs = std::filesystem;
using libjail::testing::read_text;
using libjail::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Boot : public ::testing::Test {
 protected:
  /// Copies a script of ours, with the test's folder in front of the paths in it.
  void take(const char* script) const {
    std::string text = read_text(script);
    for (const std::string path : {"/etc/", SBIN, "/var/lib/"}) {
      for (std::size_t at = 0; (at = text.find(path, at)) != std::string::npos;) {
        text.insert(at, folder.path());
        at += folder.path().size() + path.size();
      }
    }
    program("script", text);
  }
  void program(const std::string& name, const std::string& text) const {
    folder.file(name, text);
    ::chmod((folder / name).c_str(), 0755);
  }
  /// @return the exit status; what it printed is in output()
  [[nodiscard]] int run(const std::string& arguments) const {
    const std::string command =
        folder / "script" + " " + arguments + " >" + folder / "output" + " 2>&1";
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe,cert-env33-c)
    return WEXITSTATUS(status);
  }
  [[nodiscard]] std::string output() const { return read_text(folder / "output"); }

  TempDir folder;
};

class Generator : public Boot {
 protected:
  void SetUp() override {
    take(GENERATOR);
    folder.folder("units");
    folder.folder("etc/jail.conf.d");
    fs::create_directories(folder / SBIN);
    fs::create_symlink(JAIL, folder / (std::string(SBIN) + "/jail"));
  }
  [[nodiscard]] int generate() const { return run(folder / "units"); }
  [[nodiscard]] std::string unit(const std::string& jail) const {
    const auto file = folder / ("units/jail@" + jail + ".service.d/depend.conf");
    return fs::exists(file) ? read_text(file) : "";
  }
};

TEST_F(Generator, depend_becomes_a_dependency_of_the_unit) {
  folder.file("etc/jail.conf",
              "path = \"/srv/$name\";\ndb { }\ncache { }\n"
              "web { depend = db, \"cache\"; exec.start = \"echo name=x, depend=db; true\"; }\n");
  EXPECT_EQ(generate(), 0) << output();
  EXPECT_EQ(unit("web"),
            "[Unit]\nRequires=jail@db.service\nAfter=jail@db.service\n"
            "Requires=jail@cache.service\nAfter=jail@cache.service\n");
  EXPECT_EQ(unit("db"), "");
}

TEST_F(Generator, file_of_a_jail_goes_before_the_common_one) {
  folder.file("etc/jail.conf", "a { path = /a; depend = b; }\nb { path = /b; }\n");
  folder.file("etc/jail.conf.d/c.conf",
              "c { path = /c; depend = d; }\nd { path = /d; depend = e; }\ne { path = /e; }\n");
  folder.file("etc/jail.a.conf", "a { path = /a; }\n");
  EXPECT_EQ(generate(), 0) << output();
  EXPECT_EQ(unit("a"), "");
  EXPECT_THAT(unit("c"), HasSubstr("After=jail@d.service\n"));
  EXPECT_EQ(unit("d"), "") << "the file is for c";
}

TEST_F(Generator, mistake_is_told_and_spares_the_other_files) {
  folder.file("etc/jail.conf", "a { path = /a; dopend = b; }\n");
  folder.file("etc/jail.c.conf", "c { path = /c; depend = d; }\nd { path = /d; }\n");
  EXPECT_EQ(generate(), 1);
  EXPECT_THAT(output(), HasSubstr("dopend"));
  EXPECT_THAT(unit("c"), HasSubstr("Requires=jail@d.service\n"));
}

TEST_F(Generator, without_configuration_there_is_nothing_to_say) {
  EXPECT_EQ(generate(), 0) << output();
  EXPECT_TRUE(fs::is_empty(folder / "units"));
}

/// The programs note how they were called; the jails that run are files.
class InitScript : public Boot {
 protected:
  void SetUp() override {
    take(INIT_SCRIPT);
    folder.folder("etc/default");
    folder.folder("running");
    const std::string sbin = std::string(SBIN).substr(1) + "/";
    const std::string head = "#!/bin/sh\ncd " + folder.path() + "\n";
    program(sbin + "jls", head + "[ $# -gt 0 ] || { ls running; exit; }\ntest -e running/$2\n");
    program(sbin + "jail",
            head +
                "option=$1\nshift\n"
                "case $1 in --) shift ;; -*) echo \"unknown option $1\"; exit 1 ;; esac\n"
                "echo \"jail $option $*\" >>calls\n[ \"$1\" != broken ] || exit 1\n"
                "case $option in -c) touch \"running/$1\" ;; -r) rm -f \"running/$1\" ;; esac\n");
    program(sbin + "jailctl", head + "echo \"jailctl $*\" >>calls\n");
  }
  [[nodiscard]] std::string calls() const {
    const auto file = folder / "calls";
    std::string text = fs::exists(file) ? read_text(file) : "";
    fs::remove(file);
    return text;
  }
};

TEST_F(InitScript, all_jails_unless_some_are_named) {
  EXPECT_EQ(run("start"), 0) << output();
  EXPECT_EQ(calls(), "jail -c *\n");
  EXPECT_EQ(run("stop"), 0) << output();
  EXPECT_EQ(calls(), "jail -r *\n");
  folder.file("etc/default/jail", "JAILS='db web'\n");
  EXPECT_EQ(run("start"), 0) << output();
  EXPECT_EQ(calls(), "jail -c db\njail -c web\n");
  EXPECT_EQ(run("start web other"), 0) << output();
  EXPECT_EQ(calls(), "jail -c other\n") << "web runs already";
}

TEST_F(InitScript, stopping_what_does_not_run_is_no_error) {
  EXPECT_EQ(run("stop web"), 0) << output();
  EXPECT_EQ(calls(), "");
}

TEST_F(InitScript, restart_is_that_of_jail) {
  folder.folder("var/lib/jail");
  EXPECT_EQ(run("restart web broken db"), 1) << output();
  EXPECT_EQ(calls(), "jailctl mount --all\njail -rc web\njail -rc broken\njail -rc db\n");
  EXPECT_EQ(run("force-reload"), 0) << output();
  EXPECT_EQ(calls(), "jailctl mount --all\njail -rc *\n") << "with those that depend on others";
}

TEST_F(InitScript, failure_of_one_does_not_keep_others_from_starting) {
  EXPECT_EQ(run("start broken web"), 1);
  EXPECT_EQ(calls(), "jail -c broken\njail -c web\n");
}

TEST_F(InitScript, jail_whose_name_looks_like_an_option) {
  for (const char* action : {"start", "stop", "restart"}) {
    EXPECT_EQ(run(std::string(action) + " -R"), 0) << output();
  }
  EXPECT_EQ(calls(), "jail -c -R\njail -r -R\njail -rc -R\n");
}

TEST_F(InitScript, root_directories_are_mounted_first) {
  folder.folder("var/lib/jail");
  EXPECT_EQ(run("start web"), 0) << output();
  EXPECT_EQ(calls(), "jailctl mount --all\njail -c web\n");
}

TEST_F(InitScript, status_is_that_of_the_standard) {
  folder.file("running/web", "");
  EXPECT_EQ(run("status web"), 0);
  EXPECT_EQ(output(), "web is running\n");
  EXPECT_EQ(run("status web db"), 3);
  EXPECT_THAT(output(), HasSubstr("db is not running\n"));
  EXPECT_EQ(run("status"), 0);
  EXPECT_EQ(output(), "web\n");
  EXPECT_EQ(run("jump"), 2);
  EXPECT_THAT(output(), StartsWith("usage: "));
}

TEST_F(InitScript, header_tells_insserv_all_that_it_needs) {
  const auto text = read_text(INIT_SCRIPT);
  const auto begin = text.find("### BEGIN INIT INFO\n");
  const auto end = text.find("### END INIT INFO\n");
  ASSERT_NE(begin, std::string::npos);
  ASSERT_LT(begin, end);
  for (const char* key : {"Provides", "Required-Start", "Required-Stop", "Default-Start",
                          "Default-Stop", "Short-Description"}) {
    EXPECT_THAT(text.substr(begin, end - begin), HasSubstr("\n# " + std::string(key) + ": "));
  }
}

}  // namespace
