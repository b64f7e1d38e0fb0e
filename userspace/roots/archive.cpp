// SPDX-License-Identifier: BSD-2-Clause
#include "roots/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace libjail::roots {
namespace {

constexpr std::size_t kBlock = 1U << 16;

struct Free {
  void operator()(archive_entry_linkresolver* links) const {
    ::archive_entry_linkresolver_free(links);
  }
  void operator()(archive_entry* entry) const { ::archive_entry_free(entry); }
};
struct FreeReader {
  void operator()(archive* reader) const { ::archive_read_free(reader); }
};
struct FreeWriter {
  void operator()(archive* writer) const { ::archive_write_free(writer); }
};
using Reader = std::unique_ptr<archive, FreeReader>;
using Writer = std::unique_ptr<archive, FreeWriter>;
using OwnedEntry = std::unique_ptr<archive_entry, Free>;

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }

/// What the library says, and why where the kernel told it so.
Result<void> complain(archive* from, const std::string& what) {
  const int error = ::archive_errno(from);
  const bool is_kernels = error > 0 && error != EILSEQ && error != EINVAL;  // its own two
  const char* text = ::archive_error_string(from);
  const std::string said = text != nullptr ? text : "";
  const std::string why = is_kernels || said.empty() ? reason(error) : "";
  return fail(0, what + ": " + said + (said.empty() || why.empty() ? "" : ": ") + why);
}

std::string quoted_path(archive_entry* entry) {
  const char* path = ::archive_entry_pathname(entry);
  return std::string("\"") + (path != nullptr ? path : "?") + "\"";
}

Writer tar_to_stdout() {
  Writer writer(::archive_write_new());
  ::archive_write_set_format_pax_restricted(writer.get());
  // Names are bytes: not every one is UTF-8.
  ::archive_write_set_options(writer.get(), "hdrcharset=BINARY");
  ::archive_write_set_bytes_in_last_block(writer.get(), 1);
  return writer;
}

Result<void> copy_data(archive* from, archive* to, archive_entry* entry, Counters* counters) {
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int got = ::archive_read_data_block(from, &block, &size, &offset);
    if (got == ARCHIVE_EOF) return {};
    if (got < ARCHIVE_WARN) return complain(from, quoted_path(entry));
    // A full disk is no more than a warning for it.
    if (::archive_write_data_block(to, block, size, offset) < ARCHIVE_OK) {
      return complain(to, quoted_path(entry));
    }
    counters->bytes += size;
  }
}

/// The contents of a file that is being packed, with zeros for its holes.
Result<void> pack_data(archive* from, archive* to, archive_entry* entry) {
  static constexpr std::array<char, kBlock> kZeros{};
  la_int64_t done = 0;
  const auto put = [&](const void* data, std::size_t size) {
    done += static_cast<la_int64_t>(size);
    return ::archive_write_data(to, data, size) >= 0;
  };
  const auto put_zeros = [&](la_int64_t end) {
    while (done < end) {
      const auto size = std::min<la_int64_t>(end - done, kBlock);
      if (!put(kZeros.data(), static_cast<std::size_t>(size))) return false;
    }
    return true;
  };
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int got = ::archive_read_data_block(from, &block, &size, &offset);
    if (got == ARCHIVE_EOF) {
      return put_zeros(::archive_entry_size(entry)) ? Result<void>()
                                                    : complain(to, quoted_path(entry));
    }
    if (got < ARCHIVE_WARN) return complain(from, quoted_path(entry));
    if (!put_zeros(offset) || !put(block, size)) return complain(to, quoted_path(entry));
  }
}

Result<void> pack_one(archive* disk, archive* tar, archive_entry* entry) {
  if (::archive_write_header(tar, entry) < ARCHIVE_WARN) {
    return complain(tar, quoted_path(entry));
  }
  if (::archive_entry_size(entry) > 0) return pack_data(disk, tar, entry);
  return {};
}

struct Item {
  const char* path;
  mode_t mode;
  std::string content{};  ///< of a file, or where a link leads
};

