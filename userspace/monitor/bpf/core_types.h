/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's types as far as the programs look into them. The loader finds
 * each field by its name in the type information of the running kernel, so
 * that neither order nor size matters here, and no kernel tree is needed.
 */
#ifndef JAIL_MONITOR_CORE_TYPES_H
#define JAIL_MONITOR_CORE_TYPES_H

#include <linux/types.h>

#define CORE __attribute__((preserve_access_index))

typedef struct {
  __u64 val;
} CORE kernel_cap_t;

typedef struct {
  __s64 counter;
} CORE atomic64_t;

struct jail {
  __u32 jid;
  char name[64];
  struct jail *parent;
  kernel_cap_t ceiling;
  __be32 addr4;
  __u32 naddrs;
  __u64 nr_forks;
  atomic64_t nr_denied;
} CORE;

struct sock {
  struct jail *sk_jail;
} CORE;

/* With a field, as the loader compares the types of bpf_task_jail_id(). */
struct task_struct {
  int tgid;
} CORE;

struct seq_file;

struct bpf_iter_meta {
  struct seq_file *seq;
} CORE;

struct bpf_iter__jail {
  struct bpf_iter_meta *meta;
  struct jail *jail;
} CORE;

#endif
