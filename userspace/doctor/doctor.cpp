// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/doctor.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "doctor/capabilities.hpp"
#include "doctor/files.hpp"
#include "doctor/findings.hpp"
#include "doctor/host.hpp"
#include "doctor/mounts.hpp"
#include "doctor/network.hpp"
#include "doctor/root_path.hpp"
#include "doctor/text.hpp"
#include "doctor/tree.hpp"

namespace libjail::doctor {
namespace {

/// File systems without files of anybody's: what they are was judged by their mount.
constexpr auto kVirtual = std::to_array<std::string_view>(
    {"binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "efivarfs",
     "fusectl", "mqueue", "nsfs", "proc", "pstore", "securityfs", "selinuxfs", "sysfs", "tracefs"});
/// /dev is small; whoever makes it large does not hold up the start of the jail.
constexpr TreeLimits kDevLimits{.depth = 16, .files = 100'000};

class Examination {
 public:
  Examination(Kernel& kernel, const Subject& subject, Scope scope, const Sources& sources)
      : kernel_(kernel),
        subject_(subject),
        scope_(scope),
        sources_(sources),
        drivers_(read_drivers(kernel, sources)) {}

  Result<Report> run() {
    const bool has_jails = scope_ == Scope::kFatal || check_kernel(kernel_, sources_, found_);
    check_ceiling(subject_.ceiling, known_capabilities(), has_jails, found_);
    const auto root = check_path(kernel_, subject_.root, found_, subject_.owner);
    if (!root) return std::unexpected(root.error());
    auto table = read_mounts(root->fd.get());
    if (!table) return std::unexpected(table.error());
    const auto around = surroundings(root->fd.get(), root->path, *std::move(table));
    check_place(around, found_);
    check_mounts(kernel_, around, drivers_, found_);
    check_future_mounts(around, subject_.mounts, found_);
    if (scope_ == Scope::kFatal) {
      check_dev_only(around);
    } else {
      check_all(around);
    }
    return found_.take();
  }

 private:
  /// The mounts of the host; before a start none where none concerns the jail, as the host may
  /// have thousands.
  Result<std::vector<MountEntry>> read_mounts(int root) {
    if (scope_ == Scope::kFatal && subject_.mounts.empty()) {
      const auto any = kernel_.has_mounts(root);
      if (any && !*any) return {};
    }
    return read_mount_table(kernel_, sources_.proc + "/self/mountinfo");
  }

  void check_dev_only(const Surroundings& around) {
    if (subject_.system_mounts) return;  // covered, or there is none
    const auto dev = open_point(kernel_, around.root, "/dev", O_RDONLY | O_DIRECTORY);
    if (check_dev_link(kernel_, around, found_) || !dev) return;
    check_tree(dev->get(), {.prefix = around.path, .point = "/dev"}, kDevLimits);
  }

  void check_all(const Surroundings& around) {
    sockets_ = read_sockets(kernel_, sources_, around.path);
    check_address(kernel_, sources_, subject_, found_);
    check_points(around, around.path);
    // What is mounted on the root directory is looked at as such.
    const auto top = kernel_.openat2(
        around.root, ".", {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = 0});
    if (!top) {
      found_.gap({.code = top.error(), .what = around.path, .remedy = {}});
    } else {
      auto traits = traits_of(mount_of_root(around), around.path, "/");
      traits.repairable = true;
      check_tree(top->get(), traits, {});
    }
    if (subject_.process > 0) {
      check_running(around);
    } else {
      check_private_dev(kernel_, around, subject_.system_mounts, found_);
    }
  }

  /// The mounts that a running jail has of its own.
  void check_running(const Surroundings& host) {
    const std::string process = sources_.proc + "/" + std::to_string(subject_.process);
    const std::string prefix = process + "/root";
    const auto root =
        kernel_.openat2(AT_FDCWD, prefix.c_str(),
                        {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = 0});
    auto table = root ? read_mount_table(kernel_, process + "/mountinfo")
                      : Result<std::vector<MountEntry>>(fail(root.error(), prefix));
    if (!table) {
      found_.gap(table.error());
      return;
    }
    auto jail = surroundings(root->get(), "/", *std::move(table));
    jail.path = host.path;
    jail.elsewhere = host.elsewhere;
    jail.running = true;
    check_private_dev(kernel_, jail, false, found_);
    std::erase_if(jail.inside, [&](const MountEntry& mount) {
      return mount.point == "/" || std::ranges::any_of(host.inside, [&](const auto& other) {
               return other.device == mount.device && other.point == mount.point;
             });
    });
    check_mounts(kernel_, jail, drivers_, found_);
    check_points(jail, prefix);
  }

  /// The trees that are mounted below the root directory.
  void check_points(const Surroundings& around, const std::string& prefix) {
    for (const auto& mount : around.inside) {
      if (mount.point == "/" || std::ranges::find(kVirtual, mount.type) != kVirtual.end()) {
        continue;
      }
      const auto top = open_point(kernel_, around.root, mount.point, O_RDONLY | O_DIRECTORY);
      if (top) {
        check_tree(top->get(), traits_of(&mount, prefix, mount.point), {});
      } else if (top.error() != ENOTDIR && top.error() != ENOENT) {
        found_.gap({.code = top.error(), .what = prefix + mount.point, .remedy = {}});
      }
    }
  }

  static TreeTraits traits_of(const MountEntry* mount, const std::string& prefix,
                              const std::string& point) {
    return {.prefix = prefix == "/" ? "" : prefix,
            .point = point,
            .nodev = mount != nullptr && mount->has("nodev"),
            .has_own_links = mount == nullptr || mount->type != "overlay"};
  }

  static const MountEntry* mount_of_root(const Surroundings& around) {
    const MountEntry* best = nullptr;
    for (const auto& mount : around.inside) {
      if (mount.point == "/") return &mount;
    }
    for (const auto& mount : around.elsewhere) {
      if (is_within(around.path, mount.point) &&
          (best == nullptr || mount.point.size() >= best->point.size())) {
        best = &mount;
      }
    }
    return best;
  }

  void check_tree(int top, const TreeTraits& traits, const TreeLimits& limits) {
    FileCheck check(drivers_, sockets_, traits, found_);
    walk(
        kernel_, top, limits,
        [&](const std::string& path, const struct statx& st) { check.visit(path, st); },
        [&](Error error) {
          error.what = traits.prefix + (traits.point == "/" ? "" : traits.point) + error.what;
          found_.gap(std::move(error));
        });
    check.finish();
  }

  Kernel& kernel_;
  const Subject& subject_;
  Scope scope_;
  const Sources& sources_;
  Collector found_;
  Drivers drivers_;
  std::map<FileId, std::string> sockets_;
};

}  // namespace

Result<Report> examine(Kernel& kernel, const Subject& subject, Scope scope,
                       const Sources& sources) {
  return Examination(kernel, subject, scope, sources).run();
}

Result<void> refuse_unsafe(Kernel& kernel, const Subject& subject, const std::string& remedy) {
  const auto report = examine(kernel, subject, Scope::kFatal);
  if (!report) return std::unexpected(report.error());
  std::string found;
  for (const auto& finding : report->findings) {
    if (finding.level != Level::kUnsafe) continue;
    found += (found.empty() ? "" : "; ") + text(finding);
  }
  if (found.empty()) return {};
  return fail(0, found, remedy);
}

bool is_unsafe(const Report& report) {
  return std::ranges::any_of(
      report.findings, [](const Finding& finding) { return finding.level == Level::kUnsafe; });
}

std::string text(const Finding& finding) {
  return std::string(finding.level == Level::kUnsafe ? "UNSAFE " : "warn ") + finding.id + "  " +
         escaped(finding.object) + (finding.detail.empty() ? "" : " (" + finding.detail + ")") +
         ": " + finding.sentence + "." + (finding.fix.empty() ? "" : " Fix: " + finding.fix);
}

}  // namespace libjail::doctor
