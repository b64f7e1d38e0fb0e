// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/tracer.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <vector>

#include "monitor/bpf_object.hpp"
#include "monitor/reasons.hpp"
#include "monitor/support.hpp"
#include "trace.skel.h"

namespace monitor {
namespace {

using libjail::Result;

class Tracer : public EventSource {
 public:
  static Result<std::unique_ptr<EventSource>> start(const Filter& filter) {
    keep_bpf_messages();
    SkeletonPtr<trace_bpf> skeleton(trace_bpf::open());
    if (!skeleton) return std::unexpected(bpf_failure(errno, "open the programs"));
    set(*skeleton, filter);
    if (const int done = trace_bpf::load(skeleton.get()); done < 0) {
      return std::unexpected(bpf_failure(done, "load the programs into the kernel"));
    }
    auto tracer = std::make_unique<Tracer>(std::move(skeleton));
    if (!tracer->ring_) return std::unexpected(bpf_failure(errno, "read the events"));
    if (const int done = trace_bpf::attach(tracer->skeleton_.get()); done < 0) {
      return std::unexpected(bpf_failure(done, "attach to the events"));
    }
    return tracer;
  }

  explicit Tracer(SkeletonPtr<trace_bpf> skeleton)
      : skeleton_(std::move(skeleton)),
        ring_(::ring_buffer__new(::bpf_map__fd(skeleton_->maps.events), on_event, this, nullptr)) {}

  [[nodiscard]] int descriptor() const override { return ::ring_buffer__epoll_fd(ring_.get()); }

  Result<void> take(const TakeEvent& take) override {
    take_ = &take;
    const int done = ::ring_buffer__consume(ring_.get());
    take_ = nullptr;
    if (done < 0 && done != kEnough) return std::unexpected(bpf_failure(done, "read the events"));
    return {};
  }

  void detach() override { trace_bpf::detach(skeleton_.get()); }

  [[nodiscard]] std::uint64_t lost() const override {
    return std::atomic_ref(skeleton_->bss->lost).load();
  }

 private:
  static constexpr int kEnough = -ECANCELED;

  static int on_event(void* self, void* data, std::size_t size) {
    if (size < sizeof(jail_event)) return 0;
    const auto* event = static_cast<const jail_event*>(data);
    return (*static_cast<Tracer*>(self)->take_)(*event) ? 0 : kEnough;
  }

  static void set(trace_bpf& skeleton, const Filter& filter) {
    skeleton.rodata->wanted_jid = filter.jid.value_or(0);
    filter.name.copy(static_cast<char*>(skeleton.rodata->wanted_name), JAIL_EVENT_NAME_SIZE - 1);
    skeleton.rodata->wanted_pid = filter.pid.value_or(0);
    skeleton.rodata->wanted_reasons = filter.reasons;
    const auto& programs = skeleton.progs;
    const auto in_order =
        std::to_array<bpf_program*>({programs.on_create, programs.on_attach, programs.on_exit,
                                     programs.on_deny, programs.on_bind, programs.on_connect});
    static_assert(in_order.size() == JAIL_EVENT_KINDS);
    for (std::size_t kind = 0; kind < in_order.size(); ++kind) {
      ::bpf_program__set_autoload(in_order[kind], (filter.events >> kind & 1) != 0);
    }
  }

  SkeletonPtr<trace_bpf> skeleton_;
  std::unique_ptr<ring_buffer, FreeRing> ring_;
  const TakeEvent* take_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<EventSource>> trace_events(libjail::Kernel& kernel, const Filter& filter) {
  std::vector<std::string> events;
  for (std::uint32_t kind = 0; kind < JAIL_EVENT_KINDS; ++kind) {
    if ((filter.events >> kind & 1) == 0) continue;
    events.push_back("jail_" + name_of(event_names(), kind));
  }
  if (const auto done = supports_events(kernel, events); !done) {
    return std::unexpected(done.error());
  }
  return Tracer::start(filter);
}

}  // namespace monitor
