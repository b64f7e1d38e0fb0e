// SPDX-License-Identifier: GPL-2.0
/*
 * Jail benchmarks - Mount until the host has so many mounts
 *
 * usage: mounts COUNT
 *
 * What this process does not see, such as what others mount, is not counted.
 */

#include "bench.h"

static unsigned int count_mounts(void)
{
	FILE *const file = fopen("/proc/self/mountinfo", "re");
	unsigned int count = 0;
	int c;

	if (!file)
		die("/proc/self/mountinfo");
	while ((c = getc(file)) != EOF)
		count += c == '\n';
	fclose(file);
	return count;
}

int main(const int argc, char *const argv[])
{
	unsigned int have, want;
	char path[64];

	if (argc != 2)
		return 2;
	want = strtoul(argv[1], NULL, 10);
	mkdir("/mnt/bench", 0755);
	for (have = count_mounts(); have < want; have++) {
		snprintf(path, sizeof(path), "/mnt/bench/%u", have);
		MUST(mkdir(path, 0755));
		MUST(mount("/srv", path, NULL, MS_BIND, NULL));
	}
	fprintf(stderr, "%u mounts\n", count_mounts());
	return 0;
}
