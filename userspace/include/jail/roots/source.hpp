// SPDX-License-Identifier: BSD-2-Clause
// What the root directory of a new jail is made from.
#pragma once

#include <string>
#include <string_view>

#include "jail/error.hpp"

namespace libjail::roots {

struct Source {
  enum class Kind {
    kBusybox,  ///< the host's busybox and its applets
    kDebian,   ///< a suite of Debian, by mmdebstrap
    kOci,      ///< an image in an OCI layout folder, by umoci
    kFolder,   ///< a root directory that is there
    kArchive,  ///< a tar file, compressed or not
  };
  Kind kind = Kind::kBusybox;
  std::string text;   ///< as it was given
  std::string value;  ///< the suite; or the absolute path, of an image with ":TAG"

  bool operator==(const Source&) const = default;
};

/// @param text  busybox, debian:SUITE, oci:LAYOUT-FOLDER[:TAG], or the path of a folder or of a tar
///              file ("./busybox" is a file)
[[nodiscard]] Result<Source> parse_source(std::string_view text);

}  // namespace libjail::roots