Result<void> put_item(archive* tar, const Item& item) {
  const OwnedEntry entry(::archive_entry_new());
  ::archive_entry_set_pathname(entry.get(), item.path);
  ::archive_entry_set_mode(entry.get(), item.mode);
  ::archive_entry_set_uid(entry.get(), 0);
  ::archive_entry_set_gid(entry.get(), 0);
  ::archive_entry_set_mtime(entry.get(), ::time(nullptr), 0);
  if (S_ISLNK(item.mode)) ::archive_entry_set_symlink(entry.get(), item.content.c_str());
  if (S_ISREG(item.mode)) {
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(item.content.size()));
  }
  if (::archive_write_header(tar, entry.get()) < ARCHIVE_WARN) return complain(tar, item.path);
  if (S_ISREG(item.mode) && !item.content.empty() &&
      ::archive_write_data(tar, item.content.data(), item.content.size()) < 0) {
    return complain(tar, item.path);
  }
  return {};
}

Result<std::string> contents(int fd) {
  std::string text;
  std::array<char, kBlock> buffer{};
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno, "read busybox");
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

std::uint64_t unpack_capabilities() {
  return bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_FOWNER) | bit(CAP_FSETID) |
         bit(CAP_SETFCAP);
}

std::uint64_t pack_capabilities() { return bit(CAP_DAC_READ_SEARCH); }

Result<void> pack(const std::function<bool(const std::string&, mode_t)>& wanted) {
  const Reader disk(::archive_read_disk_new());
  ::archive_read_disk_set_symlink_physical(disk.get());
  ::archive_read_disk_set_behavior(
      disk.get(), ARCHIVE_READDISK_NO_TRAVERSE_MOUNTS | ARCHIVE_READDISK_NO_FFLAGS);
  if (::archive_read_disk_open(disk.get(), ".") != ARCHIVE_OK) return complain(disk.get(), "open");
  const Writer tar = tar_to_stdout();
  if (::archive_write_open_fd(tar.get(), STDOUT_FILENO) != ARCHIVE_OK) {
    return complain(tar.get(), "write");
  }
  const std::unique_ptr<archive_entry_linkresolver, Free> links(::archive_entry_linkresolver_new());
  ::archive_entry_linkresolver_set_strategy(links.get(), ::archive_format(tar.get()));
  for (;;) {
    const OwnedEntry owned(::archive_entry_new());
    const int got = ::archive_read_next_header2(disk.get(), owned.get());
    if (got == ARCHIVE_EOF) break;
    if (got < ARCHIVE_WARN) return complain(disk.get(), quoted_path(owned.get()));
    ::archive_read_disk_descend(disk.get());
    const char* path = ::archive_entry_pathname(owned.get());
    const mode_t mode = ::archive_entry_mode(owned.get());
    if (S_ISSOCK(mode)) continue;
    std::string_view below = path != nullptr ? path : "";
    if (below.starts_with("./")) below.remove_prefix(2);
    if (!S_ISDIR(mode) && !wanted(std::string(below), mode)) continue;
    archive_entry* entry = owned.get();
    archive_entry* other = nullptr;
    ::archive_entry_linkify(links.get(), &entry, &other);
    if (entry == nullptr) continue;
    if (auto packed = pack_one(disk.get(), tar.get(), entry); !packed) return packed;
  }
  if (::archive_write_close(tar.get()) != ARCHIVE_OK) return complain(tar.get(), "write");
  return {};
}

