// SPDX-License-Identifier: BSD-2-Clause
// What the fuzzer found to reach much of the parser, without the fuzzer.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>

#include "testing/temp_dir.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace libjail::conf {
namespace {

TEST(Corpus, every_text_ends_in_values_or_errors) {
  std::size_t texts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CORPUS)) {
    SCOPED_TRACE(entry.path());
    const auto text = testing::read_text(entry.path());
    EXPECT_EQ(
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
    ++texts;
  }
  EXPECT_GT(texts, 10U);
}

}  // namespace
}  // namespace libjail::conf
