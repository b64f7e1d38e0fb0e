// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jls/run.hpp"

#include <linux/capability.h>

#include <algorithm>
#include <utility>

#include "lib/text.hpp"
#include "tools/jls/print.hpp"

namespace jls_tool {
namespace {

using libjail::ListedJail;
using libjail::Result;

constexpr int kFailed = 1;

bool needs_info(const Request& request) {
  return std::ranges::any_of(request.parameters,
                             [](const Parameter* parameter) { return parameter->from_info; });
}

/// "All" means all that the caller can know.
void leave_out_what_needs_privilege(libjail::Kernel& kernel, Request& request) {
  const auto sets = kernel.capget();
  if (sets && (sets->effective >> CAP_SYS_ADMIN & 1) != 0) return;
  std::erase_if(request.parameters,
                [](const Parameter* parameter) { return parameter->from_info; });
}

Result<std::vector<ListedJail>> select(std::vector<ListedJail> jails, const Request& request) {
  if (!request.jail) {
    if (!request.dying) std::erase_if(jails, &ListedJail::dying);
    return jails;
  }
  const auto jid = libjail::parse_number<std::uint32_t>(*request.jail);
  const std::string what = jid ? "jail " + *request.jail : "jail \"" + *request.jail + "\"";
  std::erase_if(jails, [&](const ListedJail& jail) {
    return jid ? jail.jid != *jid : jail.name != *request.jail;
  });
  if (jails.empty()) return libjail::fail(0, what + " not found");
  if (jails.front().dying && !request.dying) {
    return libjail::fail(0, what + " is dying", "-d shows it");
  }
  return jails;
}

cli::Stop refusal(const libjail::Error& error) {
  return {.err = "jls: " + error.text() + "\n", .status = kFailed};
}

}  // namespace

cli::Stop run(libjail::Kernel& kernel, Request request, const Sources& sources) {
  auto all = list(kernel, sources);
  if (!all) return refusal(all.error());
  auto selected = select(*std::move(all), request);
  if (request.exists) return {.status = selected ? 0 : kFailed};
  if (!selected) return refusal(selected.error());

  if (request.all) leave_out_what_needs_privilege(kernel, request);
  std::vector<Jail> jails;
  if (needs_info(request)) {
    auto informed = inform(kernel, sources, *std::move(selected));
    if (!informed) return refusal(informed.error());
    jails = *std::move(informed);
  } else {
    for (auto& listed : *selected) jails.push_back({.listed = std::move(listed)});
  }
  return {.out = request.style == Request::Style::kText ? print_text(request, jails)
                                                        : print_json(request, jails)};
}

}  // namespace jls_tool
