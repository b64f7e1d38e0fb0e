// SPDX-License-Identifier: BSD-2-Clause
/* What a program of somebody else does with the functions that the kernel has for jails. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "../monitor/bpf/core_types.h"

#define NO_JID 0x7fffffff

extern __u32 bpf_task_jail_id(struct task_struct *task) __ksym;
extern struct jail *bpf_jail_from_id(__u32 jid) __ksym;
extern void bpf_jail_release(struct jail *jail) __ksym;

struct kept {
  struct jail __attribute__((btf_type_tag("kptr"))) *jail;
};

/* The jail that was refused something last. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct kept);
} last SEC(".maps");

__u32 last_jid;
char last_name[64];
/* The host's, and one that is nobody's, which must not be found. */
__u32 found_wrongly;

SEC("tp_btf/jail_deny")
int BPF_PROG(on_deny, struct jail *denied) {
  const __u32 none = 0;
  struct kept *const kept = bpf_map_lookup_elem(&last, &none);
  struct jail *jail = bpf_jail_from_id(NO_JID);

  if (jail) {
    found_wrongly++;
    bpf_jail_release(jail);
  }
  jail = bpf_jail_from_id(0);
  if (jail) {
    found_wrongly++;
    bpf_jail_release(jail);
  }
  if (!kept) return 0;

  last_jid = bpf_task_jail_id(bpf_get_current_task_btf());
  jail = bpf_jail_from_id(last_jid);
  if (!jail) return 0;
  bpf_probe_read_kernel_str(last_name, sizeof(last_name), jail->name);
  jail = bpf_kptr_xchg(&kept->jail, jail);
  if (jail) bpf_jail_release(jail);
  return 0;
}

/* Each jail is a line. */
SEC("iter/jail")
int each_jail(struct bpf_iter__jail *ctx) {
  struct jail *const jail = ctx->jail;
  __u64 jid;

  if (!jail) return 0;
  jid = jail->jid;
  bpf_seq_write(ctx->meta->seq, &jid, sizeof(jid));
  return 0;
}

char terms[] SEC("license") = "Dual BSD/GPL";
