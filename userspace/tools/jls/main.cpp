// SPDX-License-Identifier: BSD-2-Clause
// jls(8): list jails.
#include <clocale>

#include "cli/standard_fds.hpp"
#include "jail/linux_kernel.hpp"
#include "tools/jls/request.hpp"
#include "tools/jls/run.hpp"

int main(int argc, char** argv) {
  if (!cli::open_standard_fds()) return 1;
  static_cast<void>(std::setlocale(LC_CTYPE, ""));  // which characters can be printed
  auto parsed = jls_tool::parse_arguments({argv, argv + argc});
  if (const auto* stop = std::get_if<cli::Stop>(&parsed)) return cli::finish(*stop);
  libjail::LinuxKernel kernel;
  return cli::finish(jls_tool::run(kernel, std::get<jls_tool::Request>(std::move(parsed))));
}
