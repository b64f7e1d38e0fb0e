// SPDX-License-Identifier: GPL-2.0
/*
 * Jail benchmarks - Many idle processes, each confined for itself
 *
 * usage: population fill FROM COUNT COMMAND [ARGUMENT]...
 *        population memory NAME COUNT COMMAND [ARGUMENT]...
 *        population remove NAME COUNT
 *
 * fill starts COUNT processes that stay.  Where COMMAND has a %, the number of the
 * process stands there, from FROM on, as two bytes with a dot between them, as the
 * end of an address.  memory prints what the kernel needs for each: bytes.  remove
 * kills the COUNT youngest jails and prints the time that each took.  Where COMMAND
 * is a wall of bench.h, no program is started.
 */

#include <sys/ioctl.h>

#include "bench.h"

/* The arguments with the number of the process in them. */
static void run(char *const argv[], const unsigned int nth)
{
	char *own[32] = {};
	unsigned int i;

	for (i = 0; argv[i] && i < 31; i++) {
		char *const percent = strchr(argv[i], '%');

		own[i] = argv[i];
		if (percent &&
		    asprintf(&own[i], "%.*s%u.%u%s", (int)(percent - argv[i]),
			     argv[i], nth >> 8, nth & 255, percent + 1) < 0)
			die("asprintf");
	}
	execvp(own[0], own);
	die("%s", own[0]);
}

static void start(const unsigned int nth, const int null, char *const argv[])
{
	int ready[2];
	char byte;

	MUST(pipe2(ready, O_CLOEXEC));
	if (!MUST(fork())) {
		signal(SIGCHLD, SIG_DFL);
		MUST(dup2(null, STDIN_FILENO));
		MUST(dup2(ready[1], STDOUT_FILENO));
		if (*argv[0] != ':')
			run(argv, nth);
		close(ready[0]);
		close(ready[1]);
		enter_wall(argv[0], 0x10000 + nth);
		MUST(write(STDOUT_FILENO, "", 1));
		for (;;)
			pause();
	}
	close(ready[1]);
	if (MUST(read(ready[0], &byte, 1)) != 1)
		die("process %u", nth);
	close(ready[0]);
}

static void fill(const unsigned int from, const unsigned int count,
		 char *const argv[])
{
	const int null = MUST(open("/dev/null", O_RDWR | O_CLOEXEC));
	unsigned int i;

	for (i = from; i < from + count; i++)
		start(i, null, argv);
	close(null);
}

/*
 * Under a parent that does not wait: init would, and look at all of them for each
 * that ends.
 */
static void fill_and_stay(const unsigned int from, const unsigned int count,
			  char *const argv[])
{
	int done[2];
	char byte;

	MUST(pipe2(done, O_CLOEXEC));
	if (!MUST(fork())) {
		signal(SIGCHLD, SIG_IGN);
		fill(from, count, argv);
		MUST(write(done[1], "", 1));
		MUST(dup2(done[1], STDOUT_FILENO));
		MUST(dup2(done[1], STDERR_FILENO));
		close(done[0]);
		close(done[1]);
		for (;;)
			pause();
	}
	close(done[1]);
	if (MUST(read(done[0], &byte, 1)) != 1)
		die("their parent");
	close(done[0]);
}

/* What the kernel has in use, in bytes. */
static long kernel_memory(void)
{
	static const char *const names[] = {
		"Slab:",
		"KernelStack:",
		"PageTables:",
		"Percpu:",
	};
	long value, sum = 0;
	char name[64];
	FILE *file;
	int cache;
	size_t i;

	cache = MUST(open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC));
	MUST(write(cache, "3", 1));
	close(cache);
	settle();
	file = fopen("/proc/meminfo", "re");
	if (!file)
		die("/proc/meminfo");
	while (fscanf(file, "%63s %ld kB ", name, &value) > 0)
		for (i = 0; i < sizeof(names) / sizeof(*names); i++)
			if (!strcmp(name, names[i]))
				sum += value * 1024;
	fclose(file);
	return sum;
}

static void measure_memory(const char *const name, const unsigned int count,
			   char *const argv[])
{
	double sample;
	long before;

	/* Some first, so that no slab is new. */
	fill(0, 50, argv);
	before = kernel_memory();
	fill(50, count, argv);
	sample = (double)(kernel_memory() - before) / count;
	print_samples("memory", name, &sample, 1);
}

static int by_number(const void *const a, const void *const b)
{
	const __u32 x = *(const __u32 *)a, y = *(const __u32 *)b;

	return (x < y) - (x > y);
}

static void measure_removal(const char *const name, const unsigned int count)
{
	static __u32 jids[100000];
	double samples[100];
	unsigned int n = 0, i;
	char line[1024];
	FILE *file;

	file = fopen("/proc/jails", "re");
	if (!file)
		die("/proc/jails");
	while (fgets(line, sizeof(line), file) && n < 100000)
		if (sscanf(line, "%u", &jids[n]) == 1)
			n++;
	fclose(file);
	if (n < count || count > 100)
		die("%u jails", n);
	qsort(jids, n, sizeof(*jids), by_number);
	for (i = 0; i < count; i++) {
		const int fd = MUST(syscall(__NR_jail_open, jids[i], 0));
		__u64 start;

		settle();
		start = now();
		MUST(ioctl(fd, JAIL_IOC_KILL, 0));
		samples[i] = now() - start;
		close(fd);
	}
	print_samples("remove", name, samples, count);
}

int main(const int argc, char *const argv[])
{
	const unsigned int count = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;

	if (argc > 4 && !strcmp(argv[1], "fill"))
		fill_and_stay(strtoul(argv[2], NULL, 10), count, argv + 4);
	else if (argc > 4 && !strcmp(argv[1], "memory"))
		measure_memory(argv[2], count, argv + 4);
	else if (argc == 4 && !strcmp(argv[1], "remove"))
		measure_removal(argv[2], count);
	else
		return 2;
	return 0;
}
