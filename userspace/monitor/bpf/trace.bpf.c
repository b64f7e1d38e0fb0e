// SPDX-License-Identifier: BSD-2-Clause
/* Events of jails, filtered here, for jailtrace(8). */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "core_types.h"
#include "events.h"

/* Filters; 0 lets everything pass. */
const volatile __u32 wanted_jid;
const volatile char wanted_name[JAIL_EVENT_NAME_SIZE];
const volatile __u32 wanted_pid;
const volatile __u32 wanted_reasons; /* a bit for each reason */

__u64 lost; /* events that found no room */

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 20);
} events SEC(".maps");

static bool has_wanted_name(const char *const name) {
  int i;

  for (i = 0; i < JAIL_EVENT_NAME_SIZE; i++) {
    if (name[i] != wanted_name[i]) return false;
    if (!name[i]) break;
  }
  return true;
}

/* Whether a filter keeps the event away is found out before there is room for it. */
static struct jail_event *new_event(const enum jail_event_kind kind, struct jail *const jail) {
  const __u32 pid = bpf_get_current_pid_tgid() >> 32;
  char name[JAIL_EVENT_NAME_SIZE] = {};
  struct jail_event *event;

  if (!jail) return NULL;
  if (wanted_jid && wanted_jid != jail->jid) return NULL;
  if (wanted_pid && wanted_pid != pid) return NULL;
  bpf_probe_read_kernel_str(name, sizeof(name), jail->name);
  if (wanted_name[0] && !has_wanted_name(name)) return NULL;
  event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
  if (!event) {
    __sync_fetch_and_add(&lost, 1);
    return NULL;
  }
  __builtin_memset(event, 0, sizeof(*event));
  event->time = bpf_ktime_get_boot_ns();
  event->kind = kind;
  event->jid = jail->jid;
  event->pid = pid;
  event->uid = (__u32)bpf_get_current_uid_gid();
  __builtin_memcpy(event->name, name, sizeof(name));
  bpf_get_current_comm(event->comm, sizeof(event->comm));
  return event;
}

SEC("tp_btf/jail_create")
int BPF_PROG(on_create, struct jail *jail) {
  struct jail_event *const event = new_event(JAIL_EVENT_CREATE, jail);

  if (!event) return 0;
  event->ceiling = jail->ceiling.val;
  event->given = jail->naddrs ? jail->addr4 : 0;
  if (jail->parent) event->parent = jail->parent->jid;
  bpf_ringbuf_submit(event, 0);
  return 0;
}

SEC("tp_btf/jail_attach")
int BPF_PROG(on_attach, struct jail *jail) {
  struct jail_event *const event = new_event(JAIL_EVENT_ATTACH, jail);

  if (event) bpf_ringbuf_submit(event, 0);
  return 0;
}

SEC("tp_btf/jail_exit")
int BPF_PROG(on_exit, struct jail *jail, __u64 lifetime) {
  struct jail_event *const event = new_event(JAIL_EVENT_EXIT, jail);

  if (!event) return 0;
  event->lifetime = lifetime;
  event->forks = jail->nr_forks;
  event->denied = jail->nr_denied.counter;
  bpf_ringbuf_submit(event, 0);
  return 0;
}

SEC("tp_btf/jail_deny")
int BPF_PROG(on_deny, struct jail *jail, int reason, int err, const char *wall,
             const char *object) {
  struct jail_event *event;

  if (wanted_reasons && !(wanted_reasons >> (reason & 31) & 1)) return 0;
  event = new_event(JAIL_EVENT_DENY, jail);
  if (!event) return 0;
  event->reason = reason;
  event->err = err;
  bpf_probe_read_kernel_str(event->wall, sizeof(event->wall), wall);
  bpf_probe_read_kernel_str(event->object, sizeof(event->object), object);
  bpf_ringbuf_submit(event, 0);
  return 0;
}

static int redirected(const enum jail_event_kind kind, struct sock *const sk, const __be32 asked,
                      const __be16 port, const __be32 given) {
  struct jail_event *const event = new_event(kind, sk->sk_jail);

  if (!event) return 0;
  event->asked = asked;
  event->port = port;
  event->given = given;
  bpf_ringbuf_submit(event, 0);
  return 0;
}

SEC("tp_btf/jail_bind")
int BPF_PROG(on_bind, struct sock *sk, __be32 asked, __be16 port, __be32 given) {
  return redirected(JAIL_EVENT_BIND, sk, asked, port, given);
}

SEC("tp_btf/jail_connect")
int BPF_PROG(on_connect, struct sock *sk, __be32 asked, __be16 port, __be32 given) {
  return redirected(JAIL_EVENT_CONNECT, sk, asked, port, given);
}

char terms[] SEC("license") = "Dual BSD/GPL";
