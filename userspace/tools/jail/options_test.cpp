// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jail/capmask.hpp"

namespace jail_tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Source = libjail::UserRequest::Source;

Request parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "jail");
  return parse_arguments(std::move(arguments));
}

Invocation invocation(std::vector<std::string> arguments) {
  auto parsed = parse(std::move(arguments));
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) ADD_FAILURE() << stop->err;
  return std::get<Invocation>(std::move(parsed));
}

/// Options in front of operands that are right.
Invocation with(std::vector<std::string> options) {
  options.insert(options.end(), {"/srv/web", "default", "10.2.3.4", "true"});
  return invocation(std::move(options));
}

std::string refusal(std::vector<std::string> arguments) {
  const auto parsed = parse(std::move(arguments));
  const auto* stop = std::get_if<cli::Stop>(&parsed);
  if (stop == nullptr) return "accepted";
  EXPECT_EQ(stop->status, 125);
  EXPECT_EQ(stop->out, "");
  EXPECT_THAT(stop->err, StartsWith("jail: "));
  EXPECT_EQ(stop->err.back(), '\n');
  return stop->err;
}

TEST(Options, operands) {
  const auto parsed = invocation({"/srv/web", "0x21", "10.2.3.4", "sh", "-c", "exit 3"});
  EXPECT_EQ(parsed.spec.path(), "/srv/web");
  EXPECT_EQ(parsed.spec.ceiling(), 0x21U);
  EXPECT_EQ(parsed.spec.address(), (libjail::Address{.ip = 0x0a020304, .alias = {}}));
  EXPECT_THAT(parsed.command.argv, ElementsAre("sh", "-c", "exit 3"));
  EXPECT_EQ(parsed.user.source, Source::kNone);
  EXPECT_FALSE(parsed.command.login);
  EXPECT_TRUE(parsed.spec.mounts());
  EXPECT_EQ(parsed.verbosity, cli::Verbosity::kNormal);
}

TEST(Options, the_commands_own_options_are_left_alone) {
  const auto parsed = invocation({"/", "none", "none", "ls", "-l", "-M", "--help", "--", "-u"});
  EXPECT_THAT(parsed.command.argv, ElementsAre("ls", "-l", "-M", "--help", "--", "-u"));
  EXPECT_TRUE(parsed.spec.mounts());
}

TEST(Options, capmask_that_looks_like_an_option) {
  EXPECT_EQ(invocation({"/", "-setpcap", "none", "true"}).spec.ceiling(),
            libjail::kDefaultCeiling & ~(1U << 8));
}

TEST(Options, double_dash_ends_them) {
  EXPECT_EQ(invocation({"-M", "--", "-path", "none", "none", "true"}).spec.path(), "-path");
}

TEST(Options, each) {
  EXPECT_TRUE(with({"-l"}).command.login);
  EXPECT_TRUE(with({"-l"}).user.details);
  EXPECT_FALSE(with({"-M"}).spec.mounts());
  EXPECT_EQ(with({"-q"}).verbosity, cli::Verbosity::kQuiet);
  EXPECT_EQ(with({"-v"}).verbosity, cli::Verbosity::kVerbose);
  EXPECT_EQ(with({"-n", "web"}).spec.name(), "web");
  EXPECT_EQ(with({"-nweb"}).spec.hostname(), "web");
  EXPECT_EQ(with({"-u", "bob"}).user.source, Source::kHost);
  EXPECT_EQ(with({"-U", "bob"}).user.source, Source::kJail);
  EXPECT_EQ(with({"-U", "bob"}).user.name, "bob");
  EXPECT_TRUE(with({"-o", "allow.unsafe"}).spec.unsafe());
  EXPECT_FALSE(with({}).spec.pid());
  EXPECT_TRUE(with({"-o", "pid"}).spec.pid());
  EXPECT_TRUE(with({"-o", "pid=new"}).spec.pid());
  EXPECT_FALSE(with({"-o", "pid", "-o", "pid=inherit"}).spec.pid());
  EXPECT_EQ(with({"-o", "idmap=1:0:5,u:9:9:1", "-o", "idmap=g:9:9:1"}).spec.idmap().size(), 3U);
}