Result<void> unpack(Counters& counters) {
  const Reader tar(::archive_read_new());
  ::archive_read_support_format_tar(tar.get());
  for (const auto support :
       {::archive_read_support_filter_gzip, ::archive_read_support_filter_bzip2,
        ::archive_read_support_filter_xz, ::archive_read_support_filter_lzma,
        ::archive_read_support_filter_zstd, ::archive_read_support_filter_lz4}) {
    support(tar.get());
  }
  if (::archive_read_open_fd(tar.get(), STDIN_FILENO, kBlock) != ARCHIVE_OK) {
    return complain(tar.get(), "no tar archive");
  }
  const Writer disk(::archive_write_disk_new());
  ::archive_write_disk_set_options(
      disk.get(), ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME |
                      ARCHIVE_EXTRACT_ACL | ARCHIVE_EXTRACT_XATTR |
                      ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                      ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
  std::set<std::string> left_out;
  for (;;) {
    archive_entry* entry = nullptr;
    const int got = ::archive_read_next_header(tar.get(), &entry);
    if (got == ARCHIVE_EOF) break;
    if (got < ARCHIVE_WARN) return complain(tar.get(), "damaged archive");
    const mode_t type = ::archive_entry_filetype(entry);
    const char* path = ::archive_entry_pathname(entry);
    const char* other = ::archive_entry_hardlink(entry);
    if (type == AE_IFCHR || type == AE_IFBLK || type == AE_IFSOCK ||
        (other != nullptr && left_out.contains(other))) {
      ++counters.devices;
      if (path != nullptr) left_out.emplace(path);
      continue;
    }
    const int made = ::archive_write_header(disk.get(), entry);
    if (made < ARCHIVE_WARN) return complain(disk.get(), quoted_path(entry));
    if (made == ARCHIVE_WARN) ++counters.warnings;
    if (::archive_entry_size(entry) > 0) {
      if (auto copied = copy_data(tar.get(), disk.get(), entry, &counters); !copied) return copied;
    }
    const int finished = ::archive_write_finish_entry(disk.get());
    if (finished < ARCHIVE_WARN) return complain(disk.get(), quoted_path(entry));
    if (finished == ARCHIVE_WARN) ++counters.warnings;
    ++counters.files;
  }
  // Here folders get their times and modes.
  if (::archive_write_close(disk.get()) < ARCHIVE_WARN) return complain(disk.get(), "write");
  return {};
}

Result<void> pack_busybox(int program, const std::vector<std::string>& applets) {
  auto binary = contents(program);
  if (!binary) return std::unexpected(binary.error());
  const Writer tar = tar_to_stdout();
  if (::archive_write_open_fd(tar.get(), STDOUT_FILENO) != ARCHIVE_OK) {
    return complain(tar.get(), "write");
  }
  const auto items = std::to_array<Item>({
      {"./", S_IFDIR | 0755},
      {"bin/", S_IFDIR | 0755},
      {"dev/", S_IFDIR | 0755},
      {"etc/", S_IFDIR | 0755},
      {"home/", S_IFDIR | 0755},
      {"proc/", S_IFDIR | 0755},
      {"root/", S_IFDIR | 0700},
      {"run/", S_IFDIR | 0755},
      {"srv/", S_IFDIR | 0755},
      {"tmp/", S_IFDIR | 01777},
      {"usr/", S_IFDIR | 0755},
      {"usr/bin", S_IFLNK | 0777, "../bin"},
      {"sbin", S_IFLNK | 0777, "bin"},
      {"usr/sbin", S_IFLNK | 0777, "../bin"},
      {"var/", S_IFDIR | 0755},
      {"var/log/", S_IFDIR | 0755},
      {"var/tmp/", S_IFDIR | 01777},
      {"etc/passwd", S_IFREG | 0644,
       "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"},
      {"etc/group", S_IFREG | 0644, "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"},
      {"etc/profile", S_IFREG | 0644, "PATH=/bin\nexport PATH\n"},
      {"bin/busybox", S_IFREG | 0755, *std::move(binary)},
  });
  for (const auto& item : items) {
    if (auto put = put_item(tar.get(), item); !put) return put;
  }
  for (const auto& applet : applets) {
    if (applet == "busybox") continue;
    const std::string path = "bin/" + applet;
    if (auto put = put_item(tar.get(), {path.c_str(), S_IFLNK | 0777, "busybox"}); !put) return put;
  }
  if (::archive_write_close(tar.get()) != ARCHIVE_OK) return complain(tar.get(), "write");
  return {};
}

}  // namespace libjail::roots
