// SPDX-License-Identifier: BSD-2-Clause
// A stream of the events of jails, which the kernel has filtered. It is attached as long as this
// lives.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "jail/error.hpp"
#include "jail/kernel.hpp"
#include "monitor/bpf/events.h"

namespace monitor {

/// What is wanted; all that is given has to hold.
struct Filter {
  std::optional<std::uint32_t> jid{};
  std::string name{};                  ///< of the jail, also one that is made later; empty: any
  std::optional<std::uint32_t> pid{};  ///< on the host
  std::uint32_t events = (1U << JAIL_EVENT_KINDS) - 1;  ///< a bit for each jail_event_kind
  std::uint32_t reasons{};                              ///< a bit for each jail_reason; 0: any

  bool operator==(const Filter&) const = default;
};

/// Gets an event. @return whether more are wanted
using TakeEvent = std::function<bool(const jail_event&)>;

class EventSource {
 public:
  EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  /// Readable for poll(2) when there are events.
  [[nodiscard]] virtual int descriptor() const = 0;
  /// Hands on the events that are there, in their order.
  [[nodiscard]] virtual libjail::Result<void> take(const TakeEvent& take) = 0;
  /// Lets no more events happen; those that are there can be taken.
  virtual void detach() = 0;
  /// How many events found no room.
  [[nodiscard]] virtual std::uint64_t lost() const = 0;
};

/// @return an error that tells what the kernel lacks
[[nodiscard]] libjail::Result<std::unique_ptr<EventSource>> trace_events(libjail::Kernel& kernel,
                                                                         const Filter& filter);

}  // namespace monitor
