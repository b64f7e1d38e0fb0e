// SPDX-License-Identifier: BSD-2-Clause
// A store in the test's own folder, with mounts that are only written down.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "jail/roots/create.hpp"
#include "jail/roots/destroy.hpp"
#include "roots/tree.hpp"
#include "testing/fake_kernel.hpp"
#include "testing/matchers.hpp"

namespace libjail::roots::testing {

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "chroot(2) needs root";
    temp.file("base/usr/bin/env", "env");
    temp.file("base/etc/passwd", "passwd");
    temp.link("base/bin", "usr/bin");
    ASSERT_EQ(::chmod((temp / "base").c_str(), 0751), 0);
    environment.store = temp / "store";
    environment.listing = temp / "jails";
    environment.mounts = temp / "mountinfo";
    write("jails", kHeader);
    write("mountinfo", "");
    const UniqueFd probe(::open((temp / "base/etc/passwd").c_str(), O_RDONLY | O_CLOEXEC));
    has_links = set_immutable(probe.get(), true).has_value();
    if (has_links) static_cast<void>(set_immutable(probe.get(), false));
  }
  void TearDown() override {
    const UniqueFd dir(::open(temp.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    static_cast<void>(remove_tree(kernel, dir.get(), "store"));
  }

  CreateRequest request(Sharing sharing = Sharing::kThin, const std::string& name = "web") const {
    return {.name = name, .source = *parse_source(temp / "base"), .sharing = sharing};
  }
  Result<std::string> make(Sharing sharing = Sharing::kThin, const std::string& name = "web") {
    return create(environment, request(sharing, name));
  }
  std::vector<Sharing> all_sharing() const {
    std::vector<Sharing> all{Sharing::kThin, Sharing::kCopy};
    if (has_links) all.push_back(Sharing::kLink);
    return all;
  }

  /// Whether a linked file of the jail is immutable.
  bool is_sealed(const std::string& name) const {
    const UniqueFd file(
        ::open((temp / "store/" + name + "/root/usr/bin/env").c_str(), O_RDONLY | O_CLOEXEC));
    return is_immutable(file.get()).value_or(false);
  }

  /// @return the exit status of the command
  static int shell(const std::string& command) {
    LinuxKernel real;
    return real.run({"/bin/sh", "-c", command}).value_or(-1);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(temp / name) << text;
  }
  void run_jail(const std::string& name, const std::string& path,
                const std::string& state = "active") {
    write("jails", std::string(kHeader) + "1 0 " + state + " 1 0000000000000000 - " + name + " - " +
                       path + "\n");
  }
  void mount_at(const std::string& path) const {
    write("mountinfo", "36 35 0:30 / " + path + " rw - overlay x rw\n");
  }
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(temp / "store", none)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  static constexpr const char* kHeader =
      "jid parent state processes ceiling address name hostname path\n";

  libjail::testing::TempDir temp;
  libjail::testing::FakeKernel kernel;
  Environment environment{.kernel = kernel};
  bool has_links = false;
};

}  // namespace libjail::roots::testing
