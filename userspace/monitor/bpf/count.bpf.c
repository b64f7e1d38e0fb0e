// SPDX-License-Identifier: BSD-2-Clause
/* Counts of jails that stand in no file, for jailtop(8) and jailctl(8) stats. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "core_types.h"
#include "events.h"

extern __u32 bpf_task_jail_id(struct task_struct *task) __ksym;

/* The programs executed by the tasks of each jail, since this is attached. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, __u32);
  __type(value, __u64);
} execs SEC(".maps");

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task) {
  const __u32 jid = bpf_task_jail_id(task);
  const __u64 one = 1;
  __u64 *count;

  if (!jid) return 0;
  count = bpf_map_lookup_elem(&execs, &jid);
  if (count)
    __sync_fetch_and_add(count, 1);
  else if (bpf_map_update_elem(&execs, &jid, &one, BPF_NOEXIST) &&
           (count = bpf_map_lookup_elem(&execs, &jid)))
    __sync_fetch_and_add(count, 1); /* another processor was first */
  return 0;
}

SEC("iter/jail")
int each_jail(struct bpf_iter__jail *ctx) {
  struct jail *const jail = ctx->jail;
  struct jail_counts counts = {};

  if (!jail) return 0;
  counts.jid = jail->jid;
  counts.forks = jail->nr_forks;
  counts.denied = jail->nr_denied.counter;
  bpf_seq_write(ctx->meta->seq, &counts, sizeof(counts));
  return 0;
}

char terms[] SEC("license") = "Dual BSD/GPL";
