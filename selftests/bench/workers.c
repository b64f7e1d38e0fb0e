// SPDX-License-Identifier: GPL-2.0
/*
 * Jail benchmarks - How one worker and two compare, by the clock
 *
 * usage: workers ROUNDS COUNT
 *
 * In each round one process, and then two at a time, do COUNT operations each, of
 * each kind.  A sample is the time of one operation; two workers that do not hinder
 * each other take as long for theirs as one does.
 */

#include "bench.h"

static unsigned int nth;

static void start(const char *const wall)
{
	const pid_t pid = MUST(fork());

	if (!pid) {
		enter_wall(wall, nth);
		exec_true();
	}
	wait_for(pid);
}

static void start_none(void)
{
	start(":none");
}

static void start_chroot(void)
{
	start(":chroot");
}

static void start_jail(void)
{
	start(":jail");
}

static void make_socket(void)
{
	close(MUST(socket(AF_INET, SOCK_DGRAM, 0)));
}

static void open_file(void)
{
	close(MUST(open("/bench/file", O_RDONLY)));
}

static const struct kind {
	const char *name;
	void (*run)(void);
	const char *wall;
	unsigned int times;
} kinds[] = {
	{ "fork+exec", start_none, ":none", 1 },
	{ "fork+chroot+exec", start_chroot, ":none", 1 },
	{ "fork+jail+exec", start_jail, ":none", 1 },
	{ "socket+close UDP", make_socket, ":none", 20 },
	{ "socket+close UDP, inside", make_socket, ":jail", 20 },
	{ "open+close", open_file, ":none", 20 },
	{ "open+close, inside", open_file, ":jail", 20 },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* A worker says that it is there and does its work when it is told to. */
static pid_t start_worker(const struct kind *const kind, const unsigned int w,
			  const unsigned int count, const int there,
			  const int go)
{
	const pid_t pid = MUST(fork());
	unsigned int i;
	cpu_set_t cpus;
	char byte;

	if (pid)
		return pid;
	/* An idle processor is slow to wake, and it would be another one each time. */
	CPU_ZERO(&cpus);
	CPU_SET(w, &cpus);
	MUST(sched_setaffinity(0, sizeof(cpus), &cpus));
	/* Each worker has addresses of its own. */
	nth = 30000 * w + 1;
	MUST(write(there, "", 1));
	MUST(read(go, &byte, 1));
	for (i = 0; i < count; i++) {
		kind->run();
		nth = 30000 * w + 1 + (i + 1) % 29000;
	}
	_exit(0);
}

static double time_workers(const struct kind *const kind,
			   const unsigned int workers, const unsigned int count)
{
	__u64 *const times = shared_memory(2 * sizeof(*times));
	const pid_t leader = MUST(fork());
	double each;

	if (!leader) {
		int there[2], go[2];
		unsigned int w;
		pid_t pids[2];
		char byte;

		MUST(pipe2(there, O_CLOEXEC));
		MUST(pipe2(go, O_CLOEXEC));
		enter_wall(kind->wall, 0x10000);
		for (w = 0; w < workers; w++)
			pids[w] = start_worker(kind, w, count * kind->times,
					       there[1], go[0]);
		for (w = 0; w < workers; w++)
			MUST(read(there[0], &byte, 1));
		times[0] = now();
		MUST(write(go[1], "..", workers));
		for (w = 0; w < workers; w++)
			wait_for(pids[w]);
		times[1] = now();
		_exit(0);
	}
	wait_for(leader);
	each = (double)(times[1] - times[0]) / count / kind->times;
	munmap(times, 2 * sizeof(*times));
	return each;
}

int main(const int argc, char *const argv[])
{
	const unsigned int rounds = argc == 3 ? atoi(argv[1]) : 0;
	double samples[KINDS][2][100];
	unsigned int round, i, n;

	if (!rounds || rounds > 100)
		return 2;
	for (round = 0; round < rounds; round++)
		for (i = 0; i < KINDS; i++)
			for (n = 0; n < 2; n++)
				samples[i][n][round] = time_workers(
					&kinds[i], n + 1, atoi(argv[2]));
	for (i = 0; i < KINDS; i++)
		for (n = 0; n < 2; n++)
			print_samples(n ? "two" : "one", kinds[i].name,
				      samples[i][n], rounds);
	return 0;
}
