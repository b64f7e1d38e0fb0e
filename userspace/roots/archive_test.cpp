// SPDX-License-Identifier: BSD-2-Clause
// Archives that somebody prepared to get out of the folder they are unpacked into. Each is unpacked
// twice: by the library alone, where it must get out, and by us.
#include "roots/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "jail/linux_kernel.hpp"
#include "roots/fill.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::roots {
namespace {

namespace fs = std::filesystem;
using libjail::testing::FailsWith;
using libjail::testing::IsOk;
using libjail::testing::read_text;

struct Item {
  std::string path;
  mode_t mode = S_IFREG | 0644;
  std::string content{};   ///< of a file
  std::string symlink{};   ///< where it leads
  std::string hardlink{};  ///< another name
};

/// Exactly what is told, sane or not.
void write_tar(const std::string& file, const std::vector<Item>& items) {
  archive* tar = ::archive_write_new();
  ::archive_write_set_format_pax_restricted(tar);
  ASSERT_EQ(::archive_write_open_filename(tar, file.c_str()), ARCHIVE_OK);
  for (const auto& item : items) {
    archive_entry* entry = ::archive_entry_new();
    ::archive_entry_set_pathname(entry, item.path.c_str());
    ::archive_entry_set_mode(entry, item.mode);
    if (!item.symlink.empty()) ::archive_entry_set_symlink(entry, item.symlink.c_str());
    if (!item.hardlink.empty()) ::archive_entry_set_hardlink(entry, item.hardlink.c_str());
    if (S_ISCHR(item.mode)) ::archive_entry_set_rdev(entry, 0x103);
    if (item.hardlink.empty() && S_ISREG(item.mode)) {
      ::archive_entry_set_size(entry, static_cast<la_int64_t>(item.content.size()));
    }
    ASSERT_GE(::archive_write_header(tar, entry), ARCHIVE_WARN) << ::archive_error_string(tar);
    if (item.hardlink.empty() && !item.content.empty()) {
      ASSERT_GE(::archive_write_data(tar, item.content.data(), item.content.size()), 0);
    }
    ::archive_entry_free(entry);
  }
  ASSERT_EQ(::archive_write_free(tar), ARCHIVE_OK);
}

/// The library without its checks, in a process that has the folder as its current one.
void unpack_carelessly(const std::string& file, const std::string& folder) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::chdir(folder.c_str()) < 0) ::_exit(1);
    archive* tar = ::archive_read_new();
    ::archive_read_support_format_tar(tar);
    ::archive_read_open_filename(tar, file.c_str(), 1U << 16);
    archive* disk = ::archive_write_disk_new();
    ::archive_write_disk_set_options(disk, ARCHIVE_EXTRACT_PERM);
    for (archive_entry* entry = nullptr; ::archive_read_next_header(tar, &entry) == ARCHIVE_OK;) {
      ::archive_read_extract2(tar, entry, disk);
    }
    ::archive_write_close(disk);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ASSERT_EQ(status, 0);
}

class Archives : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "chroot(2) needs root";
    for (const char* folder : {"in/root", "careless/root"}) temp.folder(folder);
    for (const char* side : {"in", "careless"}) {
      temp.file(std::string(side) + "/outside/secret", "secret");
    }
  }

  /// With "@" in names for the folder around the root.
  static std::vector<Item> placed(std::vector<Item> items, const std::string& side) {
    for (auto& item : items) {
      for (auto* text : {&item.path, &item.symlink, &item.hardlink}) {
        if (text->starts_with('@')) text->replace(0, 1, side);
      }
    }
    return items;
  }

  Result<void> unpack(const std::string& tar) {
    return fill(environment, {.kind = Source::Kind::kArchive, .text = "tar", .value = tar},
                target(), "tar");
  }

  Target target() {
    root.reset(::open((temp / "in/root").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return {.fd = root.get(), .parent = -1, .name = "root", .path = temp / "in/root"};
  }

  /// What is outside of the root after the archive was unpacked into it.
  void attack(const std::vector<Item>& items) {
    write_tar(temp / "careless.tar", placed(items, temp / "careless"));
    unpack_carelessly(temp / "careless.tar", temp / "careless/root");
    write_tar(temp / "in.tar", placed(items, temp / "in"));
    result = unpack(temp / "in.tar");
  }

  static std::vector<std::string> names(const std::string& folder) {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder)) {
      result.push_back(entry.path().filename());
    }
    return result;
  }

  void expect_nothing_outside() {
    EXPECT_THAT(names(temp / "in/outside"), ::testing::ElementsAre("secret"));
    EXPECT_THAT(names(temp / "in"), ::testing::UnorderedElementsAre("root", "outside"));
    EXPECT_EQ(read_text(temp / "in/outside/secret"), "secret");
    EXPECT_EQ(fs::hard_link_count(temp / "in/outside/secret"), 1U);
  }

  libjail::testing::TempDir temp;
  LinuxKernel kernel;
  Environment environment{.kernel = kernel};
  UniqueFd root;
  Result<void> result;
};

