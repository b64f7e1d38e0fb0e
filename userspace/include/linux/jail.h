/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Jail - User space API
 *
 * Reference: Documentation/userspace-api/jail.rst
 */

#ifndef _UAPI_LINUX_JAIL_H
#define _UAPI_LINUX_JAIL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* The ABI version that jail(NULL, 0, JAIL_GET_VERSION) answers. */
#define JAIL_ABI_VERSION 1

/*
 * Flags of jail(2).
 *
 * - %JAIL_GET_VERSION: Answers the ABI version and does nothing else; @args
 *   must be NULL and @size 0.
 * - %JAIL_NO_ENTER: Makes the jail without entering it.
 */
#define JAIL_GET_VERSION (1U << 0)
#define JAIL_NO_ENTER (1U << 1)

/*
 * Flags of struct jail_args, kept for the life of the jail.
 *
 * - %JAIL_UNSAFE_CAPS: Accepts a ceiling with capabilities that break the wall.
 * - %JAIL_STRICT_BIND: An address that is neither a wildcard, nor loopback, nor
 *   the jail's own is EADDRNOTAVAIL in bind(2) instead of being replaced.
 */
#define JAIL_UNSAFE_CAPS (1ULL << 0)
#define JAIL_STRICT_BIND (1ULL << 1)

/*
 * Flags of struct jail_addr.
 *
 * - %JAIL_ADDR_SHARED: The address may belong to several jails, if all say so.
 */
#define JAIL_ADDR_SHARED (1U << 0)

/* Sizes of names, with the terminating NUL. */
#define JAIL_NAME_SIZE 64
#define JAIL_HOSTNAME_SIZE 65

/* The most addresses a jail can have in this version. */
#define JAIL_MAX_ADDRS 1

/**
 * struct jail_addr - An IP address of a jail
 *
 * @family: AF_INET (AF_INET6 is not supported yet).
 * @flags: JAIL_ADDR_*.
 * @addr: The address in network byte order, from the first byte on; bytes that
 *        the family does not use must be zero.
 */
struct jail_addr {
	__u32 family;
	__u32 flags;
	__u8 addr[16];
};

/**
 * struct jail_args - Arguments of jail(2)
 *
 * The structure grows at its end; the size argument tells the version.
 *
 * @flags: JAIL_UNSAFE_CAPS, JAIL_STRICT_BIND.
 * @cap_ceiling: Mask of capabilities (bit N is capability N) that no task of
 *               the jail can exceed.
 * @path: Pointer to the path of the root directory, relative to @dirfd.
 * @addrs: Pointer to @naddrs addresses, or 0.
 * @hostname: Pointer to the host name, or 0 for that of the caller.
 * @name: Pointer to the name of the jail, or 0 for its jid in decimal.  Names
 *        are unique among the living jails; a name is made of letters, digits,
 *        '_', '-' and '.', and is no number.
 * @dirfd: A directory descriptor or AT_FDCWD.
 * @naddrs: Number of addresses, at most JAIL_MAX_ADDRS.  A jail without an
 *          address cannot make sockets of an internet family.
 */
struct jail_args {
	__aligned_u64 flags;
	__aligned_u64 cap_ceiling;
	__aligned_u64 path;
	__aligned_u64 addrs;
	__aligned_u64 hostname;
	__aligned_u64 name;
	__s32 dirfd;
	__u32 naddrs;
};

#define JAIL_ARGS_SIZE_VER0 56 /* sizeof first published struct */

/**
 * enum jail_state - State of a jail
 *
 * @JAIL_STATE_ACTIVE: It has processes, or can get some.
 * @JAIL_STATE_DYING: It was killed; nothing can enter or fork any more.
 */
enum jail_state {
	JAIL_STATE_ACTIVE = 0,
	JAIL_STATE_DYING = 1,
};

/**
 * struct jail_info - Answer of JAIL_IOC_INFO
 *
 * The structure grows at its end; the size in the ioctl number tells the
 * version.
 *
 * @flags: Flags that the jail was made with.
 * @cap_ceiling: The capability ceiling.
 * @start_time: Nanoseconds of CLOCK_BOOTTIME at its making.
 * @jid: The jail ID.
 * @parent_jid: The jail ID of the parent, 0 for the host.
 * @state: One of enum jail_state.
 * @nr_processes: Living processes (thread groups).
 * @naddrs: Number of valid entries in @addrs.
 * @addrs: The addresses.
 * @name: The name, NUL terminated.
 * @hostname: The host name now, NUL terminated.
 */
struct jail_info {
	__aligned_u64 flags;
	__aligned_u64 cap_ceiling;
	__aligned_u64 start_time;
	__u32 jid;
	__u32 parent_jid;
	__u32 state;
	__u32 nr_processes;
	__u32 naddrs;
	struct jail_addr addrs[JAIL_MAX_ADDRS];
	char name[JAIL_NAME_SIZE];
	char hostname[JAIL_HOSTNAME_SIZE];
	__u8 __pad[3];
};

#define JAIL_INFO_SIZE_VER0 200 /* sizeof first published struct */

#define JAIL_IOC_MAGIC 'J'

/*
 * Ioctls of a jail descriptor.
 *
 * - %JAIL_IOC_INFO: Fills a struct jail_info.
 * - %JAIL_IOC_KILL: Kills every process of the jail and of its descendants,
 *   lets none enter or fork any more, and returns when the last one has ended
 *   and the jail has let go of its root directory and addresses.  Needs
 *   CAP_SYS_ADMIN.  EINTR on a signal; the jail goes on dying then.
 *
 * poll(2) answers POLLIN when a jail that had a process has none any more; for a
 * jail that was killed, not before its root directory and addresses are let go.
 * Any other jail holds these until its last descriptor is closed.
 */
#define JAIL_IOC_INFO _IOR(JAIL_IOC_MAGIC, 1, struct jail_info)
#define JAIL_IOC_KILL _IO(JAIL_IOC_MAGIC, 2)

/**
 * enum jail_reason - Why a jail refused something
 *
 * Every refusal by a wall states one of these; new ones are added at the end.
 */
enum jail_reason {
	JAIL_REASON_CAPABILITY = 0,
	JAIL_REASON_NAMESPACE = 1,
	JAIL_REASON_PROCESS = 2,
	JAIL_REASON_SIGNAL = 3,
	JAIL_REASON_PTRACE = 4,
	JAIL_REASON_PROCFS = 5,
	JAIL_REASON_SYSCTL = 6,
	JAIL_REASON_PATH = 7,
	JAIL_REASON_FILE = 8,
	JAIL_REASON_MOUNT = 9,
	JAIL_REASON_DEVICE = 10,
	JAIL_REASON_TTY = 11,
	JAIL_REASON_KEYRING = 12,
	JAIL_REASON_SOCKET = 13,
	JAIL_REASON_ADDRESS = 14,
	JAIL_REASON_NETLINK = 15,
	JAIL_REASON_SYSTEM = 16,
};

#endif /* _UAPI_LINUX_JAIL_H */
