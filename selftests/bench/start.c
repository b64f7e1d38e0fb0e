// SPDX-License-Identifier: GPL-2.0
/*
 * Jail benchmarks - What it takes to start a program and to wait for its end
 *
 * usage: start NAME ROUNDS STARTS COMMAND [ARGUMENT]...
 *
 * The program's output goes to /dev/null.  Each of ROUNDS samples is the mean of
 * STARTS starts that follow each other, with all that the kernel puts off.  Where
 * COMMAND is a wall of bench.h, that is /bench/true behind it, without a tool.
 */

#include "bench.h"

static unsigned int nth = 100;
static int null;

static void start(char *const argv[])
{
	pid_t pid;

	nth = nth % 60000 + 1;
	pid = MUST(fork());
	if (!pid) {
		MUST(dup2(null, STDIN_FILENO));
		MUST(dup2(null, STDOUT_FILENO));
		if (*argv[0] == ':') {
			enter_wall(argv[0], nth);
			exec_true();
		}
		execvp(argv[0], argv);
		die("%s", argv[0]);
	}
	wait_for(pid);
}

int main(const int argc, char *const argv[])
{
	int rounds, starts, i, k;
	double *samples;

	if (argc < 5)
		return 2;
	rounds = atoi(argv[2]);
	starts = atoi(argv[3]);
	samples = calloc(rounds, sizeof(*samples));
	if (rounds <= 0 || starts <= 0 || !samples)
		return 2;
	null = MUST(open("/dev/null", O_RDWR | O_CLOEXEC));
	for (k = 0; k < starts; k++)
		start(argv + 4);
	for (i = 0; i < rounds; i++) {
		const __u64 begin = now();

		for (k = 0; k < starts; k++)
			start(argv + 4);
		samples[i] = (double)(now() - begin) / starts;
	}
	print_samples("start", argv[1], samples, rounds);
	return 0;
}
