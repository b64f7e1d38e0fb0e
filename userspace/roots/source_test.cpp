// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/source.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "roots/record.hpp"
#include "roots/store.hpp"
#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace libjail::roots {
namespace {

using libjail::testing::FailsWith;
using libjail::testing::HasValue;

TEST(ParseSource, words) {
  EXPECT_THAT(parse_source("busybox"),
              HasValue(Source{.kind = Source::Kind::kBusybox, .text = "busybox", .value = ""}));
  EXPECT_THAT(parse_source("debian:bookworm"),
              HasValue(Source{
                  .kind = Source::Kind::kDebian, .text = "debian:bookworm", .value = "bookworm"}));
}

TEST(ParseSource, paths) {
  const libjail::testing::TempDir temp;
  temp.folder("root");
  temp.file("root.tar", "");
  temp.link("link", "root");
  EXPECT_EQ(parse_source(temp / "root")->kind, Source::Kind::kFolder);
  EXPECT_EQ(parse_source(temp / "link")->value, temp / "root") << "without links";
  EXPECT_EQ(parse_source(temp / "root.tar")->kind, Source::Kind::kArchive);
  EXPECT_EQ(parse_source("oci:" + temp / "root")->value, temp / "root:latest");
  EXPECT_EQ(parse_source("oci:" + temp / "root:v1")->value, temp / "root:v1");
}

TEST(ParseSource, wrong_ones) {
  const libjail::testing::TempDir temp;
  ASSERT_EQ(::mkfifo((temp / "fifo").c_str(), 0600), 0);
  EXPECT_THAT(parse_source(temp / "fifo"), FailsWith("neither a folder nor a file"));
  EXPECT_THAT(parse_source("bussybox"), FailsWith("sources are busybox, debian:SUITE"));
  for (const char* suite :
       {"debian:", "debian:--help", "debian:a b", "debian:$(x)", "debian:../x"}) {
    EXPECT_THAT(parse_source(suite), FailsWith("debian:bookworm")) << suite;
  }
  EXPECT_THAT(parse_source("oci:/nowhere"), FailsWith("No such file"));
  EXPECT_THAT(parse_source("oci:" + temp.path() + ":"), FailsWith("the form is oci:FOLDER"));
}

TEST(Names, are_single_visible_folders) {
  EXPECT_THAT(checked_name("web"), HasValue("web"));
  for (const char* name :
       {"", ".", "..", ".base", ".web.unfinished", "-n", "a/b", "../x", "a b", "12", "a\n"}) {
    EXPECT_FALSE(checked_name(name)) << name;
  }
  EXPECT_FALSE(checked_name(std::string("a\0b", 3)));
}

TEST(Records, are_read_as_they_were_written) {
  const Record record{.source = "./a \"b\"\n",
                      .sharing = Sharing::kLink,
                      .base = "tar-1234-sealed",
                      .lower = "/srv/\xc3\xa4"};
  EXPECT_THAT(parse_record(print_record(record)), HasValue(record));
}

TEST(Records, wrong_ones_are_errors) {
  for (const char* text : {"", "[]", "{", "{}", R"({"version":2})", R"({"version":"1"})",
                           R"({"version":1,"source":"x","sharing":"some","base":"","lower":""})",
                           R"({"version":1,"source":"x","sharing":"thin","base":7,"lower":""})"}) {
    EXPECT_FALSE(parse_record(text)) << text;
  }
}

}  // namespace
}  // namespace libjail::roots
