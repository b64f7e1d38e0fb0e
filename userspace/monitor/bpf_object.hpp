// SPDX-License-Identifier: BSD-2-Clause
// Owners of what libbpf hands out, and its messages as errors.
#pragma once

#include <bpf/libbpf.h>

#include <memory>
#include <string>

#include "jail/error.hpp"

namespace monitor {

/// For a skeleton of bpftool(8).
template <class Skeleton>
struct Destroy {
  void operator()(Skeleton* skeleton) const { Skeleton::destroy(skeleton); }
};
template <class Skeleton>
using SkeletonPtr = std::unique_ptr<Skeleton, Destroy<Skeleton>>;

struct FreeRing {
  void operator()(ring_buffer* ring) const { ::ring_buffer__free(ring); }
};
struct DestroyLink {
  void operator()(bpf_link* link) const { ::bpf_link__destroy(link); }
};

/// Keeps what libbpf has to say for bpf_failure() instead of printing it.
void keep_bpf_messages();

/// @param code  an errno, positive or negative
[[nodiscard]] libjail::Error bpf_failure(int code, const std::string& what);

}  // namespace monitor