TEST(Options, combined) {
  const auto parsed = with({"-lvMnweb"});
  EXPECT_TRUE(parsed.command.login);
  EXPECT_FALSE(parsed.spec.mounts());
  EXPECT_EQ(parsed.spec.name(), "web");
}

TEST(Options, missing_operands_are_named) {
  EXPECT_THAT(refusal({}), HasSubstr("operand path is missing"));
  EXPECT_THAT(refusal({"/"}), HasSubstr("operand capmask is missing"));
  EXPECT_THAT(refusal({"/", "none"}), HasSubstr("operand ip is missing"));
  EXPECT_THAT(refusal({"/", "none", "none"}), HasSubstr("operand command is missing"));
  EXPECT_THAT(refusal({"/", "none", "none"}), HasSubstr("usage: jail [-lqvM]"));
}

TEST(Options, refused) {
  EXPECT_THAT(refusal({"-x", "/", "none", "none", "true"}), HasSubstr("unknown option -x"));
  EXPECT_THAT(refusal({"--bogus"}), HasSubstr("unknown option"));
  EXPECT_THAT(refusal({"-o", "pid=7"}), HasSubstr("-o pid=7: unknown; there are allow.unsafe"));
  EXPECT_THAT(refusal({"-o", "idmap=1:2", "/", "none", "none", "true"}),
              HasSubstr("range of IDs \"1:2\""));
  EXPECT_THAT(refusal({"-n"}), HasSubstr("-n needs a value"));
  EXPECT_THAT(refusal({"-n", "", "/", "none", "none", "true"}), HasSubstr("empty"));
  EXPECT_THAT(refusal({"-n", "7", "/", "none", "none", "true"}), HasSubstr("is a number"));
  EXPECT_THAT(refusal({"-o", "allow.mount", "/", "none", "none", "true"}),
              HasSubstr("allow.mount: unknown"));
  EXPECT_THAT(refusal({"-q", "-v", "/", "none", "none", "true"}), HasSubstr("exclude"));
  EXPECT_THAT(refusal({"-u", "a", "-U", "b", "/", "none", "none", "true"}), HasSubstr("exclude"));
  EXPECT_THAT(refusal({"", "none", "none", "true"}), HasSubstr("empty"));
  EXPECT_THAT(refusal({"/", "bogus", "none", "true"}), HasSubstr("bogus"));
  EXPECT_THAT(refusal({"/", "none", "bogus", "true"}), HasSubstr("bogus"));
  EXPECT_THAT(refusal({"/", "none", "10.2.3.4,10.2.3.5", "true"}), HasSubstr("one address"));
  EXPECT_THAT(refusal({"/", "none", "::1", "true"}), HasSubstr("IPv6"));
}

TEST(Options, unsafe_ceilings_need_leave) {
  for (const char* mask : {"all", "+mknod", "sys_admin", "0x200000"}) {
    EXPECT_THAT(refusal({"/", mask, "none", "true"}), HasSubstr("allow.unsafe")) << mask;
    EXPECT_EQ(refusal({"-o", "allow.unsafe", "/", mask, "none", "true"}), "accepted") << mask;
  }
}

Exhibit exhibit_of(std::vector<std::string> arguments) {
  const auto parsed = parse(std::move(arguments));
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) ADD_FAILURE() << stop->err;
  return std::get<Exhibit>(parsed);
}

TEST(Options, exhibit) {
  EXPECT_EQ(exhibit_of({"-e", ", "}).file, "/etc/jail.conf");
  EXPECT_EQ(exhibit_of({"-e", ", "}).separator, ", ");
  EXPECT_EQ(exhibit_of({"-e", "", "-f", "-"}).file, "-");
  EXPECT_EQ(exhibit_of({"-q", "-f", "x", "-e\t"}).file, "x");
  EXPECT_EQ(exhibit_of({"-q", "-f", "x", "-e\t"}).separator, "\t");
  EXPECT_EQ(exhibit_of({"-qe", " "}).verbosity, cli::Verbosity::kQuiet);
}

