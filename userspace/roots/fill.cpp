// SPDX-License-Identifier: BSD-2-Clause
#include "roots/fill.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "jail/read_file.hpp"
#include "jail/steps.hpp"
#include "jail/unique_fd.hpp"
#include "lib/text.hpp"
#include "roots/archive.hpp"
#include "roots/helper.hpp"
#include "roots/tree.hpp"

namespace libjail::roots {
namespace {

using Kind = Source::Kind;

constexpr const char* kScratch = ".scratch";

struct Pipe {
  UniqueFd out;
  UniqueFd in;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return fail(errno, "make a pipe");
  return Pipe{.out = UniqueFd(ends[0]), .in = UniqueFd(ends[1])};
}

/// FNV-1a: short, the same everywhere; nothing depends on it being hard to guess, as only root
/// chooses what is hashed.
std::string digest(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.begin(), digits.end(), hash, 16);
  return {digits.begin(), end};
}

/// Changes when the file does.
Result<std::string> identity(const std::string& path) {
  struct stat st {};
  if (::stat(path.c_str(), &st) < 0) return fail(errno, path);
  return path + " " + std::to_string(st.st_dev) + " " + std::to_string(st.st_ino) + " " +
         std::to_string(st.st_size) + " " + std::to_string(st.st_mtim.tv_sec) + "." +
         std::to_string(st.st_mtim.tv_nsec);
}

std::string find_busybox(const Environment& environment) {
  if (!environment.busybox.empty()) return environment.busybox;
  for (const char* path : {"/bin/busybox", "/usr/bin/busybox"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return "/bin/busybox";
}

/// Whether the program needs no loader and libraries, which a small root has not.
bool is_static(int fd) {
  Elf64_Ehdr header{};
  if (::pread(fd, &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) return false;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64) {
    return false;
  }
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const auto offset = static_cast<off_t>(header.e_phoff) + i * static_cast<off_t>(sizeof segment);
    if (::pread(fd, &segment, sizeof segment, offset) != static_cast<ssize_t>(sizeof segment)) {
      return false;
    }
    if (segment.p_type == PT_INTERP) return false;
  }
  return true;
}

Result<std::vector<std::string>> applets(const Environment& environment, const std::string& program,
                                         const std::string& step) {
  auto pipe = make_pipe();
  if (!pipe) return std::unexpected(pipe.error());
  // The list is shorter than what a pipe holds.
  auto done =
      run_helpers(environment, step,
                  {{.what = program, .out = pipe->in.release(), .argv = {program, "--list"}}});
  if (!done) return std::unexpected(done.error());
  const auto text = read_all(pipe->out.get());
  if (!text) return fail(text.error(), program + " --list");
  std::vector<std::string> names;
  for (const auto name : split(*text, '\n')) {
    if (!name.empty() && name.find('/') == std::string_view::npos) names.emplace_back(name);
  }
  return names;
}

Helper unpacker(int root, UniqueFd in) {
  return {.what = "unpack",
          .in = in.release(),
          .root = root,
          .capabilities = unpack_capabilities(),
          .work = [](Counters& counters) { return unpack(counters); }};
}

Result<void> run_and_remark(const Environment& environment, const std::string& step,
                            const std::vector<Helper>& helpers) {
  Counters counters;
  auto done = run_helpers(environment, step, helpers, &counters);
  if (!done) return done;
  if (const auto text = remark(counters)) environment.note(step + ": " + *text);
  return {};
}

Result<void> fill_busybox(const Environment& environment, const Target& target,
                          const std::string& step) {
  const std::string path = find_busybox(environment);
  const UniqueFd program(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!program) return fail(errno, path, "install busybox-static");
  if (!is_static(program.get())) {
    return fail(0, path + " needs libraries, which the root would not have",
                "install busybox-static");
  }
  const auto names = applets(environment, path, step);
  if (!names) return std::unexpected(names.error());
  auto pipe = make_pipe();
  if (!pipe) return std::unexpected(pipe.error());
  return run_and_remark(environment, step,
                        {{.what = "busybox",
                          .out = pipe->in.release(),
                          .work = [&](Counters&) { return pack_busybox(program.get(), *names); }},
                         unpacker(target.fd, std::move(pipe->out))});
}

Result<void> fill_archive(const Environment& environment, const Source& source,
                          const Target& target, const std::string& step) {
  UniqueFd file(::open(source.value.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(errno, source.value);
  return run_and_remark(environment, step, {unpacker(target.fd, std::move(file))});
}

Result<void> fill_folder(const Environment& environment, const Source& source, const Target& target,
                         const std::string& step) {
  const UniqueFd from(::open(source.value.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!from) return fail(errno, source.value);
  return copy_tree(environment, from.get(), target.fd, step,
                   [](const std::string&, mode_t) { return true; });
}

/// A folder beside the target for what a program needs while it works; what it leaves when it is
/// killed goes with what the target is in.
Result<std::string> make_scratch(const Target& target) {
  if (::mkdirat(target.parent, (target.name + kScratch).c_str(), 0755) < 0) {
    return fail(errno, target.path + kScratch);
  }
  return target.path + kScratch;
}

Result<void> remove_scratch(const Environment& environment, const Target& target) {
  return remove_tree(environment.kernel, target.parent, target.name + kScratch);
}

/// A program's own settings that name a way out to the network.
std::vector<std::string> proxies() {
  std::vector<std::string> variables;
  for (const char* name : {"http_proxy", "https_proxy", "no_proxy"}) {
    const char* value = ::getenv(name);
    if (value != nullptr) variables.push_back(std::string(name) + "=" + value);
  }
  return variables;
}

Result<void> fill_debian(const Environment& environment, const Source& source, const Target& target,
                         const std::string& step) {
  auto pipe = make_pipe();
  if (!pipe) return std::unexpected(pipe.error());
  const auto scratch = make_scratch(target);
  if (!scratch) return std::unexpected(scratch.error());
  auto variables = proxies();
  variables.push_back("TMPDIR=" + *scratch);
  auto done = run_and_remark(environment, step,
                             {{.what = "mmdebstrap",
                               .out = pipe->in.release(),
                               .argv = {"mmdebstrap", "--mode=root", "--variant=minbase",
                                        "--format=tar", "--quiet", source.value, "-"},
                               .variables = std::move(variables)},
                              unpacker(target.fd, std::move(pipe->out))});
  if (done) return remove_scratch(environment, target);
  if (done.error().what.starts_with("mmdebstrap: mmdebstrap: No such file")) {
    done.error().remedy = "install mmdebstrap";
  }
  return done;
}

Result<void> fill_oci(const Environment& environment, const Source& source, const Target& target,
                      const std::string& step) {
  const auto scratch = make_scratch(target);
  if (!scratch) return std::unexpected(scratch.error());
  const std::string rootfs = *scratch + "/rootfs";  // umoci makes it itself
  auto done = run_helpers(environment, step,
                          {{.what = "umoci",
                            .argv = {"umoci", "raw", "unpack", "--image", source.value, rootfs},
                            .writable = *scratch,
                            .devices = false}});
  if (!done) {
    if (done.error().what.starts_with("umoci: umoci: No such file")) {
      done.error().remedy = "install umoci";
    }
    return done;
  }
  const UniqueFd from(::open(rootfs.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!from) return fail(errno, rootfs);
  done = copy_tree(environment, from.get(), target.fd, step,
                   [](const std::string&, mode_t) { return true; });
  if (!done) return done;
  return remove_scratch(environment, target);
}

Result<void> fill_from(const Environment& environment, const Source& source, const Target& target,
                       const std::string& step) {
  switch (source.kind) {
    case Kind::kBusybox:
      return fill_busybox(environment, target, step);
    case Kind::kDebian:
      return fill_debian(environment, source, target, step);
    case Kind::kOci:
      return fill_oci(environment, source, target, step);
    case Kind::kFolder:
      return fill_folder(environment, source, target, step);
    case Kind::kArchive:
      return fill_archive(environment, source, target, step);
  }
  return fail(EINVAL, source.text);
}

}  // namespace

Result<std::string> base_key(const Environment& environment, const Source& source) {
  if (source.kind == Kind::kDebian) return "debian-" + source.value;
  const bool is_oci = source.kind == Kind::kOci;
  const std::string path = source.kind == Kind::kBusybox ? find_busybox(environment)
                           : is_oci
                               ? source.value.substr(0, source.value.rfind(':')) + "/index.json"
                               : source.value;
  auto text = identity(path);
  if (!text) return text;
  const char* kind = source.kind == Kind::kBusybox  ? "busybox-"
                     : is_oci                       ? "oci-"
                     : source.kind == Kind::kFolder ? "folder-"
                                                    : "tar-";
  return kind + digest(*text + " " + source.value);
}

Result<void> copy_tree(const Environment& environment, int from, int to, const std::string& step,
                       const std::function<bool(const std::string&, mode_t)>& wanted) {
  auto pipe = make_pipe();
  if (!pipe) return std::unexpected(pipe.error());
  return run_and_remark(environment, step,
                        {{.what = "copy",
                          .out = pipe->in.release(),
                          .root = from,
                          .capabilities = pack_capabilities(),
                          .work = [&](Counters&) { return pack(wanted); }},
                         unpacker(to, std::move(pipe->out))});
}

Result<void> fill(const Environment& environment, const Source& source, const Target& target,
                  const std::string& step) {
  auto done = fill_from(environment, source, target, step);
  // What gets a name next shall be there after a power failure, too; and a file system in an image
  // finds out here that there is no room for what it took.
  if (done && ::syncfs(target.fd) < 0) done = fail(errno, "write " + target.path);
  return done;
}

std::vector<std::string> fill_commands(const Environment& environment, const Source& source,
                                       const std::string& target) {
  const std::string to = quoted(target);
  const std::string what = quoted(source.value);
  switch (source.kind) {
    case Kind::kBusybox: {
      const std::string program = quoted(find_busybox(environment));
      return {
          "(cd " + to + " && mkdir -p bin dev etc home proc root run srv tmp usr var/log var/tmp)",
          "cp " + program + " " + to + "/bin/busybox",
          program + " --list | grep -vx busybox | while read -r applet; do ln -s busybox " + to +
              "/bin/$applet; done"};
    }
    case Kind::kDebian:
      return {"mmdebstrap --mode=root --variant=minbase " + what + " " + to};
    case Kind::kOci:
      return {"umoci raw unpack --image " + what + " " + to};
    case Kind::kFolder:
      return {"tar -C " + what + " --one-file-system --xattrs -cf - . | tar -C " + to +
              " --numeric-owner --xattrs -xpf -"};
    case Kind::kArchive:
      return {"tar -C " + to + " --numeric-owner --xattrs -xpf " + what};
  }
  return {};
}

}  // namespace libjail::roots
