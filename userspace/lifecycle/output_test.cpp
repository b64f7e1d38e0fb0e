// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle/output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "testing/matchers.hpp"

namespace libjail::lifecycle {
namespace {

TEST(Output, endless_output_is_copied_as_far_as_it_is_there) {
  const auto output = Output::make();
  ASSERT_THAT(output, testing::IsOk());
  const std::string text(10000, 'x');
  const int written = output->writable(STDOUT_FILENO);
  ASSERT_EQ(::write(written, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  // What is copied is to be copied again.
  const UniqueFd own(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
  ASSERT_GE(::dup2(written, STDOUT_FILENO), 0);
  output->copy();
  ASSERT_GE(::dup2(own.get(), STDOUT_FILENO), 0);
  std::string left(2 * text.size(), ' ');
  EXPECT_EQ(::read(output->readable()[0], left.data(), left.size()),
            static_cast<ssize_t>(text.size()));
}

}  // namespace
}  // namespace libjail::lifecycle