TEST(Options, exhibit_stands_alone) {
  using Words = std::vector<std::string>;
  for (const auto& arguments :
       {Words{"-f", "x"}, Words{"-e", ",", "web"}, Words{"-e", ",", "-l"}, Words{"-e", ",", "-M"},
        Words{"-e", ",", "-n", "web"}, Words{"-e", ",", "-u", "bob"}, Words{"-U", "bob", "-e", ","},
        Words{"-o", "allow.unsafe", "-e", ","}, Words{"-f", "x", "/", "none", "none", "true"}}) {
    const auto parsed = parse(arguments);
    const auto* stop = std::get_if<cli::Stop>(&parsed);
    ASSERT_NE(stop, nullptr) << arguments.back();
    EXPECT_EQ(stop->status, 1);
    EXPECT_THAT(stop->err, StartsWith("jail: -"));
    EXPECT_THAT(stop->err, HasSubstr("usage: jail"));
  }
}

Manage manage_of(std::vector<std::string> arguments) {
  const auto parsed = parse(std::move(arguments));
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) ADD_FAILURE() << stop->err;
  return std::get<Manage>(parsed);
}

TEST(Options, jails_of_a_configuration) {
  auto request = manage_of({"-c", "-f", "x", "-q", "web", "db"});
  EXPECT_TRUE(request.create && !request.modify && !request.remove && !request.force);
  EXPECT_EQ(request.file, "x");
  EXPECT_THAT(request.names, ElementsAre("web", "db"));
  EXPECT_EQ(request.verbosity, cli::Verbosity::kQuiet);
  EXPECT_EQ(request.at_a_time, 1U);
  EXPECT_FALSE(request.clean_up);
  EXPECT_TRUE(manage_of({"-C", "-f", "x", "web"}).clean_up);
  EXPECT_EQ(manage_of({"-c", "-p", "4"}).at_a_time, 4U);
  EXPECT_EQ(manage_of({"-r", "-p4", "web"}).at_a_time, 4U);
  request = manage_of({"-rc"});
  EXPECT_TRUE(request.create && request.remove);
  EXPECT_TRUE(request.names.empty());
  EXPECT_TRUE(manage_of({"-R", "*"}).force);
  request = manage_of({"-mr", "web"});
  EXPECT_TRUE(request.modify && request.remove && !request.create);
  request = manage_of({"-cm", "-l", "-u", "bob", "-i", "-J", "y", "web"});
  EXPECT_TRUE(request.create && request.modify && request.print_jid);
  EXPECT_EQ(request.jid_file, "y");
  ASSERT_EQ(request.overrides.size(), 3U);
  EXPECT_EQ(request.overrides[0].name, "exec.clean");
  EXPECT_EQ(request.overrides[1].values[0].literal(), "bob");
  EXPECT_EQ(request.overrides[2].values[0].literal(), "true");
}

TEST(Options, jails_whose_names_look_like_options) {
  EXPECT_THAT(manage_of({"-q", "-r", "--", "-R", "web"}).names, ElementsAre("-R", "web"));
  EXPECT_FALSE(manage_of({"-q", "-r", "--", "-R", "web"}).force);
}

TEST(Options, jail_on_the_command_line) {
  auto request = manage_of({"-c", "name=web", "path=/srv/a b", "persist", "mount+=x y z",
                            "exec.clean=", "command=sh", "-c", "id=3"});
  ASSERT_TRUE(request.block);
  EXPECT_EQ(request.block->name, "web");
  ASSERT_EQ(request.block->statements.size(), 4U);
  EXPECT_EQ(request.block->statements[0].values[0].literal(), "/srv/a b");
  EXPECT_TRUE(request.block->statements[1].values.empty());
  EXPECT_TRUE(request.block->statements[2].append);
  EXPECT_EQ(request.block->statements[2].name, "mount");
  EXPECT_EQ(request.block->statements[3].values[0].literal(), "");
  EXPECT_EQ(request.block->statements[0].position.text(), "command line:2:1");
  EXPECT_THAT(request.argv, ElementsAre("sh", "-c", "id=3"));
  EXPECT_EQ(manage_of({"-n", "web", "-c", "path=/x"}).block->name, "web");
  EXPECT_EQ(manage_of({"-c", "path=/x"}).block->name, "") << "the name is found later";
}