TEST_F(Archives, dots_in_names) {
  attack({{.path = "../outside/evil", .content = "evil"}});
  EXPECT_EQ(read_text(temp / "careless/outside/evil"), "evil") << "the control";
  expect_nothing_outside();
  EXPECT_THAT(result, FailsWith("\"../outside/evil\": Path contains '..'"));
}

TEST_F(Archives, absolute_names) {
  attack({{.path = "@/outside/evil", .content = "evil"}});
  EXPECT_EQ(read_text(temp / "careless/outside/evil"), "evil") << "the control";
  expect_nothing_outside();
  EXPECT_THAT(result, FailsWith("Path is absolute"));
}

TEST_F(Archives, file_through_a_relative_link) {
  attack({{.path = "link", .mode = S_IFLNK | 0777, .symlink = "../outside"},
          {.path = "link/evil", .content = "evil"}});
  EXPECT_EQ(read_text(temp / "careless/outside/evil"), "evil") << "the control";
  expect_nothing_outside();
  EXPECT_THAT(result, FailsWith("Cannot extract through symlink"));
}

TEST_F(Archives, file_through_an_absolute_link) {
  attack({{.path = "link", .mode = S_IFLNK | 0777, .symlink = "@/outside"},
          {.path = "link/evil", .content = "evil"}});
  EXPECT_EQ(read_text(temp / "careless/outside/evil"), "evil") << "the control";
  expect_nothing_outside();
  EXPECT_FALSE(result);
}

TEST_F(Archives, hard_link_to_a_file_outside) {
  attack({{.path = "stolen", .hardlink = "@/outside/secret"}});
  EXPECT_EQ(read_text(temp / "careless/root/stolen"), "secret") << "the control";
  expect_nothing_outside();
  EXPECT_FALSE(fs::exists(temp / "in/root/stolen"));
  EXPECT_FALSE(result);
}

TEST_F(Archives, hard_link_by_dots) {
  attack({{.path = "stolen", .hardlink = "../outside/secret"}});
  EXPECT_EQ(read_text(temp / "careless/root/stolen"), "secret") << "the control";
  expect_nothing_outside();
  EXPECT_FALSE(result);
}

TEST_F(Archives, hard_link_through_a_link) {
  attack({{.path = "link", .mode = S_IFLNK | 0777, .symlink = "../outside"},
          {.path = "stolen", .hardlink = "link/secret"}});
  EXPECT_EQ(read_text(temp / "careless/root/stolen"), "secret") << "the control";
  expect_nothing_outside();
  EXPECT_FALSE(result);
}

TEST_F(Archives, root_that_becomes_a_link) {
  attack({{.path = "./", .mode = S_IFLNK | 0777, .symlink = "../outside"},
          {.path = "./evil", .content = "evil"}});
  expect_nothing_outside();
}

TEST_F(Archives, device_nodes_are_left_out) {
  std::string noted;
  environment.note = [&](const std::string& text) { noted = text; };
  attack({{.path = "null", .mode = S_IFCHR | 0666}, {.path = "file", .content = "text"}});
  struct stat st {};
  if (::lstat((temp / "careless/root/null").c_str(), &st) < 0) GTEST_SKIP() << "no mknod(2) here";
  EXPECT_TRUE(S_ISCHR(st.st_mode)) << "the control";
  EXPECT_THAT(result, IsOk());
  EXPECT_THAT(names(temp / "in/root"), ::testing::ElementsAre("file"));
  EXPECT_EQ(noted, "tar: 1 device nodes or sockets were left out");
}

