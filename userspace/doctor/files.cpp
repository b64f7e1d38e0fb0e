// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/files.hpp"

#include <sys/sysmacros.h>

#include <algorithm>

#include "doctor/mounts.hpp"
#include "doctor/text.hpp"
#include "lib/mount_table.hpp"

namespace libjail::doctor {
namespace {

constexpr std::size_t kMostLinks = 4'000'000;  // some 500 MB

FileId id_of(const struct statx& st) {
  return {makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino};
}

}  // namespace

std::string FileCheck::place(const std::string& path) const {
  return (traits_.point == "/" ? "" : traits_.point) + "/" + path;
}

std::string FileCheck::remove_command(const std::string& path) const {
  return "rm " + shell_word(traits_.prefix + place(path));
}

void FileCheck::visit(const std::string& path, const struct statx& st) {
  if (S_ISCHR(st.stx_mode) || S_ISBLK(st.stx_mode)) return visit_node(path, st);
  if (S_ISREG(st.stx_mode)) return visit_file(path, st);
  if (!S_ISSOCK(st.stx_mode)) return;
  const auto host = sockets_.find(id_of(st));
  if (host == sockets_.end()) return;
  const bool powerful = is_powerful_socket(host->second);
  found_.add({.id = "sock-host",
              .level = powerful ? Level::kUnsafe : Level::kWarning,
              .object = place(path),
              .sentence = "is the socket " + escaped(host->second) + " of the host, " +
                          (powerful ? "whose server does what jailed root says"
                                    : "so the jail talks to a server outside"),
              .fix = remove_command(path)});
}

void FileCheck::visit_node(const std::string& path, const struct statx& st) {
  const dev_t number = makedev(st.stx_rdev_major, st.stx_rdev_minor);
  if (S_ISCHR(st.stx_mode) && number == 0) return;  // overlayfs's mark of a removed file
  const bool in_dev = is_within(place(path), "/dev");
  if (!in_dev && traits_.nodev) return;
  const std::string fix = remove_command(path);
  std::optional<Repair> repair;
  if (traits_.repairable) {
    repair = {.action = Repair::Action::kRemove,
              .path = path,
              .device = id_of(st).first,
              .inode = st.stx_ino,
              .node = number,
              .mode = st.stx_mode & static_cast<mode_t>(S_IFMT)};
  }
  const std::string object = place(path);
  const std::string name = device_name(st.stx_mode, number);
  if (const auto judgement = judge_device(st.stx_mode, number, drivers_)) {
    found_.add({.id = judgement->id,
                .level = judgement->level,
                .object = object,
                .detail = name,
                .sentence = judgement->sentence,
                .fix = fix,
                .repair = repair});
  }
  if (!in_dev) {
    found_.add({.id = "node-outside-dev",
                .level = Level::kUnsafe,
                .object = object,
                .detail = name,
                .sentence = "device nodes belong into /dev, which jail(8) mounts",
                .fix = fix + ", or mount the root directory with nodev",
                .repair = repair});
  }
}

void FileCheck::visit_file(const std::string& path, const struct statx& st) {
  if ((st.stx_mode & (S_ISUID | S_ISGID)) != 0 && is_within(place(path), "/dev")) {
    found_.add({.id = "suid-dev",
                .level = Level::kUnsafe,
                .object = place(path),
                .sentence = "a set-user-ID or set-group-ID program does not belong into /dev",
                .fix = remove_command(path)});
  }
  if (st.stx_nlink < 2 || !traits_.has_own_links) return;
  if ((st.stx_attributes & STATX_ATTR_IMMUTABLE) != 0) return;
  const auto known = links_.find(id_of(st));
  if (known != links_.end()) {
    if (++known->second.seen >= known->second.all) links_.erase(known);
  } else if (links_.size() < kMostLinks) {
    links_.emplace(id_of(st), Links{.all = st.stx_nlink, .seen = 1, .path = path});
  } else {
    too_many_links_ = true;
  }
}

void FileCheck::finish() {
  if (too_many_links_) {
    found_.gap({.what = traits_.point + ": too many files with several names to compare them",
                .remedy = {}});
    return;
  }
  if (links_.empty()) return;
  std::string first = place(links_.begin()->second.path);
  for (const auto& [id, links] : links_) first = std::min(first, place(links.path));
  const auto more = links_.size() - 1;
  found_.add({.id = "link-shared",
              .level = Level::kWarning,
              .object = first,
              .sentence = (more == 0 ? "has" : "and " + std::to_string(more) + " more files have") +
                          std::string(" names outside of this root directory and can be written "
                                      "to, for whoever has them too"),
              .fix = "copy them, or make them immutable as jailctl create --link does"});
}

}  // namespace libjail::doctor
