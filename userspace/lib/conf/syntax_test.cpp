// SPDX-License-Identifier: BSD-2-Clause
#include "jail/conf/syntax.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "testing/matchers.hpp"

namespace libjail::conf {
namespace {

using testing::FailsWith;
using testing::IsOk;

Document parsed(std::string_view text) {
  auto document = parse(text, "test");
  if (!document) ADD_FAILURE() << document.error().text();
  return document ? std::move(*document) : Document{};
}

/// The first value of the first statement.
Word value(std::string_view text) {
  const auto document = parsed("x = " + std::string(text) + ";");
  return std::get<Statement>(document.items.at(0)).values.at(0);
}

Statement statement(std::string_view text) { return std::get<Statement>(parsed(text).items.at(0)); }

std::string mistake(std::string_view text) {
  const auto document = parse(text, "f");
  return document ? "none" : document.error().text();
}

Word literal(std::string text) { return {.pieces = {{.text = std::move(text)}}}; }

TEST(Syntax, nothing) {
  EXPECT_TRUE(parsed("").items.empty());
  EXPECT_TRUE(
      parsed(" \t\r\n;;;\n# only\n// comments /* here\n/* and\n * there **/").items.empty());
}

TEST(Syntax, jail) {
  const auto document = parsed("web {\n\tpersist;\n\tpath = /srv/web;;\n}\nmail{}");
  ASSERT_EQ(document.items.size(), 2U);
  const auto& web = std::get<Block>(document.items[0]);
  EXPECT_EQ(web.name, "web");
  ASSERT_EQ(web.statements.size(), 2U);
  EXPECT_EQ(web.statements[0], (Statement{.name = "persist"}));
  EXPECT_EQ(web.statements[1], (Statement{.name = "path", .values = {literal("/srv/web")}}));
  EXPECT_EQ(std::get<Block>(document.items[1]), (Block{.name = "mail", .statements = {}}));
}

TEST(Syntax, parameter) {
  EXPECT_EQ(statement("persist;"), (Statement{.name = "persist"}));
  EXPECT_EQ(statement("a = b;").values, std::vector{literal("b")});
  EXPECT_EQ(statement("a b;"), statement("a = b;"));
  EXPECT_EQ(statement("a=b;"), statement("a = b;"));
  EXPECT_TRUE(statement("a += b;").append);
  EXPECT_TRUE(statement("a+=b;").append);
  EXPECT_FALSE(statement("a = b;").append);
  EXPECT_EQ(statement("a = 1, '2' ,\"3\";").values,
            (std::vector{literal("1"), literal("2"), literal("3")}));
  EXPECT_EQ(statement("'allow.mount';").name, "allow.mount");
}

TEST(Syntax, variable_is_defined) {
  EXPECT_TRUE(statement("$base = /srv;").variable);
  EXPECT_EQ(statement("$base = /srv;").name, "base");
  EXPECT_EQ(statement("${base} = /srv;"), statement("$base = /srv;"));
}

TEST(Syntax, include) {
  const auto document = parsed(".include \"/etc/jail.conf.d/*.conf\";\n.include x;");
  EXPECT_EQ(std::get<Include>(document.items.at(0)).pattern, "/etc/jail.conf.d/*.conf");
  EXPECT_EQ(std::get<Include>(document.items.at(1)).pattern, "x");
  // In quotes it is a parameter, if one that nobody knows.
  EXPECT_EQ(statement("'.include' = x;").name, ".include");
}

TEST(Syntax, bare_words) {
  EXPECT_EQ(value("eth0|10.2.3.4/24"), literal("eth0|10.2.3.4/24"));
  EXPECT_EQ(value("+net_raw"), literal("+net_raw"));
  EXPECT_EQ(value("a*b!%&()-:<>?@[]^`~_"), literal("a*b!%&()-:<>?@[]^`~_"));
  EXPECT_EQ(value("5$"), literal("5$"));
}

TEST(Syntax, strings) {
  EXPECT_EQ(value("''"), Word{});
  EXPECT_EQ(value("\"\""), Word{});
  EXPECT_EQ(value("'a b;{}#//$x'"), literal("a b;{}#//$x"));
  EXPECT_EQ(value("\"it's\""), literal("it's"));
  EXPECT_EQ(value("'two\nlines'"), literal("two\nlines"));
  EXPECT_EQ(value("/srv/'a b'\"/c\""), literal("/srv/a b/c"));
  EXPECT_EQ(value("'caf\xc3\xa9'"), literal("caf\xc3\xa9"));
}

TEST(Syntax, escapes) {
  EXPECT_EQ(value(R"("\a\b\f\n\r\t\v\\\"\$")"), literal("\a\b\f\n\r\t\v\\\"$"));
  EXPECT_EQ(value(R"('\'\n\q')"), literal("'\nq"));
  EXPECT_EQ(value(R"("\101\7\0601\x41\x4g\377")"), literal("A\a01A\x04g\xff"));
  EXPECT_EQ(value(R"(a\ b\;c)"), literal("a b;c"));
  EXPECT_EQ(value("\"one \\\n  line\""), literal("one   line"));
  EXPECT_EQ(value("\"one\\\r\nline\""), literal("oneline"));
  EXPECT_EQ(value("one\\\nword"), literal("oneword"));
}

TEST(Syntax, variables) {
  const Piece name{.text = "name", .variable = true};
  EXPECT_EQ(value("$name").pieces, std::vector{name});
  EXPECT_EQ(value("${name}").pieces, std::vector{name});
  EXPECT_EQ(value("\"/srv/$name/x\"").pieces,
            (std::vector<Piece>{{.text = "/srv/"}, name, {.text = "/x"}}));
  EXPECT_EQ(value("/srv/${host.hostname}.d").pieces,
            (std::vector<Piece>{
                {.text = "/srv/"}, {.text = "host.hostname", .variable = true}, {.text = ".d"}}));
  // Without braces a name ends at a dot.
  EXPECT_EQ(value("$host.hostname").pieces,
            (std::vector<Piece>{{.text = "host", .variable = true}, {.text = ".hostname"}}));
  EXPECT_EQ(value("$name$name").pieces, (std::vector{name, name}));
  EXPECT_EQ(value("\"$ $1 $\""), literal("$ $1 $"));
  EXPECT_EQ(value("'$name'"), literal("$name"));
}

TEST(Syntax, comment_after_a_quote_or_a_sign) {
  EXPECT_EQ(statement("a = 'b'# c\n;"), statement("a = b;"));
  EXPECT_EQ(statement("a =/* c */'b'/* d */;// e"), statement("a = b;"));
}

TEST(Syntax, comment_in_a_word_is_refused) {
  for (const char* text : {"path = /a//b;", "path = /a/*b*/;", "path = a#b;", "x#\n;"}) {
    EXPECT_NE(mistake(text).find("a comment begins in the middle of a word"), std::string::npos)
        << text;
  }
  EXPECT_EQ(mistake("path = /a//b;\n").substr(0, 7), "f:1:10:");
}

TEST(Syntax, positions) {
  const auto document = parsed("# x\n  web {\n\tpath = \"a\nb\", $c;\n}\n.include x;");
  const auto& web = std::get<Block>(document.items.at(0));
  EXPECT_EQ(web.position.text(), "test:2:3");
  EXPECT_EQ(web.statements.at(0).position.text(), "test:3:2");
  EXPECT_EQ(web.statements.at(0).values.at(0).position.text(), "test:3:9");
  EXPECT_EQ(web.statements.at(0).values.at(1).position.text(), "test:4:5");
  EXPECT_EQ(std::get<Include>(document.items.at(1)).position.text(), "test:6:1");
}

struct Bad {
  const char* text;
  const char* message;
};

TEST(Syntax, mistakes_are_found_where_they_are) {
  for (const auto& [text, message] : std::initializer_list<Bad>{
           {"web {\n\tpath = /srv\n}", "f:3:1: expected ';' before '}'"},
           {"persist\npath = /x;", "f:2:6: expected ';' before '='"},
           {"a = b c;", "f:1:7: expected ';' before c"},
           {"a = ;", "f:1:5: expected a value before ';' (an empty one is '')"},
           {"a = b,;", "f:1:7: expected a value before ';'"},
           {"a += {", "f:1:6: expected a value before '{'"},
           {"a", "f:1:2: expected ';' before the end of the file"},
           {"}", "f:1:1: expected a jail or a parameter before '}'"},
           {"= x;", "f:1:1: expected a jail or a parameter before '='"},
           {"web { = x; }", "f:1:7: expected a parameter before '='"},
           {"web {\n a;\n", "f:1:1: jail web has no end (end it with })"},
           {"a {\n b { c; } }", "f:2:4: a jail does not stand in another one"},
           {"a { .include x; }", "f:1:5: .include does not stand in a jail"},
           {"$x { a; }", "f:1:1: the name of a jail has no variables"},
           {"a$x = b;", "f:1:1: the name of a parameter has no variables"},
           {"'' = b;", "f:1:1: the name of the parameter is empty"},
           {".include;", "f:1:9: expected the name of a file before ';'"},
           {".include \"$x\";", "f:1:10: the name of an included file has no variables"},
           {".include '';", "f:1:10: the name of the file is empty"},
           {".include = x;", "f:1:10: expected the name of a file before '='"},
           {".include a b;", "f:1:12: expected ';' before b"},
           {"a = 'b;\n\n", "f:1:5: the string has no end (end it with ')"},
           {"a = \"b;\n$c\n", "f:1:5: the string has no end (end it with \")"},
           {"a; /* b\n", "f:1:4: the comment has no end"},
           {"a = ${b;", "f:1:8: character ';' in the name of a variable"},
           {"a = ${b\n};", "f:1:5: the variable has no end"},
           {"a = \"${b\";", "f:1:6: the variable has no end"},
           {"a = ${};", "f:1:5: the variable has no name"},
           {"a = b\\", "f:1:6: nothing follows the backslash"},
           {"a = '\\x';", "f:1:6: no hexadecimal digit follows \\x"},
           {"a = '\\0';", "f:1:6: the escape stands for no character"},
           {"a = '\\777';", "f:1:6: the escape stands for no character"},
           {"a = '\\x00';", "f:1:6: the escape stands for no character"},
           {"a = caf\xc3\xa9;", "f:1:8: character \\xc3 outside of quotes"},
           {"a = \x01;", "f:1:5: character \\x01 outside of quotes"},
       }) {
    EXPECT_EQ(mistake(text).substr(0, std::string_view(message).size()), message) << text;
  }
}

TEST(Syntax, nul_bytes_are_refused_wherever_they_stand) {
  using std::string_literals::operator""s;
  for (const auto& text : {"\0"s, "a\0;"s, "a = '\0';"s, "a = \"\0\";"s, "a = \\\0;"s,
                           "a = \"\\\0\";"s, "a = ${b\0};"s, "\0a;"s}) {
    EXPECT_NE(mistake(text).find("\\x00"), std::string::npos) << mistake(text);
  }
  // In a comment it does no harm.
  EXPECT_THAT(parse("# \0\n/* \0 */"s, "f"), IsOk());
}

TEST(Syntax, hostile_sizes) {
  constexpr std::size_t kMany = 200000;
  EXPECT_THAT(parse(std::string(kMany, '{'), "f"), FailsWith("f:1:1: expected a jail"));
  std::string nested;
  for (std::size_t i = 0; i < kMany; ++i) nested += "a{";
  EXPECT_THAT(parse(nested, "f"), FailsWith("does not stand in another"));
  EXPECT_THAT(parse(std::string(kMany, ';'), "f"), IsOk());
  EXPECT_THAT(parse(std::string(kMany, '$'), "f"), FailsWith("expected ';'"));
  EXPECT_EQ(value("'" + std::string(kMany, 'x') + "'").literal().size(), kMany);
  // A long word does not fill the screen.
  EXPECT_LT(mistake("a = b " + std::string(kMany, 'x') + ";").size(), 200U);
}

TEST(Syntax, printed_text_means_the_same) {
  const auto document = parsed(R"(
    $base = /srv;
    exec.start = "/bin/sh /etc/rc", 'a "b" $c \\', "$base/\n\x7f", '';
    ip4.addr += 10.2.3.4;
    * { persist; }
    "a b" { ".include" = "*"; }
    .include "/etc/*.conf";
  )");
  EXPECT_EQ(parsed(print(document)), document) << print(document);
}

TEST(Syntax, print) {
  EXPECT_EQ(print(parsed("a b,'c d';web{path=\"/srv/$name\";}$x+='$';")),
            "a = b, \"c d\";\nweb {\n\tpath = \"/srv/${name}\";\n}\n${x} += \"\\$\";\n");
}

}  // namespace
}  // namespace libjail::conf
