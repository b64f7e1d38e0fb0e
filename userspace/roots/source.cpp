// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/source.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

namespace libjail::roots {
namespace {

Result<std::string> absolute(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (real == nullptr) {
    return fail(errno, path,
                "sources are busybox, debian:SUITE, oci:FOLDER[:TAG], a folder or a tar file");
  }
  return std::string(real.get());
}

bool is_suite(std::string_view text) {
  return !text.empty() && text.front() != '-' && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

Result<Source> parse_oci(const std::string& text, std::string_view image) {
  const auto colon = image.rfind(':');
  const std::string tag(colon == std::string_view::npos ? "latest" : image.substr(colon + 1));
  auto folder = absolute(std::string(image.substr(0, colon)));
  if (!folder) return std::unexpected(folder.error());
  if (tag.empty() || folder->find(':') != std::string::npos) {
    return fail(EINVAL, text, "the form is oci:FOLDER[:TAG]");
  }
  return Source{.kind = Source::Kind::kOci, .text = text, .value = *folder + ":" + tag};
}

}  // namespace

Result<Source> parse_source(std::string_view given) {
  const std::string text(given);
  if (text == "busybox") return Source{.kind = Source::Kind::kBusybox, .text = text, .value = {}};
  if (text.starts_with("debian:")) {
    const std::string suite = text.substr(7);
    if (!is_suite(suite)) return fail(EINVAL, text, "for example debian:bookworm");
    return Source{.kind = Source::Kind::kDebian, .text = text, .value = suite};
  }
  if (text.starts_with("oci:")) return parse_oci(text, given.substr(4));
  auto path = absolute(text);
  if (!path) return std::unexpected(path.error());
  struct stat st {};
  if (::stat(path->c_str(), &st) < 0) return fail(errno, text);
  if (S_ISDIR(st.st_mode)) {
    return Source{.kind = Source::Kind::kFolder, .text = text, .value = *std::move(path)};
  }
  if (!S_ISREG(st.st_mode)) return fail(EINVAL, text + " is neither a folder nor a file");
  return Source{.kind = Source::Kind::kArchive, .text = text, .value = *std::move(path)};
}

}  // namespace libjail::roots
