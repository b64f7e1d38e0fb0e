// SPDX-License-Identifier: GPL-2.0
/*
 * Jail benchmarks - What single operations take by the clock, on two processors
 *
 * usage: clock SAMPLES
 *
 * Each operation is done by one process (one.NAME), and by two at a time, each on
 * a processor of its own (two.NAME): a sample of these is the mean of both.
 */

#include <stdatomic.h>

#include "operations.h"

#define WORKERS 2
#define MOST_SAMPLES 100

struct shared {
	atomic_uint arrived;
	double samples[WORKERS][MOST_SAMPLES];
};

static struct shared *shared;

/* Waits for the other workers, and does not sleep: waking is slow. */
static void meet(const unsigned int workers)
{
	static unsigned int meetings;

	atomic_fetch_add(&shared->arrived, 1);
	for (meetings++; atomic_load(&shared->arrived) < meetings * workers;)
		;
}

static void work(const struct operation *const operation,
		 const unsigned int workers, const int count)
{
	cpu_set_t cpus;
	int i;

	MUST(prctl(PR_SET_PDEATHSIG, SIGKILL));
	CPU_ZERO(&cpus);
	CPU_SET(worker, &cpus);
	MUST(sched_setaffinity(0, sizeof(cpus), &cpus));
	if (operation->around)
		operation->around(true);
	/* The first fills caches. */
	for (i = -1; i < count; i++) {
		__u64 start, took;

		if (operation->before)
			operation->before(operation->n);
		meet(workers);
		start = now();
		operation->run(operation->n);
		took = now() - start;
		meet(workers);
		if (operation->after)
			operation->after(operation->n);
		shared->samples[worker][i < 0 ? 0 : i] =
			(double)took / operation->n;
	}
	if (operation->around)
		operation->around(false);
	_exit(0);
}

static void measure(const struct operation *const operation,
		    const unsigned int workers, const int count)
{
	double samples[MOST_SAMPLES];
	unsigned int w;
	int i;

	atomic_store(&shared->arrived, 0);
	for (worker = 0; worker < workers; worker++)
		if (!MUST(fork()))
			work(operation, workers, count);
	/* The first that fails ends this process, and that the others. */
	for (w = 0; w < workers; w++)
		wait_for(-1);
	for (i = 0; i < count; i++)
		for (w = 0, samples[i] = 0; w < workers; w++)
			samples[i] += shared->samples[w][i] / workers;
	print_samples(workers == 1 ? "one" : "two", operation->name, samples,
		      count);
}

static void with_proc(const bool on)
{
	if (on)
		descriptor = MUST(open("/proc", O_RDONLY | O_DIRECTORY));
	else
		close(descriptor);
}

static void do_readdir(const unsigned int n)
{
	unsigned int i;
	__u64 time;

	for (i = 0; i < n; i++)
		read_directory(descriptor, &time);
}

static const struct operation reading = { "readdir of /proc", 8, do_readdir,
					  with_proc };

int main(const int argc, char *const argv[])
{
	const int count = argc == 2 ? atoi(argv[1]) : 0;
	unsigned int i, workers;

	if (count < 1 || count > MOST_SAMPLES)
		return 2;
	shared = shared_memory(sizeof(*shared));
	for (workers = 1; workers <= WORKERS; workers++) {
		for (i = 0; i < sizeof(operations) / sizeof(*operations); i++)
			measure(&operations[i], workers, count);
		measure(&reading, workers, count);
	}
	return 0;
}