TEST_F(Archives, other_names_of_device_nodes_are_left_out_too) {
  write_tar(temp / "a.tar", {{.path = "null", .mode = S_IFCHR | 0666},
                             {.path = "zero", .hardlink = "null"},
                             {.path = "nothing", .hardlink = "zero"},
                             {.path = "file", .content = "text"}});
  EXPECT_THAT(unpack(temp / "a.tar"), IsOk());
  EXPECT_THAT(names(temp / "in/root"), ::testing::ElementsAre("file"));
}

TEST_F(Archives, file_that_cannot_be_written_whole_is_an_error) {
  write_tar(temp / "a.tar", {{.path = "file", .content = std::string(300000, 'x')}});
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 100000, .rlim_max = before.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto done = unpack(temp / "a.tar");
  ::setrlimit(RLIMIT_FSIZE, &before);
  static_cast<void>(::signal(SIGXFSZ, handler));
  EXPECT_THAT(done, FailsWith("\"file\": Write failed: File too large"));
}

TEST_F(Archives, folders_that_are_not_named_are_no_others) {
  write_tar(temp / "a.tar", {{.path = "a/b/file", .content = "text"}});
  ASSERT_THAT(unpack(temp / "a.tar"), IsOk());
  for (const char* name : {"in/root/a", "in/root/a/b"}) {
    EXPECT_EQ(fs::status(temp / name).permissions(), fs::perms(0755)) << name;
  }
}

TEST_F(Archives, damaged_and_foreign_files) {
  temp.file("text", "this is no archive");
  EXPECT_FALSE(unpack(temp / "text"));
  temp.file("empty", "");
  EXPECT_FALSE(unpack(temp / "empty"));
  write_tar(temp / "whole.tar", {{.path = "file", .content = std::string(100000, 'x')}});
  fs::resize_file(temp / "whole.tar", 50000);
  EXPECT_THAT(unpack(temp / "whole.tar"), FailsWith("Truncated"));
}

