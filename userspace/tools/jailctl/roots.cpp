// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailctl/roots.hpp"

#include <unistd.h>

#include "tools/jailctl/interrupt.hpp"

namespace jailctl {
namespace {

constexpr unsigned int kMiB = 20;  // as a shift

bool shows_progress() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace

std::vector<Option> common_options(RootOptions& options) {
  return {dry_run_option(options.dry_run), store_option(options.store)};
}

Option store_option(std::string& store) {
  return {.names = "--store",
          .help = "Where root directories are; /var/lib/jail",
          .value = "FOLDER",
          .take = [&store](const std::string& value) { store = value; }};
}

libjail::roots::Environment environment_of(const Context& context, const RootOptions& options,
                                           const std::string& name) {
  libjail::roots::Environment environment{.kernel = context.kernel};
  environment.store = options.store;
  environment.interrupted = interrupted;
  environment.note = [&context, name](const std::string& text) {
    end_progress();
    context.messages.warning(name + ": " + text);
  };
  if (shows_progress()) {
    environment.progress = [name](const libjail::roots::Progress& progress) {
      cli::write_all(STDERR_FILENO, "\r\x1b[K" + name + ": " + progress.step + ": " +
                                        std::to_string(progress.files) + " files, " +
                                        std::to_string(progress.bytes >> kMiB) + " MiB");
    };
  }
  return environment;
}

void end_progress() {
  if (shows_progress()) cli::write_all(STDERR_FILENO, "\r\x1b[K");
}

int print_commands(const Context& context, const std::string& name,
                   const libjail::Result<std::vector<std::string>>& commands) {
  if (!commands) return report(context, name, commands.error());
  std::string text;
  for (const auto& command : *commands) text += command + "\n";
  return context.messages.output(text) ? kOk : kFailure;
}

int report(const Context& context, const std::string& name, const libjail::Error& error) {
  end_progress();
  context.messages.error(name + ": " + error.text());
  return kFailure;
}

}  // namespace jailctl
