/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libjail - jails of a Linux kernel with the jail() system call, for C and for the languages that
 * bind to C.
 *
 * Functions that return int answer -1 on failure, those that return a pointer NULL; errno is set
 * then and jail_errmsg() has a sentence. The three system calls set errno only, and may be used
 * between fork(2) and execve(2) of a process with threads. Descriptors are close-on-exec. Strings
 * are copied.
 * The library has no state but the text of jail_errmsg(), which each thread has for itself.
 */
#ifndef JAIL_LIBJAIL_H
#define JAIL_LIBJAIL_H

#include <stddef.h>
#include <stdint.h>

#include <linux/jail.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define JAIL_EXPORT __attribute__((visibility("default")))
#else
#define JAIL_EXPORT
#endif

/* ---- The system calls, see jail(2), jail_attach(2), jail_open(2) ---- */

/* Makes a jail and, without JAIL_NO_ENTER, enters it. Returns a jail descriptor. */
JAIL_EXPORT int jail(const struct jail_args *args, size_t size, unsigned int flags);
/* Enters the jail of a descriptor, for ever. flags must be 0. Returns 0. */
JAIL_EXPORT int jail_attach(int jailfd, unsigned int flags);
/* Returns a descriptor of the jail with this jail ID. flags must be 0. */
JAIL_EXPORT int jail_open(uint32_t jid, unsigned int flags);

/* ---- The short form ---- */

/*
 * Makes a jail and enters it: IronPenguin's call of three arguments.
 *
 * path:    root directory of the jail, absolute or relative
 * ceiling: mask of the capabilities that remain, bit N for capability N; JAIL_CEILING_DEFAULT suits
 *          an ordinary server. What breaks the wall (CAP_SYS_ADMIN, say) is EPERM.
 * address: dotted IPv4 address of an interface, or NULL for a jail without internet sockets
 *
 * Returns a jail descriptor, or -1 with an errno of jail(2), EINVAL or EAFNOSUPPORT for a bad
 * address.
 */
JAIL_EXPORT int jail3(const char *path, uint64_t ceiling, const char *address);

/*
 * chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service ipc_owner
 * sys_chroot.
 */
#define JAIL_CEILING_DEFAULT UINT64_C(0x485fb)

/* Returns the ABI version of the kernel, at least 1. ENOSYS: no jail(); EOPNOTSUPP: inactive. */
JAIL_EXPORT int jail_abi_version(void);

/* ---- A jail, step by step ---- */

struct jail_spec;

/* A jail with the root directory path, the default ceiling, no address. NULL: ENOMEM, EINVAL. */
JAIL_EXPORT struct jail_spec *jail_spec_new(const char *path);
/* spec may be NULL. */
JAIL_EXPORT void jail_spec_free(struct jail_spec *spec);
/* ceiling: mask of the capabilities that remain. Returns 0. */
JAIL_EXPORT int jail_spec_set_ceiling(struct jail_spec *spec, uint64_t ceiling);
/* flags: JAIL_UNSAFE_CAPS, JAIL_STRICT_BIND. Returns 0; EINVAL for others. */
JAIL_EXPORT int jail_spec_set_flags(struct jail_spec *spec, uint64_t flags);
/*
 * address: dotted IPv4 address, or NULL for none; flags: JAIL_ADDR_SHARED.
 * Returns 0; EINVAL, or EAFNOSUPPORT for IPv6.
 */
JAIL_EXPORT int jail_spec_set_address(struct jail_spec *spec, const char *address,
                                      unsigned int flags);
/* name: 1 to 63 of letters, digits, '_', '-', '.', no number. EINVAL, ENAMETOOLONG. */
JAIL_EXPORT int jail_spec_set_name(struct jail_spec *spec, const char *name);
/* hostname: 1 to 64 bytes. EINVAL, ENAMETOOLONG. */
JAIL_EXPORT int jail_spec_set_hostname(struct jail_spec *spec, const char *hostname);

/* Makes the jail without entering it. It lives as long as the descriptor returned is open. */
JAIL_EXPORT int jail_create(const struct jail_spec *spec);
/* Makes the jail and enters it. Returns a jail descriptor. */
JAIL_EXPORT int jail_enter(const struct jail_spec *spec);

/* ---- Jails that are there ---- */

/* Returns a descriptor of the jail with this name or, in digits, this jail ID. ESRCH: none. */
JAIL_EXPORT int jail_open_name(const char *name);
/* Fills *info. Returns 0; EBADF, ENOTTY where jailfd is no jail descriptor. */
JAIL_EXPORT int jail_get_info(int jailfd, struct jail_info *info);
/* Kills every process of the jail and of those below it, and waits for their end. Returns 0. */
JAIL_EXPORT int jail_kill(int jailfd);
/*
 * Waits until the jail has no process any more and has let go of its root directory and address.
 * timeout: milliseconds, 0 to ask only, -1 without limit.
 * Returns 1 when it is so, 0 after the time; EBADF, ENOTTY where jailfd is no jail descriptor.
 */
JAIL_EXPORT int jail_wait(int jailfd, int timeout);

/* ---- The list of jails, from /proc/jails ---- */

struct jail_list;

/* An entry; the strings live until jail_list_close(). */
struct jail_list_entry {
  uint32_t jid;
  uint32_t parent_jid; /* 0: the host */
  uint32_t nr_processes;
  int dying; /* 1: killed, and not gone yet */
  uint64_t cap_ceiling;
  const char *address; /* "" where it has none */
  const char *name;
  const char *hostname;
  const char *path; /* of the root directory, as the caller sees it */
};

/* A snapshot of the list. ENOENT: the kernel has no jails, or the caller is in one. */
JAIL_EXPORT struct jail_list *jail_list_open(void);
/* Returns the next entry, NULL after the last. */
JAIL_EXPORT const struct jail_list_entry *jail_list_next(struct jail_list *list);
/* list may be NULL. */
JAIL_EXPORT void jail_list_close(struct jail_list *list);

/* ---- Ceilings as text ---- */

/*
 * text: "0x…", "none", "default", "all", names ("chown,kill"), or changes to the default
 * ("+net_raw,-setpcap"). Returns 0 and stores the mask; EINVAL.
 */
JAIL_EXPORT int jail_capmask_parse(const char *text, uint64_t *mask);
/*
 * Writes the names in mask, separated by commas, or "none"; cut off after size - 1 bytes, always
 * NUL terminated where size is not 0. Returns the whole length, as snprintf(3).
 */
JAIL_EXPORT int jail_capmask_format(uint64_t mask, char *buffer, size_t size);

/*
 * What the last function that failed in this thread has to say: object, reason, remedy. The text
 * stays where it is until the next failure in this thread writes over it.
 */
JAIL_EXPORT const char *jail_errmsg(void);

#ifdef __cplusplus
}
#endif

#endif /* JAIL_LIBJAIL_H */
