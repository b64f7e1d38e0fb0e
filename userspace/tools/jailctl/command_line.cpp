// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <numeric>
#include <sstream>

namespace jailctl {
namespace {

constexpr std::size_t kNear = 2;  // changes, and fewer than half of the word

std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

void add_options(CLI::App& app, const Subcommand& subcommand) {
  std::map<std::string, CLI::Option*> added;
  for (const auto& option : subcommand.options) {
    CLI::Option* one = nullptr;
    if (option.value.empty()) {
      one = app.add_flag_callback(
          option.names, [&option] { option.take(""); }, option.help);
    } else {
      one = app.add_option_function<std::string>(option.names, option.take, option.help);
      one->type_name(option.value);
    }
    one->required(option.required);
    added[one->get_lnames().empty() ? option.names : "--" + one->get_lnames().front()] = one;
  }
  for (const auto& option : subcommand.options) {
    std::istringstream others(option.excludes);
    for (std::string other; others >> other;) {
      for (auto& [name, one] : added) {
        if (option.names.find(name) != std::string::npos) one->excludes(added.at(other));
      }
    }
  }
  for (const auto& operand : subcommand.operands) {
    auto* one = app.add_option_function<std::vector<std::string>>(
        operand.name,
        [&operand](const std::vector<std::string>& values) {
          for (const auto& value : values) operand.take(value);
        },
        operand.help);
    one->required(operand.required)->type_name("");
    if (operand.several) {
      one->expected(operand.required ? 1 : 0, CLI::detail::expected_max_vector_size);
    } else {
      // What is too much for the last one is an error; else the next operand gets it.
      one->expected(1)->allow_extra_args(&operand == &subcommand.operands.back());
    }
  }
}

cli::Stop usage(const std::string& problem) {
  return {.out = {},
          .err = "jailctl: " + problem + "\nRun jailctl --help, or see jailctl(8).\n",
          .status = kUsage};
}

}  // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& words) {
  std::string best;
  std::size_t least = std::min(kNear, word.size() / 2) + 1;
  for (const auto& other : words) {
    if (const auto changes = distance(word, other); changes < least) {
      least = changes;
      best = other;
    }
  }
  return best;
}

std::variant<const Subcommand*, cli::Stop> parse_command_line(const std::vector<std::string>& argv,
                                                              const std::vector<Subcommand>& all) {
  CLI::App app("Manage jails.", "jailctl");
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "Show this and exit");
  app.set_version_flag("--version", "jailctl " JAIL_VERSION);
  app.footer("See jailctl(8).");
  std::vector<std::string> names;
  std::map<const CLI::App*, const Subcommand*> of;
  for (const auto& subcommand : all) {
    auto* child = app.add_subcommand(subcommand.name, subcommand.summary);
    add_options(*child, subcommand);
    of[child] = &subcommand;
    names.push_back(subcommand.name);
    if (subcommand.alias.empty()) continue;
    child->alias(subcommand.alias);
    names.push_back(subcommand.alias);
  }
  // CLI11 would only say that a subcommand is required.
  if (argv.size() > 1 && !argv[1].starts_with("-") &&
      std::ranges::find(names, argv[1]) == names.end()) {
    const auto meant = nearest(argv[1], names);
    return usage("unknown subcommand \"" + argv[1] + "\"" +
                 (meant.empty() ? "" : "; did you mean \"" + meant + "\"?"));
  }
  for (const auto& subcommand : all) {
    if (argv.size() < 2 || argv[1] != subcommand.name || !subcommand.take_all) continue;
    if (argv.size() > 2 && (argv[2] == "-h" || argv[2] == "--help")) break;
    subcommand.take_all({argv.begin() + 2, argv.end()});
    return &subcommand;
  }
  // It takes them last first.
  std::vector<std::string> words;
  if (argv.size() > 1) words.assign(argv.rbegin(), argv.rend() - 1);
  try {
    app.parse(words);
  } catch (const CLI::Success& asked) {
    std::ostringstream out;
    std::ostringstream err;
    app.exit(asked, out, err);
    return cli::Stop{.out = out.str(), .err = {}, .status = kOk};
  } catch (const CLI::Error& error) {
    return usage(error.what());
  }
  return of.at(app.get_subcommands().front());
}

}  // namespace jailctl
