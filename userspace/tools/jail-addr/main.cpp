// SPDX-License-Identifier: BSD-2-Clause
// jail-addr adds an address to an interface or takes it away. jail(8) starts it.
#include <string_view>
#include <vector>

#include "cli/messages.hpp"
#include "tools/jail-addr/request.hpp"
#include "tools/jail-addr/rtnl.hpp"

int main(int argc, char** argv) {
  const cli::Messages messages("jail-addr", cli::Verbosity::kNormal);
  const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto request = jail_addr::parse_request(arguments);
  if (!request) {
    messages.error(request.error().text());
    return 1;
  }
  const auto done = request->verb == jail_addr::Verb::kAdd
                        ? jail_addr::add_address(request->alias)
                        : jail_addr::delete_address(request->alias);
  if (!done) messages.error(done.error().text());
  return done ? 0 : 1;
}
