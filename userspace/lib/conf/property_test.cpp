// SPDX-License-Identifier: BSD-2-Clause
// What holds for every tree and every text.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/conf/syntax.hpp"

namespace libjail::conf {
namespace {

/// A few of them: lists of lists of lists grow fast.
template <class T>
rc::Gen<std::vector<T>> some(rc::Gen<T> generator) {
  constexpr int kMost = 5;
  return rc::gen::resize(kMost, rc::gen::container<std::vector<T>>(std::move(generator)));
}

rc::Gen<std::string> text_of(rc::Gen<char> character) {
  constexpr int kMost = 12;
  return rc::gen::resize(kMost,
                         rc::gen::nonEmpty(rc::gen::container<std::string>(std::move(character))));
}

rc::Gen<std::string> literal_text() {
  return text_of(rc::gen::oneOf(rc::gen::distinctFrom(rc::gen::arbitrary<char>(), '\0'),
                                rc::gen::elementOf(std::string("\\\"'$*{};=+,#/ \n\tabc019"))));
}

rc::Gen<std::string> variable_name() { return text_of(rc::gen::elementOf(std::string("aZ_09.-"))); }

/// Literals and variables in turn, as a word has no two literals in a row.
rc::Gen<Word> word() {
  return rc::gen::apply(
      [](const std::vector<std::string>& variables, std::vector<std::string> literals) {
        Word result;
        literals.resize(variables.size() + 1);
        for (std::size_t i = 0; i < literals.size(); ++i) {
          if (!literals[i].empty()) result.pieces.push_back({.text = literals[i]});
          if (i < variables.size()) {
            result.pieces.push_back({.text = variables[i], .variable = true});
          }
        }
        return result;
      },
      some(variable_name()), some(literal_text()));
}

rc::Gen<Statement> statement() {
  return rc::gen::apply(
      [](bool variable, bool append, const std::string& text, const std::string& name,
         std::vector<Word> values) {
        return Statement{.name = variable ? name : text,
                         .variable = variable,
                         .append = append && !values.empty(),
                         .values = std::move(values)};
      },
      rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>(), literal_text(), variable_name(),
      some(word()));
}

rc::Gen<Block> block() {
  return rc::gen::apply(
      [](std::string name, std::vector<Statement> statements) {
        return Block{.name = std::move(name), .statements = std::move(statements)};
      },
      literal_text(), some(statement()));
}

rc::Gen<Item> item() {
  return rc::gen::oneOf(
      rc::gen::map(statement(), [](Statement value) { return Item(std::move(value)); }),
      rc::gen::map(block(), [](Block value) { return Item(std::move(value)); }),
      rc::gen::map(literal_text(),
                   [](std::string text) { return Item(Include{.pattern = std::move(text)}); }));
}

RC_GTEST_PROP(Property, what_is_printed_is_read_back, ()) {
  const Document document{.items = *some(item())};
  const std::string text = print(document);
  const auto back = parse(text, "printed");
  if (!back) RC_FAIL(back.error().text() + "\n" + text);
  RC_ASSERT(*back == document);
}

/// Of each of them, one after the other.
rc::Gen<std::string> joined(std::vector<std::string> parts) {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::move(parts))),
      [](const std::vector<std::string>& chosen) {
        std::string text;
        for (const auto& part : chosen) text += part;
        return text;
      });
}

RC_GTEST_PROP(Property, any_text_ends_in_a_tree_or_an_error, ()) {
  const std::string text = *joined({"web",
                                    "*",
                                    "a.*",
                                    "{",
                                    "}",
                                    ";",
                                    "=",
                                    "+=",
                                    ",",
                                    " ",
                                    "\n",
                                    "'",
                                    "\"",
                                    "\\",
                                    "$name",
                                    "${",
                                    "$",
                                    "path",
                                    "/srv/web",
                                    "10.2.3.4",
                                    ".include",
                                    "#",
                                    "/*",
                                    "*/",
                                    "//",
                                    "\xff",
                                    "$x = $y;",
                                    "web { path = /x; }",
                                    std::string(1, '\0')});
  const auto document = parse(text, "salad");
  if (!document) {
    RC_ASSERT(document.error().what.starts_with("salad:"));
    return;
  }
  RC_ASSERT((parse(print(*document), "again") == *document));
}

/// A parameter with a value that may or may not be one of its kind.
rc::Gen<std::string> setting() {
  return rc::gen::apply(
      [](std::size_t index, const std::string& sign, const std::string& value) {
        const auto all = parameters();
        std::string name(all[index % all.size()].name);
        if (sign == "no") return name.insert(name.rfind('.') + 1, sign) + ";";
        return sign.empty() ? name + ";" : name + sign + value + ";";
      },
      rc::gen::arbitrary<std::size_t>(),
      rc::gen::elementOf(std::vector<std::string>{"", "no", " = ", " = ", " = ", " += "}),
      rc::gen::elementOf(std::vector<std::string>{
          "true",          "0",           "4",        "new",
          "disable",       "/srv/web",    "''",       "$name",
          "\"${path}/x\"", "eth0",        "10.2.3.4", "'eth0|10.2.3.5/24', 10.2.3.6",
          "::1",           "+mknod",      "-chown",   "512M",
          "50%",           "eth0.12",     "default",  "'a /srv/web/b c d'",
          "'8:0 rbps=1M'", "99999999999", "a, b"}));
}

RC_GTEST_PROP(Property, any_jail_is_whole_or_all_its_mistakes_are_told, ()) {
  std::string text = "web { path = /srv/web;\n";
  for (const auto& line : *rc::gen::container<std::vector<std::string>>(setting())) {
    text += line + "\n";
  }
  const auto document = parse(text + "}", "f");
  RC_ASSERT(document.has_value());
  const auto jails = resolve(*document);
  if (!jails) {
    RC_ASSERT(!jails.error().empty());
    return;
  }
  const auto config = make_config(jails->at(0));
  if (!config) {
    for (const auto& error : config.error()) RC_ASSERT(error.what.starts_with("f:"));
    return;
  }
  RC_ASSERT(config->path.starts_with('/'));
  RC_ASSERT(config->unsafe || (config->ceiling & unsafe_capabilities()) == 0);
  const bool missing = std::ranges::find(config->notices, Notice::Kind::kUnavailable,
                                         &Notice::kind) != config->notices.end();
  RC_ASSERT(config->spec().has_value() != missing);
}

}  // namespace
}  // namespace libjail::conf
