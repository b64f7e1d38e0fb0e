// SPDX-License-Identifier: GPL-2.0
/*
 * Jail benchmarks - What the call itself costs, and a process that makes it
 *
 * usage: call
 *
 * It is to run first in a guest, as the first jail of a host pays for all others.
 * On a kernel without jails it measures what they are compared with.
 *
 * A cycle is the whole life of a process, with all that the kernel puts off:
 * many follow each other without a pause.
 */

#include "bench.h"

#define SAMPLES 40
#define ROUNDS 8
#define CYCLES 64

/* Processes that do a call each and tell what it took. */

typedef int (*call_t)(unsigned int nth);

static unsigned int nth;

static int call_nothing(const unsigned int number)
{
	(void)number;
	return 0;
}

static int call_chroot(const unsigned int number)
{
	(void)number;
	return enter_chroot();
}

static int call_jail(const unsigned int number)
{
	return enter_jail(number);
}

static int call_jail_bare(const unsigned int number)
{
	const struct jail_args args = {
		.cap_ceiling = CEILING,
		.path = (uintptr_t)ROOT,
		.dirfd = AT_FDCWD,
	};

	(void)number;
	return syscall(__NR_jail, &args, sizeof(args), 0);
}

static double time_call(const call_t call)
{
	static __u64 *times;
	pid_t pid;

	if (!times)
		times = shared_memory(2 * sizeof(*times));
	settle();
	nth = (nth + 1) % 65000;
	pid = MUST(fork());
	if (!pid) {
		/* Without the faults of a young process. */
		MUST(mlockall(MCL_CURRENT));
		times[0] = now();
		MUST(call(nth));
		times[1] = now();
		_exit(0);
	}
	wait_for(pid);
	return times[1] - times[0];
}

static double overhead(void)
{
	double least = time_call(call_nothing);
	int i;

	for (i = 0; i < 20; i++) {
		const double value = time_call(call_nothing);

		if (value < least)
			least = value;
	}
	return least;
}

static void measure_call(const char *const name, const call_t call,
			 const unsigned int count, const double nothing)
{
	double samples[SAMPLES];
	unsigned int i;

	for (i = 0; i < count; i++)
		samples[i] = time_call(call) - nothing;
	print_samples("call", name, samples, count);
}

static void measure_cycle(const char *const name, const call_t call)
{
	double samples[ROUNDS];
	unsigned int i, k;

	for (i = 0; i < ROUNDS; i++) {
		const __u64 start = now();

		for (k = 0; k < CYCLES; k++) {
			pid_t pid;

			nth = (nth + 1) % 65000;
			pid = MUST(fork());
			if (!pid) {
				MUST(call(nth));
				exec_true();
			}
			wait_for(pid);
		}
		samples[i] = (double)(now() - start) / CYCLES;
	}
	print_samples("cycle", name, samples, ROUNDS);
}

int main(void)
{
	const double nothing = overhead();
	int ready[2];
	char byte;
	pid_t idle;

	measure_call("chroot+chdir", call_chroot, SAMPLES, nothing);
	measure_cycle("fork+exec+exit", call_nothing);
	measure_cycle("fork+chroot+exec+exit", call_chroot);
	if (!kernel_has_jails())
		return 0;

	measure_call("jail, the first of the host", call_jail, 1, nothing);
	measure_call("jail, none alive", call_jail, SAMPLES, nothing);
	measure_cycle("fork+jail+exec+exit, none alive", call_jail);

	MUST(pipe2(ready, O_CLOEXEC));
	idle = MUST(fork());
	if (!idle) {
		MUST(enter_jail(65001));
		MUST(write(ready[1], "", 1));
		for (;;)
			pause();
	}
	MUST(read(ready[0], &byte, 1));
	measure_call("jail", call_jail, SAMPLES, nothing);
	measure_call("jail without an address", call_jail_bare, SAMPLES,
		     nothing);
	measure_cycle("fork+jail+exec+exit", call_jail);
	MUST(kill(idle, SIGKILL));
	MUST(waitpid(idle, NULL, 0));
	return 0;
}