TEST(Options, jail_to_be_changed_can_be_given_by_its_id) {
  const auto request = manage_of({"-m", "jid=5", "limit.pids=9"});
  EXPECT_EQ(request.block->name, "5");
  ASSERT_EQ(request.block->statements.size(), 1U);
  EXPECT_EQ(request.block->statements[0].name, "limit.pids");
  EXPECT_EQ(manage_of({"-m", "name=web", "jid=5"}).block->statements.size(), 1U);
  EXPECT_EQ(manage_of({"-c", "jid=5", "persist"}).block->statements.size(), 2U)
      << "a new one gets its ID from the kernel";
  const auto parsed = parse({"-m", "jid=x"});
  EXPECT_THAT(std::get<cli::Stop>(parsed).err,
              HasSubstr("no name (give name=NAME, jid=JID or -n NAME)"));
}

TEST(Options, mistake_has_the_status_of_its_form) {
  using Words = std::vector<std::string>;
  for (const auto& [arguments, status] : {std::pair{Words{"-x", "-c", "web"}, 1},
                                          {Words{"-r", "--bogus"}, 1},
                                          {Words{"-h", "-m"}, 1},
                                          {Words{"-c", "-f"}, 1},
                                          {Words{"-x", "/", "none", "none", "true"}, 125},
                                          {Words{"--help", "-c"}, 0}}) {
    EXPECT_EQ(std::get<cli::Stop>(parse(arguments)).status, status) << arguments.back();
  }
  EXPECT_THAT(std::get<cli::Stop>(parse({"-x", "-y", "-c"})).err,
              StartsWith("jail: unknown option -x\n"));
}

TEST(Options, what_does_not_go_together) {
  using Words = std::vector<std::string>;
  for (const auto& arguments : {Words{"-Rm", "web"},
                                Words{"-Rc", "web"},
                                Words{"-rR"},
                                Words{"-c", "-M", "web"},
                                Words{"-c", "-o", "allow.unsafe", "web"},
                                Words{"-r", "path=/x"},
                                Words{"-r", "-l", "web"},
                                Words{"-r", "-i", "web"},
                                Words{"-c", "-n", "web"},
                                Words{"-c", "-f", "x", "path=/x"},
                                Words{"-cm", "path=/x"},
                                Words{"-rc", "path=/x"},
                                Words{"-c", "name=*", "path=/x"},
                                Words{"-c", "-n", "a", "name=b"},
                                Words{"-c", "-e", ","},
                                Words{"-c", "-p", "2", "path=/x"},
                                Words{"-cC", "web"},
                                Words{"-RC", "web"},
                                Words{"-C", "-p", "2"},
                                Words{"-C", "-i", "web"},
                                Words{"-C", "path=/x"},
                                Words{"-p", "2"},
                                Words{"-c", "name=a", "command="},
                                Words{"-m", "name=a", "command=x"},
                                Words{"-i"},
                                Words{"-c", "-q", "-v"},
                                Words{"-c", "-i", "-v"}}) {
    const auto parsed = parse(arguments);
    const auto* stop = std::get_if<cli::Stop>(&parsed);
    ASSERT_NE(stop, nullptr) << arguments.back();
    EXPECT_EQ(stop->status, 1) << arguments.back();
    EXPECT_THAT(stop->err, HasSubstr("usage: jail"));
  }
}

TEST(Options, limits_that_are_none) {
  for (const char* limit : {"0", "-1", "x", "", "2x"}) {
    EXPECT_THAT(refusal({"-p", limit}), HasSubstr("give a number of jails, at least 1"));
  }
}

TEST(Options, help_and_version) {
  const auto help = std::get<cli::Stop>(parse({"--help"}));
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, HasSubstr("usage: jail"));
  EXPECT_EQ(help.err, "");
  const auto brief = std::get<cli::Stop>(parse({"-h"}));
  EXPECT_EQ(brief.status, 125);
  EXPECT_THAT(brief.err, HasSubstr("usage: jail"));
  EXPECT_THAT(std::get<cli::Stop>(parse({"--version"})).out, StartsWith("jail "));
}

}  // namespace
}  // namespace jail_tool
