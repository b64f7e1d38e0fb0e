// SPDX-License-Identifier: BSD-2-Clause
// What is known of a jail that jail(8) starts, has started or stops: STATE/records/NAME, of mode
// 0700, with
//   lock       held with flock(2) by whoever works on the jail; nothing else is believed without it
//   jail.conf  the parameters that it was started with
//   state      how far the work has come, and which jail it is
//   keeper     held with fcntl(2) by the keeper as long as it lives
// A record whose lock is free and that is not kStarted was left by a process that was killed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jail/conf/config.hpp"
#include "jail/conf/resolve.hpp"
#include "jail/error.hpp"
#include "jail/kernel.hpp"

namespace libjail::lifecycle {

/// Each says what has begun and is to be undone.
enum class Phase {
  kNew,       ///< nothing
  kPrepare,   ///< exec.prepare
  kPrestart,  ///< exec.prestart
  kCreate,    ///< the jail itself
  kStarted,   ///< it runs and has a keeper
  kStop,      ///< the stopping of it
};

/// A jail, whatever its name or number means later.
struct Identity {
  std::uint32_t jid = 0;         ///< 0: not made yet
  std::uint64_t start_time = 0;  ///< struct jail_info

  bool operator==(const Identity&) const = default;
};

struct State {
  Phase phase = Phase::kNew;
  Identity jail{};
};

class Record {
 public:
  /// Locks the record, and makes it first if it is not there.
  /// @param patience_ms  to wait for another one who is at work on it
  /// @return EBUSY where that is not enough
  [[nodiscard]] static Result<Record> take(const std::string& state_dir, const std::string& name,
                                           int patience_ms);
  /// The same, but nothing where there is none, as for the number that a jail without a name has in
  /// its place.
  [[nodiscard]] static Result<std::optional<Record>> find(const std::string& state_dir,
                                                          const std::string& name, int patience_ms);
  /// The names of all, without a lock.
  [[nodiscard]] static Result<std::vector<std::string>> names(const std::string& state_dir);
  /// The parameters without a lock; nothing where there are none.
  [[nodiscard]] static Result<std::optional<conf::JailSettings>> read(Kernel& kernel,
                                                                      const std::string& state_dir,
                                                                      const std::string& name);
  /// The same for a first look, such as questions of order, where a mistake shows later.
  [[nodiscard]] static std::optional<conf::JailSettings> peek(Kernel& kernel,
                                                              const std::string& state_dir,
                                                              const std::string& name);

  [[nodiscard]] Result<void> set_state(const State& state) const;
  [[nodiscard]] State state() const;
  [[nodiscard]] Result<void> set_settings(const conf::JailSettings& settings) const;
  [[nodiscard]] Result<conf::JailSettings> settings(Kernel& kernel) const;

  /// Makes the calling process the keeper until it ends or closes any descriptor of the file.
  /// @return the descriptor that is to stay open
  [[nodiscard]] Result<UniqueFd> keep() const;
  /// The process ID of the keeper; 0: none.
  [[nodiscard]] pid_t keeper() const;

  /// Takes the record away and gives the lock up.
  [[nodiscard]] Result<void> remove();

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Record(std::string name, UniqueFd parent, UniqueFd directory, UniqueFd lock)
      : name_(std::move(name)),
        parent_(std::move(parent)),
        directory_(std::move(directory)),
        lock_(std::move(lock)) {}

  static Result<std::optional<Record>> lock(const std::string& state_dir, const std::string& name,
                                            int patience_ms, bool make);
  Result<void> write(const char* file, const std::string& text) const;

  std::string name_;
  UniqueFd parent_;
  UniqueFd directory_;
  UniqueFd lock_;
};

/// The parameters as jail.conf(5) has them.
[[nodiscard]] conf::Block block_of(const conf::JailSettings& settings);

}  // namespace libjail::lifecycle