TEST_F(Archives, good_ones_are_whole) {
  write_tar(temp / "a.tar", {{.path = "./", .mode = S_IFDIR | 0711},
                             {.path = "bin/", .mode = S_IFDIR | 0755},
                             {.path = "bin/su", .mode = S_IFREG | 04755, .content = "su"},
                             {.path = "bin/sudo", .hardlink = "bin/su"},
                             {.path = "sbin", .mode = S_IFLNK | 0777, .symlink = "bin"},
                             {.path = "abs", .mode = S_IFLNK | 0777, .symlink = "/etc/passwd"},
                             {.path = "fifo", .mode = S_IFIFO | 0600},
                             {.path = "n\xc3\xa4me", .content = "1"},
                             {.path = "latin\xe4", .content = "2"}});
  ASSERT_THAT(unpack(temp / "a.tar"), IsOk());
  struct stat st {};
  ASSERT_EQ(::stat((temp / "in/root/bin/sudo").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode, static_cast<mode_t>(S_IFREG | 04755));
  EXPECT_EQ(st.st_nlink, 2U);
  EXPECT_EQ(fs::read_symlink(temp / "in/root/abs"), "/etc/passwd");
  EXPECT_EQ(read_text(temp / "in/root/n\xc3\xa4me"), "1");
  ASSERT_EQ(::stat((temp / "in/root").c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 07777, 0711U);
}

TEST_F(Archives, copies_are_whole_and_stay_inside) {
  temp.file("from/a/file", std::string(300000, 'x'));
  temp.link("from/out", "/etc/passwd");
  temp.link("from/dots", "../outside");
  ASSERT_EQ(::link((temp / "from/a/file").c_str(), (temp / "from/other").c_str()), 0);
  ASSERT_EQ(::mkfifo((temp / "from/fifo").c_str(), 0600), 0);
  ASSERT_EQ(::chown((temp / "from/a").c_str(), 7, 8), 0);
  ASSERT_EQ(::chmod((temp / "from/a").c_str(), 01750), 0);
  ASSERT_EQ(::setxattr((temp / "from/other").c_str(), "user.note", "x", 1, 0), 0);
  const UniqueFd sparse(::open((temp / "from/sparse").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::pwrite(sparse.get(), "end", 3, 5 << 20), 3);
  const UniqueFd from(::open((temp / "from").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const int before = libjail::testing::open_descriptors();
  const auto to = target();
  ASSERT_THAT(copy_tree(environment, from.get(), to.fd, "copy",
                        [](const std::string&, mode_t) { return true; }),
              IsOk());
  root.reset();
  EXPECT_EQ(libjail::testing::open_descriptors(), before);
  EXPECT_EQ(fs::read_symlink(temp / "in/root/out"), "/etc/passwd");
  EXPECT_EQ(fs::read_symlink(temp / "in/root/dots"), "../outside");
  EXPECT_EQ(read_text(temp / "in/root/other"), std::string(300000, 'x'));
  struct stat st {};
  ASSERT_EQ(::stat((temp / "in/root/other").c_str(), &st), 0);
  EXPECT_EQ(st.st_nlink, 2U);
  ASSERT_EQ(::stat((temp / "in/root/a").c_str(), &st), 0);
  EXPECT_EQ(st.st_uid, 7U);
  EXPECT_EQ(st.st_mode & 07777, 01750U);
  char value = 0;
  EXPECT_EQ(::getxattr((temp / "in/root/a/file").c_str(), "user.note", &value, 1), 1);
  ASSERT_EQ(::stat((temp / "in/root/sparse").c_str(), &st), 0);
  EXPECT_EQ(st.st_size, (5 << 20) + 3);
  EXPECT_EQ(read_text(temp / "in/root/sparse").substr(5U << 20), "end");
}

/// The kernel's part alone: what a helper can do that does not look where it writes.
TEST_F(Archives, helper_is_held_by_its_root_directory) {
  const std::string goal = temp / "in/outside/evil";
  const auto try_all = [goal](Counters& counters) -> Result<void> {
    for (const std::string& path : {goal, std::string("../outside/evil")}) {
      if (UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600))) ++counters.files;
    }
    if (::mknod("node", S_IFCHR | 0600, 0x103) == 0) ++counters.devices;
    if (::chroot(".") == 0) ++counters.warnings;
    return {};
  };
  const auto to = target();
  Counters inside;
  ASSERT_THAT(
      run_helpers(
          environment, "x",
          {{.what = "x", .root = to.fd, .capabilities = unpack_capabilities(), .work = try_all}},
          &inside),
      IsOk());
  EXPECT_EQ(inside.files, 0U) << "neither path leads anywhere in there";
  EXPECT_EQ(inside.devices, 0U);
  EXPECT_EQ(inside.warnings, 0U);
  expect_nothing_outside();

  Counters free;
  ASSERT_THAT(run_helpers(environment, "x", {{.what = "x", .work = try_all}}, &free), IsOk());
  EXPECT_GE(free.files, 1U) << "the control";
  EXPECT_EQ(free.warnings, 1U) << "the control";
  ::unlink("node");
}

TEST_F(Archives, helpers_say_why_they_failed) {
  const auto run = [&](std::vector<std::string> argv) {
    return run_helpers(environment, "x", {{.what = "tool", .argv = std::move(argv)}});
  };
  EXPECT_THAT(run({"true"}), IsOk());
  EXPECT_THAT(run({"sh", "-c", "echo one >&2; echo two >&2; exit 3"}),
              FailsWith("tool: one | two"));
  EXPECT_THAT(run({"sh", "-c", "exit 3"}), FailsWith("tool: ended with status 3"));
  EXPECT_THAT(run({"no-such-program"}), FailsWith("No such file"));
  EXPECT_THAT(run({"sh", "-c", "env >&2; exit 1"}), ::testing::Not(FailsWith("USER=")));
}

TEST_F(Archives, interruption_ends_helpers_and_what_they_started) {
  environment.interrupted = [] { return true; };
  const auto done = run_helpers(
      environment, "x",
      {{.what = "tool", .argv = {"sh", "-c", "sleep 1000 & echo $! >" + temp / "pid" + "; wait"}}});
  EXPECT_THAT(done, FailsWith("stopped"));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
}

TEST_F(Archives, program_writes_nowhere_else) {
  const auto run = [&](const std::string& path) {
    return run_helpers(environment, "x",
                       {{.what = "tool", .argv = {"touch", path}, .writable = temp / "in/root"}});
  };
  EXPECT_THAT(run(temp / "in/root/file"), IsOk());
  EXPECT_THAT(run(temp / "in/outside/evil"), FailsWith("Read-only file system"));
  expect_nothing_outside();
}

}  // namespace
}  // namespace libjail::roots
