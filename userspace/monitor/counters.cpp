// SPDX-License-Identifier: BSD-2-Clause
#include "monitor/counters.hpp"

#include <bpf/bpf.h>

#include <cerrno>
#include <cstring>

#include "count.skel.h"
#include "jail/read_file.hpp"
#include "jail/unique_fd.hpp"
#include "monitor/bpf/events.h"
#include "monitor/bpf_object.hpp"
#include "monitor/support.hpp"

namespace monitor {

using libjail::Result;

namespace {

constexpr std::size_t kMost = std::size_t{64} << 20;  // bytes: more jails than there can be

Result<std::string> read_records(const count_bpf& skeleton) {
  const std::unique_ptr<bpf_link, DestroyLink> link(
      ::bpf_program__attach_iter(skeleton.progs.each_jail, nullptr));
  if (!link) return std::unexpected(bpf_failure(errno, "iterate over the jails"));
  const libjail::UniqueFd reader(::bpf_iter_create(::bpf_link__fd(link.get())));
  if (!reader) return std::unexpected(bpf_failure(errno, "iterate over the jails"));
  auto records = libjail::read_all(reader.get(), kMost);
  if (!records) return std::unexpected(bpf_failure(records.error(), "iterate over the jails"));
  return *std::move(records);
}

}  // namespace

class Counters::Programs {
 public:
  explicit Programs(SkeletonPtr<count_bpf> skeleton) : skeleton_(std::move(skeleton)) {}

  [[nodiscard]] count_bpf& skeleton() const { return *skeleton_; }

 private:
  SkeletonPtr<count_bpf> skeleton_;
};

Counters::Counters(std::unique_ptr<Programs> programs) : programs_(std::move(programs)) {}
Counters::Counters(Counters&& other) noexcept = default;
Counters& Counters::operator=(Counters&& other) noexcept = default;
Counters::~Counters() = default;

Result<Counters> Counters::start(libjail::Kernel& kernel, bool execs) {
  if (const auto done = supports_counts(kernel); !done) return std::unexpected(done.error());
  keep_bpf_messages();
  SkeletonPtr<count_bpf> skeleton(count_bpf::open());
  if (!skeleton) return std::unexpected(bpf_failure(errno, "open the programs"));
  ::bpf_program__set_autoload(skeleton->progs.on_exec, execs);
  ::bpf_program__set_autoattach(skeleton->progs.each_jail, false);
  if (const int done = count_bpf::load(skeleton.get()); done < 0) {
    return std::unexpected(bpf_failure(done, "load the programs into the kernel"));
  }
  if (const int done = count_bpf::attach(skeleton.get()); done < 0) {
    return std::unexpected(bpf_failure(done, "attach to the start of programs"));
  }
  return Counters(std::make_unique<Programs>(std::move(skeleton)));
}

Result<std::map<std::uint32_t, Counts>> Counters::read() const {
  const auto& skeleton = programs_->skeleton();
  const auto records = read_records(skeleton);
  if (!records) return std::unexpected(records.error());
  const int execs = ::bpf_map__fd(skeleton.maps.execs);
  std::map<std::uint32_t, Counts> counts;
  for (std::size_t at = 0; at + sizeof(jail_counts) <= records->size(); at += sizeof(jail_counts)) {
    jail_counts record{};
    std::memcpy(&record, records->data() + at, sizeof(record));
    Counts one{.forks = record.forks, .denied = record.denied};
    static_cast<void>(::bpf_map_lookup_elem(execs, &record.jid, &one.execs));  // absent: none yet
    counts[record.jid] = one;
  }
  return counts;
}

std::optional<std::map<std::uint32_t, Counts>> Counters::read_or_none() const {
  auto counts = read();
  if (!counts) return {};
  return *std::move(counts);
}

}  // namespace monitor
