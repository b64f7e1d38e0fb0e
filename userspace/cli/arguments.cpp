// SPDX-License-Identifier: BSD-2-Clause
#include "cli/arguments.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "cli/messages.hpp"

namespace cli {

int finish(const Stop& stop, int failure) {
  const Messages messages(program_invocation_short_name, Verbosity::kNormal);
  const bool written = messages.output(stop.out);
  write_all(STDERR_FILENO, stop.err);
  return stop.status == 0 && !written ? failure : stop.status;
}

Arguments::Arguments(std::vector<std::string> argv, const std::string& letters,
                     std::span<const option> long_options)
    : argv_(std::move(argv)), letters_("+:" + letters), long_options_(long_options) {
  pointers_.reserve(argv_.size() + 1);
  for (auto& argument : argv_) pointers_.push_back(argument.data());
  pointers_.push_back(nullptr);
  optind = 0;  // glibc: start over
  opterr = 0;
}

int Arguments::next() {
  optopt = 0;
  code_ = getopt_long(static_cast<int>(argv_.size()), pointers_.data(), letters_.c_str(),
                      long_options_.data(), nullptr);
  return code_;
}

std::string Arguments::value() const { return optarg != nullptr ? optarg : ""; }

std::string Arguments::problem() const {
  const auto index = static_cast<std::size_t>(optind - 1);
  const std::string name =
      optopt > 0 && optopt < kHelp ? std::string("-") + static_cast<char>(optopt) : argv_.at(index);
  return code_ == ':' ? "option " + name + " needs a value" : "unknown option " + name;
}

std::vector<std::string> Arguments::operands() const {
  return {pointers_.begin() + optind, pointers_.end() - 1};
}

}  // namespace cli
