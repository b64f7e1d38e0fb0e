// SPDX-License-Identifier: GPL-2.0
/*
 * Jail benchmarks - What single operations cost
 *
 * usage: operations host|crowd|inside
 *
 *   host    outside, on a kernel where no jail ever was
 *   crowd   outside, beside 100 jails with a process each; on a kernel without
 *           jails beside processes in a chroot
 *   inside  in a jail; on a kernel without jails in a chroot under its ceiling
 */

#include "operations.h"

#define SAMPLES 25

static void measure(const struct operation *const operation,
		    double *const samples)
{
	int i;

	if (operation->around)
		operation->around(true);
	/* The first fills caches. */
	for (i = -1; i < SAMPLES; i++) {
		__u64 start;

		if (operation->before)
			operation->before(operation->n);
		settle();
		start = now();
		operation->run(operation->n);
		samples[i < 0 ? 0 : i] = (double)(now() - start) / operation->n;
		if (operation->after)
			operation->after(operation->n);
	}
	if (operation->around)
		operation->around(false);
}

/* Processes that a reader of /proc finds, as more and as fewer of them. */
#define MANY 150
#define FEW 50

/*
 * What one more process costs: kernel threads come and go, so that a whole
 * reading would not be the same twice.
 */
static void measure_readdir(double *const samples)
{
	const int fd = MUST(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	__u64 few[SAMPLES], many[SAMPLES];
	unsigned int nfew[SAMPLES], nmany[SAMPLES];
	pid_t pids[MANY];
	int i, least;

	for (i = 0; i < MANY; i++)
		pids[i] = start_idle(NULL, 0);
	read_directory(fd, many);
	for (i = 0; i < SAMPLES; i++) {
		settle();
		nmany[i] = read_directory(fd, &many[i]);
	}
	for (i = FEW; i < MANY; i++)
		end_idle(pids[i]);
	for (i = 0; i < SAMPLES; i++) {
		settle();
		nfew[i] = read_directory(fd, &few[i]);
	}
	for (i = 0; i < FEW; i++)
		end_idle(pids[i]);
	for (i = 1, least = 0; i < SAMPLES; i++)
		if (few[i] < few[least])
			least = i;
	for (i = 0; i < SAMPLES; i++)
		samples[i] = (double)(many[i] - few[least]) /
			     (nmany[i] - nfew[least]);
	close(fd);
}

static void enter_crowd(const unsigned int nth)
{
	enter_wall(kernel_has_jails() ? ":jail" : ":ceiling", nth);
}

static void measure_all(const char *const place)
{
	const unsigned int count = sizeof(operations) / sizeof(*operations);
	double(*const samples)[SAMPLES] =
		shared_memory((count + 1) * sizeof(*samples));
	const pid_t pid = MUST(fork());
	unsigned int i;

	if (!pid) {
		if (!strcmp(place, "inside"))
			enter_crowd(1);
		MUST(prctl(PR_SET_DUMPABLE, 1));
		for (i = 0; i < count; i++)
			measure(&operations[i], samples[i]);
		measure_readdir(samples[i]);
		_exit(0);
	}
	wait_for(pid);
	for (i = 0; i < count; i++)
		print_samples(place, operations[i].name, samples[i], SAMPLES);
	print_samples(place, "readdir of /proc, a process", samples[i],
		      SAMPLES);
}

int main(const int argc, char *const argv[])
{
	pid_t idle[100];
	unsigned int i;

	if (argc != 2)
		return 2;
	if (!strcmp(argv[1], "crowd"))
		for (i = 0; i < 100; i++)
			idle[i] = start_idle(enter_crowd, i + 2);
	measure_all(argv[1]);
	if (!strcmp(argv[1], "crowd"))
		for (i = 0; i < 100; i++)
			end_idle(idle[i]);
	return 0;
}
