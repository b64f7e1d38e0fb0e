// SPDX-License-Identifier: BSD-2-Clause
// examples/jails.py, with the shared library.
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "jail/libjail.h"
#include "jail/linux_kernel.hpp"
#include "testing/temp_dir.hpp"

namespace libjail {
namespace {

class PythonExample : public ::testing::Test {
 protected:
  /// @return the exit status of python3(1) with these arguments
  int python(const std::string& arguments) {
    std::string command =
        "export PATH=/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 LD_LIBRARY_PATH=" LIBRARY_FOLDER "; ";
#ifdef __SANITIZE_ADDRESS__
    command += "export ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=$(gcc -print-file-name=libasan.so); ";
#endif
    command += "cd " EXAMPLES "; exec python3 " + arguments + " >" + temp.path() + "/out 2>&1";
    const auto status = LinuxKernel().run({"/bin/sh", "-c", command});
    out = libjail::testing::read_text(temp / "out");
    return status.value_or(-1);
  }

  libjail::testing::TempDir temp;
  std::string out;
};

TEST_F(PythonExample, entry_is_that_of_the_library) {
  ASSERT_EQ(python("-c 'import ctypes, jails; print(ctypes.sizeof(jails.Entry), *(getattr("
                   "jails.Entry, name).offset for name, _ in jails.Entry._fields_))'"),
            0)
      << out;
  std::string expected = std::to_string(sizeof(jail_list_entry));
  for (const auto offset :
       std::to_array({offsetof(jail_list_entry, jid), offsetof(jail_list_entry, parent_jid),
                      offsetof(jail_list_entry, nr_processes), offsetof(jail_list_entry, dying),
                      offsetof(jail_list_entry, cap_ceiling), offsetof(jail_list_entry, address),
                      offsetof(jail_list_entry, name), offsetof(jail_list_entry, hostname),
                      offsetof(jail_list_entry, path)})) {
    expected += " " + std::to_string(offset);
  }
  EXPECT_EQ(out, expected + "\n");
}

TEST_F(PythonExample, says_what_the_library_says) {
  const bool has_jails = ::access("/proc/jails", F_OK) == 0;
  EXPECT_EQ(python("jails.py"), has_jails ? 0 : 1);
  if (!has_jails) {
    EXPECT_EQ(out, "jails.py: list of jails /proc/jails: No such file or directory\n");
  }
  EXPECT_EQ(python("jails.py kill no-such-jail"), 1);
  EXPECT_THAT(out, ::testing::StartsWith("jails.py: "));
  EXPECT_EQ(python("jails.py what"), 2);
  EXPECT_THAT(out, ::testing::HasSubstr("usage: jails.py [kill NAME]"));
}

}  // namespace
}  // namespace libjail
