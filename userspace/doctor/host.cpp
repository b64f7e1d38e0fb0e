// SPDX-License-Identifier: BSD-2-Clause
#include "doctor/host.hpp"

#include <sys/stat.h>

#include <array>

#include "doctor/sources.hpp"
#include "jail/apply.hpp"
#include "lib/mount_table.hpp"
#include "lib/text.hpp"

namespace libjail::doctor {
namespace {

/// A sysctl that is off.
bool is_zero(Kernel& kernel, const Sources& sources, const std::string& name) {
  return read_source(kernel, sources, "sys/" + name) == "0\n";
}

struct Sysctl {
  const char* file;
  const char* name;
  const char* sentence;
};
constexpr auto kSysctls = std::to_array<Sysctl>({
    {"fs/protected_hardlinks", "fs.protected_hardlinks",
     "any user may give a file of others a second name, which outlives its repair"},
    {"fs/protected_symlinks", "fs.protected_symlinks",
     "programs of root follow symbolic links that any user put into /tmp"},
});

}  // namespace

Drivers read_drivers(Kernel& kernel, const Sources& sources) {
  return Drivers([&kernel, &sources] {
    return Drivers::Texts{.devices = read_source(kernel, sources, "devices"),
                          .misc = read_source(kernel, sources, "misc")};
  });
}

std::map<FileId, std::string> read_sockets(Kernel& kernel, const Sources& sources,
                                           const std::string& root) {
  std::map<FileId, std::string> sockets;
  const auto text = read_source(kernel, sources, "net/unix");
  for (const auto line : split(text, '\n')) {
    const auto slash = line.find(" /");
    if (slash == std::string_view::npos) continue;
    const std::string place(line.substr(slash + 1));
    struct stat st {};
    if (is_within(place, root) || ::lstat(place.c_str(), &st) < 0 || !S_ISSOCK(st.st_mode)) {
      continue;
    }
    sockets.emplace(FileId{st.st_dev, st.st_ino}, place);
  }
  return sockets;
}

bool check_kernel(Kernel& kernel, const Sources& sources, Collector& found) {
  const auto version = probe(kernel);
  if (!version) {
    found.add({.id = "kernel-none",
               .level = Level::kUnsafe,
               .object = "kernel",
               .sentence = version.error().what,
               .fix = version.error().remedy});
    const auto limit = read_source(kernel, sources, "sys/user/max_user_namespaces");
    if (!limit.empty() && limit != "0\n" &&
        !is_zero(kernel, sources, "kernel/unprivileged_userns_clone")) {
      found.add({.id = "userns",
                 .level = Level::kWarning,
                 .object = "user.max_user_namespaces",
                 .sentence = "without jails in the kernel, anybody inside gets all capabilities "
                             "over a user namespace of his own",
                 .fix = "boot a kernel with jails, or sysctl user.max_user_namespaces=0"});
    }
  }
  for (const auto& [file, name, sentence] : kSysctls) {
    if (!is_zero(kernel, sources, file)) continue;
    found.add({.id = "sysctl",
               .level = Level::kWarning,
               .object = name,
               .sentence = sentence,
               .fix = std::string("sysctl ") + name + "=1"});
  }
  return version.has_value();
}

}  // namespace libjail::doctor
