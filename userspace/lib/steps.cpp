// SPDX-License-Identifier: BSD-2-Clause
#include "jail/steps.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <iterator>
#include <utility>

namespace libjail {
namespace {

Result<void> interruption() { return fail(0, "interrupted"); }

bool is_plain(char c) {
  return (std::isalnum(static_cast<unsigned char>(c)) != 0) ||
         std::string_view("_-./:=,+@%").find(c) != std::string_view::npos;
}

}  // namespace

Result<void> run_steps(const std::vector<Step>& steps, const std::function<bool()>& interrupted) {
  for (auto step = steps.begin(); step != steps.end(); ++step) {
    auto done = interrupted() ? interruption() : step->run();
    if (done) continue;
    Error error = std::move(done.error());
    error.what = step->what + ": " + error.what;
    for (auto before = std::make_reverse_iterator(step); before != steps.rend(); ++before) {
      if (!before->undo) continue;
      if (const auto undone = before->undo(); !undone) {
        error.remedy += (error.remedy.empty() ? "" : "; ") + ("undo " + before->what) + ": " +
                        undone.error().text();
      }
    }
    return std::unexpected(std::move(error));
  }
  return {};
}

std::vector<std::string> commands_of(const std::vector<Step>& steps) {
  std::vector<std::string> commands;
  for (const auto& step : steps) {
    commands.insert(commands.end(), step.commands.begin(), step.commands.end());
  }
  return commands;
}

std::string quoted(const std::string& word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace libjail
