/* SPDX-License-Identifier: BSD-2-Clause */
/* What the programs in the kernel hand to the tools: the same bytes for C and C++. */
#ifndef JAIL_MONITOR_EVENTS_H
#define JAIL_MONITOR_EVENTS_H

#include <linux/types.h>

/* As the kernel's trace events of the system "jail" are named, in this order. */
enum jail_event_kind {
  JAIL_EVENT_CREATE,
  JAIL_EVENT_ATTACH,
  JAIL_EVENT_EXIT,
  JAIL_EVENT_DENY,
  JAIL_EVENT_BIND,
  JAIL_EVENT_CONNECT,
  JAIL_EVENT_KINDS,
};

#define JAIL_EVENT_NAME_SIZE 64
#define JAIL_EVENT_COMM_SIZE 16
#define JAIL_EVENT_WALL_SIZE 48
#define JAIL_EVENT_OBJECT_SIZE 64

/* Without holes, so that its bytes can be compared. */
struct jail_event {
  __u64 time;     /* nanoseconds of CLOCK_BOOTTIME */
  __u64 ceiling;  /* create */
  __u64 lifetime; /* exit: nanoseconds */
  __u64 forks;    /* exit: tasks that ever entered or were forked */
  __u64 denied;   /* exit: refusals */
  __u32 kind;     /* enum jail_event_kind */
  __u32 jid;
  __u32 parent; /* create: the jail ID of the parent, 0 for the host */
  __u32 pid;    /* of the current process, on the host */
  __u32 uid;    /* likewise */
  __u32 reason; /* deny: enum jail_reason */
  __s32 err;    /* deny: a negative errno */
  __u32 asked;  /* bind, connect: an IPv4 address, in network byte order */
  __u32 given;  /* likewise; create: the address of the jail, 0 for none */
  __u16 port;   /* bind, connect: in network byte order */
  __u16 unused;
  char name[JAIL_EVENT_NAME_SIZE];     /* of the jail */
  char comm[JAIL_EVENT_COMM_SIZE];     /* of the current thread */
  char wall[JAIL_EVENT_WALL_SIZE];     /* deny: the kernel's function that refused */
  char object[JAIL_EVENT_OBJECT_SIZE]; /* deny: what was asked for, in few words */
};

/* What is counted for a jail; a record each is what the iterator prints. */
struct jail_counts {
  __u32 jid;
  __u32 unused;
  __u64 forks;  /* tasks that ever entered or were forked */
  __u64 denied; /* refusals */
};

#endif
