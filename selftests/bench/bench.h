/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jail benchmarks - Samples, and the places where operations are measured
 *
 * A program prints one line for each thing it measured: a name, a tab, and the
 * samples in nanoseconds, each of one operation.  In a guest whose clock counts
 * instructions these are instructions.  What fails ends the program: an
 * operation that did not happen has no cost.
 */

#ifndef SELFTESTS_BENCH_H
#define SELFTESTS_BENCH_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/jail.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The default ceiling of jail(8). */
#define CEILING 0x00000000000485fbULL

/* The root directory of jails; what is in it is in the host's, too. */
#define ROOT "/srv/bench"

#define die(...)                                                \
	do {                                                    \
		const int error_ = errno;                       \
		fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
		fprintf(stderr, __VA_ARGS__);                   \
		fprintf(stderr, ": %s\n", strerror(error_));    \
		_exit(1);                                       \
	} while (0)

/* Evaluates a call that must not fail. */
#define MUST(call)                                  \
	({                                          \
		const __typeof__(call) r_ = (call); \
		if (r_ < 0)                         \
			die("%s", #call);           \
		r_;                                 \
	})

static inline __u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/*
 * Lets the kernel do what it has put off.  What is measured next begins just
 * behind a tick of the clock.
 */
static inline void settle(void)
{
	const struct timespec pause = { .tv_nsec = 40000000 };

	nanosleep(&pause, NULL);
}

static inline void *shared_memory(const size_t size)
{
	void *const memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static inline void print_samples(const char *const place,
				 const char *const name,
				 const double *const samples,
				 const unsigned int count)
{
	unsigned int i;

	printf("%s.%s\t", place, name);
	for (i = 0; i < count; i++)
		printf("%s%.2f", i ? " " : "", samples[i]);
	printf("\n");
	fflush(stdout);
}

static inline void wait_for(const pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, 0));
	if (status) {
		errno = 0;
		die("process %d ended with status %x", pid, status);
	}
}

static inline bool kernel_has_jails(void)
{
	return syscall(__NR_jail, NULL, 0, JAIL_GET_VERSION) > 0;
}

/*
 * Makes a jail with the nth address of 10.8.0.0/15 and enters it; answers its
 * descriptor.  prepare gives the guest all of these.
 */
static inline int enter_jail(const unsigned int nth)
{
	const struct jail_addr addr = {
		.family = AF_INET,
		.addr = { 10, 8 + (nth >> 16), nth >> 8, nth },
	};
	const struct jail_args args = {
		.cap_ceiling = CEILING,
		.path = (uintptr_t)ROOT,
		.addrs = (uintptr_t)&addr,
		.naddrs = 1,
		.dirfd = AT_FDCWD,
	};

	return syscall(__NR_jail, &args, sizeof(args), 0);
}

static inline int enter_chroot(void)
{
	return chroot(ROOT) ? -1 : chdir("/");
}

static inline int enter_namespaces(void)
{
	return unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS |
		       CLONE_NEWNET) ?
		       -1 :
		       enter_chroot();
}

/* A chroot under the ceiling of a jail: what there is without jails. */
static inline void enter_ceiling(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = CEILING, .permitted = CEILING },
	};
	int cap;

	setsid();
	MUST(enter_chroot());
	for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!(CEILING & 1ULL << cap))
			MUST(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0));
	MUST(syscall(__NR_capset, &header, data));
}

static inline void enter_ipc_namespace(void)
{
	MUST(unshare(CLONE_NEWIPC));
	enter_ceiling();
}

/**
 * enter_wall - Confines this process without a tool
 *
 * @name: One of
 *
 *        - :none: not at all;
 *        - :chroot: a root directory;
 *        - :ceiling: a root directory, and a capability ceiling;
 *        - :jail: a jail;
 *        - :ipcns: as :ceiling, and an IPC namespace;
 *        - :netns: a root directory, and mount, IPC, UTS and network namespaces.
 * @nth: Number of the address that a jail gets.
 */
static inline void enter_wall(const char *const name, const unsigned int nth)
{
	if (!strcmp(name, ":none"))
		return;
	if (!strcmp(name, ":chroot"))
		MUST(enter_chroot());
	else if (!strcmp(name, ":ceiling"))
		enter_ceiling();
	else if (!strcmp(name, ":jail"))
		close(MUST(enter_jail(nth)));
	else if (!strcmp(name, ":ipcns"))
		enter_ipc_namespace();
	else if (!strcmp(name, ":netns"))
		MUST(enter_namespaces());
	else
		die("wall '%s'", name);
}

static inline void exec_true(void)
{
	char *const argv[] = { "true", NULL };

	execve("/bench/true", argv, argv + 1);
	die("/bench/true");
}

#endif
