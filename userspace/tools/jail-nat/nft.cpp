// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jail-nat/nft.hpp"

#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "jail/unique_fd.hpp"
#include "network/translation.hpp"

namespace jail_nat {
namespace {

using libjail::fail;
using libjail::Result;

constexpr const char* kKernel =
    "the kernel needs CONFIG_NF_TABLES_INET, CONFIG_NFT_NAT and "
    "CONFIG_NFT_MASQ";

struct Answer {
  bool done = false;
  std::string output{};
  std::string error{};  ///< its first line without "Error: "
};

/// The first line says what is wrong, those after it show the command.
std::string first_line(std::string text) {
  text.resize(std::min(text.find('\n'), text.size()));
  constexpr std::string_view kMark = "Error: ";
  if (text.starts_with(kMark)) text.erase(0, kMark.size());
  return text;
}

Answer run(const std::string& commands, unsigned int flags) {
  const std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)> nft(nft_ctx_new(NFT_CTX_DEFAULT),
                                                              nft_ctx_free);
  if (!nft) return {.error = libjail::reason(ENOMEM)};
  nft_ctx_buffer_output(nft.get());
  nft_ctx_buffer_error(nft.get());
  nft_ctx_output_set_flags(nft.get(), flags);
  Answer answer;
  answer.done = nft_run_cmd_from_buffer(nft.get(), commands.c_str()) == 0;
  answer.output = nft_ctx_get_output_buffer(nft.get());
  answer.error = first_line(nft_ctx_get_error_buffer(nft.get()));
  return answer;
}

/// The library ends the process where the kernel has none of what it needs.
bool kernel_has_netfilter() {
  const libjail::UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
  return socket || errno != EPROTONOSUPPORT;
}

bool ends_with_reason(const std::string& error, int code) {
  return error.ends_with(libjail::reason(code));
}

}  // namespace

Result<void> transact(const std::string& commands) {
  if (!kernel_has_netfilter()) return fail(EPROTONOSUPPORT, "nftables", kKernel);
  const auto answer = run(commands, 0);
  if (answer.done) return {};
  const std::string what = std::string("table ") + libjail::network::kTable + ": " + answer.error;
  if (ends_with_reason(answer.error, EEXIST)) {
    return fail(0, what, "another jail has the address or the port");
  }
  if (ends_with_reason(answer.error, EOPNOTSUPP) || ends_with_reason(answer.error, ENOENT) ||
      ends_with_reason(answer.error, EPROTONOSUPPORT)) {
    return fail(0, what, kKernel);
  }
  return fail(0, what);
}

Result<std::string> list_table() {
  if (!kernel_has_netfilter()) return std::string();
  auto answer = run(std::string("list table ") + libjail::network::kTable, NFT_CTX_OUTPUT_JSON);
  if (answer.done) return std::move(answer.output);
  if (ends_with_reason(answer.error, ENOENT)) return std::string();
  return fail(0, std::string("list table ") + libjail::network::kTable + ": " + answer.error);
}

}  // namespace jail_nat
