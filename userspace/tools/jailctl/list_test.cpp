// SPDX-License-Identifier: BSD-2-Clause
// jailctl list, ps, config, and those that other programs do.
#include <nlohmann/json.hpp>

#include "tools/jailctl/tool_fixture.hpp"

namespace jailctl {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kCeiling =
    "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,"
    "net_bind_service,ipc_owner,sys_chroot";

class Jails : public testing::ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    jails(
        "7 0 active 2 00000000000485fb 10.2.3.4 web www /srv/web\n"
        "9 0 dying 0 00000000000485fb - old - /srv/old\n");
    temp.file(
        "etc/jail.conf",
        "path = \"/srv/$name\";\nweb { ip4.addr = 10.2.3.4; }\ndb { ip4.addr = 10.2.3.5; }\n");
  }
};

TEST_F(Jails, list) {
  const auto outcome = run({"list"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, MatchesRegex("NAME +JID +STATE +IP +PIDS +PATH\n"
                                        "old +9 +dying +- +0 +/srv/old\n"
                                        "web +7 +running +10.2.3.4 +2 +/srv/web\n"));
}

TEST_F(Jails, list_has_a_short_name) {
  EXPECT_EQ(run({"ls"}).out, run({"list"}).out);
  EXPECT_EQ(run({"ls", "-a", "--json"}).out, run({"list", "-a", "--json"}).out);
}

TEST_F(Jails, list_with_those_that_do_not_run) {
  const auto outcome = run({"list", "-a"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\ndb"));
  EXPECT_THAT(outcome.out, MatchesRegex("(.|\n)*db +- +stopped +10.2.3.5 +0 +/srv/db\n(.|\n)*"));
  temp.file("etc/jail.conf.d/mail.conf", "mail { path = /srv/mail; }\n");
  temp.file("etc/jail.db.conf", "db { path = /srv/other; }\n");
  const auto more = run({"list", "--all"});
  EXPECT_THAT(more.out, HasSubstr("/srv/mail"));
  EXPECT_THAT(more.out, HasSubstr("/srv/other"));
  EXPECT_THAT(more.out, Not(HasSubstr("/srv/db")));
}

TEST_F(Jails, list_as_json) {
  const auto json = nlohmann::json::parse(run({"list", "--json", "-a"}).out, nullptr, false);
  ASSERT_TRUE(json.contains("jails"));
  ASSERT_EQ(json["jails"].size(), 3U);
  EXPECT_EQ(json["jails"][2]["name"], "web");
  EXPECT_EQ(json["jails"][2]["jid"], 7);
  EXPECT_EQ(json["jails"][2]["pids"], 2);
  EXPECT_EQ(json["jails"][0]["jid"], nullptr);
}

TEST_F(Jails, list_tells_what_is_wrong_with_a_file) {
  temp.file("etc/jail.conf.d/bad.conf", "bad { frobnicate; }\n");
  const auto outcome = run({"list", "-a"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("bad.conf:1"));
  EXPECT_THAT(outcome.out, HasSubstr("db"));
}

TEST_F(Jails, no_jails_in_the_kernel) {
  temp.folder("empty");
  jails("");
  EXPECT_THAT(run({"list"}).out, MatchesRegex("NAME +JID.*\n"));
}

TEST_F(Jails, ps) {
  temp.file("proc/41/status",
            "Name:\tsh\nState:\tS (sleeping)\nPPid:\t1\nUid:\t0\t0\t0\t0\n"
            "Jid:\t7\n");
  temp.file("proc/41/cmdline", std::string("sh\0-c\0a\x1b[2J\0", 12));
  temp.file("proc/5/status",
            "Name:\tworker\nState:\tZ (zombie)\nPPid:\t41\nUid:\t33\t33\t33\t33\n"
            "Jid:\t7\n");
  temp.file("proc/6/status", "Name:\tother\nState:\tS\nPPid:\t1\nUid:\t0\nJid:\t0\n");
  const auto outcome = run({"ps", "web"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, MatchesRegex("PID +PPID +UID +STATE +COMMAND\n"
                                        " *5 +41 +33 +Z +.worker.\n"
                                        " *41 +1 +0 +S +sh -c a.x1b.2J\n"));
  EXPECT_EQ(run({"ps", "7"}).out, outcome.out);
  EXPECT_THAT(run({"ps", "--json", "web"}).out, HasSubstr("\"sh -c a\\u001b[2J\""));
  const auto none = run({"ps", "db"});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.err, HasSubstr("db: no such jail runs"));
}

TEST_F(Jails, config) {
  const auto outcome = run({"config", "db"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("/srv/db"));
  EXPECT_THAT(outcome.out,
              MatchesRegex("(.|\n)*ip4.addr +10.2.3.5 +[^\n]*/etc/jail.conf:3\n(.|\n)*"));
  EXPECT_THAT(outcome.out, MatchesRegex("(.|\n)*path +/srv/db +[^\n]*/etc/jail.conf:1\n(.|\n)*"));
  const auto none = run({"config", "nobody"});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.err, HasSubstr("nobody: not in jail.conf(5)"));
  temp.file("other.conf", "db { path = relative; }\n");
  const auto wrong = run({"config", "-f", temp / "other.conf", "db"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("other.conf:1"));
}

TEST_F(Jails, start_is_shown_before) {
  temp.file("etc/jail.conf",
            "path = /srv/$name; exec.start = \"run $name\";\n"
            "app { depend = db; ip4.addr = \"eth0|10.9.0.2/24\"; limit.pids = 9; exec.clean;\n"
            "  exec.prestart = 'echo \"it\\'s\"'; mount = '/home /srv/app/home nullfs ro';\n"
            "  exec.consolelog = /var/log/app; }\n"
            "db { ip4 = disable; mount.nodevfs; exec.prepare = p; exec.poststart = q;\n"
            "  exec.system_user = bob; exec.jail_user = www; }\n");
  EXPECT_EQ(run({"start", "-n", "app"}).out,
            "/usr/sbin/jail -c app\n"
            "\n## db starts\n"
            "#\tsu -s /bin/sh bob -c p\n"
            "#\tmkdir " +
                (temp / "cgroup") +
                "/jail/db\n"
                "#\tjail(2): root /srv/db, ceiling " +
                kCeiling +
                ", address none\n"
                "#\tjexec -U www db sh -c 'run db'\n"
                "#\tsu -s /bin/sh bob -c q\n"
                "\n## app starts\n"
                "#\tip address add 10.9.0.2/24 dev eth0\n"
                "#\tmkdir " +
                (temp / "cgroup") +
                "/jail/app\n"
                "#\techo 9 >" +
                (temp / "cgroup") +
                "/jail/app/pids.max\n"
                "#\tsh -c $'echo \"it\\047s\"'\n"
                "#\tmount --bind -o ro /home /srv/app/home\n"
                "#\tmount -t proc proc /srv/app/proc\n"
                "#\tmount -t tmpfs tmpfs /srv/app/dev\n"
                "#\tmount -t devpts -o newinstance devpts /srv/app/dev/pts\n"
                "#\tmount -t tmpfs tmpfs /srv/app/dev/shm\n"
                "#\tjail(2): root /srv/app, ceiling " +
                kCeiling +
                ", address 10.9.0.2\n"
                "#\tjexec -l app sh -c 'run app' >>/var/log/app 2>&1\n");
  EXPECT_THAT(kernel.runs, ::testing::IsEmpty()) << "nothing is changed";
  temp.file("proc/jails", kHeader + "7 0 active 2 00000000000485fb - db db /srv/db\n");
  EXPECT_THAT(run({"start", "-n", "app"}).out, HasSubstr("## db runs already\n\n## app starts"));
  EXPECT_EQ(run({"stop", "-n", "db"}).out,
            "/usr/sbin/jail -r db\n\n## db stops\n#\tjexec db kill -TERM -1; sleep 10\n"
            "#\tjail -R db\n");
  EXPECT_THAT(run({"restart", "-n", "db"}).out, HasSubstr("#\tjail -R db\n\n## db starts\n"));
  const auto none = run({"start", "-n", "nobody"});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.err, HasSubstr("nobody: not in jail.conf(5)"));
  temp.file("etc/jail.conf", "app { path = /srv/app; ip6.addr = ::2; }\n");
  EXPECT_THAT(run({"start", "-n", "app"}).err, HasSubstr("ip6.addr is not available yet"));
}

TEST_F(Jails, what_stops_and_comes_back_with_another_is_shown) {
  jails(
      "7 0 active 2 00000000000485fb - db db /srv/db\n"
      "8 0 active 2 00000000000485fb - web web /srv/web\n"
      "9 0 active 2 00000000000485fb - top top /srv/top\n"
      "10 0 active 2 00000000000485fb - loose loose /srv/loose\n");
  const std::string conf =
      "path = /srv/$name; persist; stop.timeout = 0; mount.nodevfs;\n"
      "db {} web { depend = db; exec.stop = now; } top { depend = web; }\n";
  temp.file("etc/jail.conf", conf);
  for (const auto* one : {"db {}", "web { depend = db; exec.stop = before; }",
                          "top { depend = web; exec.start = again; }"}) {
    const std::string text = one;
    temp.file("run/records/" + text.substr(0, text.find(' ')) + "/jail.conf",
              "path = /srv/$name; persist; stop.timeout = 0; mount.nodevfs; " + text + "\n");
  }
  const std::string top = "\n## top stops\n#\tjail -R top\n";
  const std::string web =
      "\n## web stops\n#\tjexec web sh -c before\n#\tjail -R web\n";  // what it was made with
  const std::string db = "\n## db stops\n#\tjail -R db\n";
  EXPECT_EQ(run({"stop", "-n", "db"}).out, "/usr/sbin/jail -r db\n" + top + web + db);
  EXPECT_EQ(run({"stop", "-n", "7"}).out, "/usr/sbin/jail -r 7\n" + top + web + db);
  EXPECT_THAT(run({"stop", "-n", "to*"}).err, HasSubstr("to*: no such jail runs"));
  EXPECT_THAT(run({"stop", "-n", "loose"}).out, HasSubstr("## loose stops\n#\tjexec loose kill"));
  EXPECT_THAT(run({"stop", "-n", "-a"}).out, HasSubstr("## loose stops\n"));
  EXPECT_EQ(run({"stop", "-n", "nobody"}).err,
            "jailctl: nobody: no such jail runs (jls lists those that do)\n");

  const auto restart = run({"restart", "-n", "web"});
  EXPECT_THAT(restart.out, StartsWith("/usr/sbin/jail -rc web\n" + top + web +
                                      "\n## db runs already\n\n## web starts\n"));
  EXPECT_THAT(restart.out, HasSubstr("\n## top starts\n"));
  EXPECT_THAT(restart.out, HasSubstr("#\tjexec top sh -c again\n"));
  EXPECT_THAT(restart.out, Not(HasSubstr("db starts")));
  EXPECT_THAT(run({"start", "-n", "*"}).out,
              HasSubstr("## db runs already\n\n## web runs already\n\n## top runs already\n"));
  temp.file("etc/jail.conf.d/own.conf", "own { path = /srv/own; persist; }\n");
  EXPECT_THAT(run({"start", "-n", "own"}).out, HasSubstr("## own starts\n"));
  EXPECT_THAT(run({"start", "-n", "-a"}).out, Not(HasSubstr("own"))) << "as jail(8)";
  temp.file("etc/jail.conf", conf + "wrong {");
  EXPECT_EQ(run({"stop", "-n", "top"}).out, "/usr/sbin/jail -r top\n" + top);
}

TEST_F(Jails, what_other_programs_do) {
  EXPECT_THAT(run({"start", "-n", "web", "db"}).out, StartsWith("/usr/sbin/jail -c web db\n"));
  EXPECT_THAT(run({"stop", "-n", "-a"}).out, StartsWith("/usr/sbin/jail -r '*'\n"));
  const auto restart = run({"restart", "-n", "-v", "-f", "/a b", "web"});
  EXPECT_EQ(restart.out, "/usr/sbin/jail -f '/a b' -v -rc web\n");
  EXPECT_THAT(restart.err, HasSubstr("/a b"));
  EXPECT_EQ(run({"start", "-n"}).status, 2);
  EXPECT_EQ(run({"start", "-n", "-a", "web"}).status, 2);
  EXPECT_EQ(run({"console", "-n", "web"}).out, "/usr/sbin/jexec -l web\n");
  EXPECT_EQ(run({"exec", "-n", "-u", "www", "web", "ls", "-l", "--", "-n", "--help"}).out,
            "/usr/sbin/jexec -u www web ls -l -- -n --help\n");
  EXPECT_THAT(run({"exec", "--help"}).out, HasSubstr("jexec"));
}

}  // namespace
}  // namespace jailctl
