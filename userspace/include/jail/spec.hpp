// SPDX-License-Identifier: BSD-2-Clause
// A jail as it is to be: a value that was checked when it was made and does not change any more.
// The command line makes one, apply() carries it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "jail/address.hpp"
#include "jail/error.hpp"
#include "jail/idmap.hpp"

namespace libjail {

class JailSpec {
 public:
  struct Fields {
    std::string path{};                ///< root directory, absolute or relative
    std::uint64_t ceiling = 0;         ///< capabilities that remain
    bool unsafe = false;               ///< accept a ceiling that breaks the wall
    std::optional<Address> address{};  ///< none: no internet sockets
    std::string name{};                ///< empty: the jid
    std::string hostname{};            ///< empty: the caller's
    bool mounts = true;                ///< private /proc, /dev, /dev/pts, /dev/shm
    bool pid = false;                  ///< a PID namespace of its own
    IdMap idmap{};                     ///< of the root directory
  };

  /// @return an error for an empty path, a bad name or host name, an unsafe ceiling without leave.
  [[nodiscard]] static Result<JailSpec> make(Fields fields);

  [[nodiscard]] const std::string& path() const { return fields_.path; }
  [[nodiscard]] std::uint64_t ceiling() const { return fields_.ceiling; }
  [[nodiscard]] bool unsafe() const { return fields_.unsafe; }
  [[nodiscard]] const std::optional<Address>& address() const { return fields_.address; }
  [[nodiscard]] const std::string& name() const { return fields_.name; }
  [[nodiscard]] const std::string& hostname() const { return fields_.hostname; }
  [[nodiscard]] bool mounts() const { return fields_.mounts; }
  [[nodiscard]] bool pid() const { return fields_.pid; }
  [[nodiscard]] const IdMap& idmap() const { return fields_.idmap; }

 private:
  explicit JailSpec(Fields fields) : fields_(std::move(fields)) {}
  Fields fields_;
};

}  // namespace libjail
