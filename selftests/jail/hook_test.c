// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jail tests - Hooks that stand behind another wall
 *
 * Reports what KUnit found at boot, as user space cannot reach these hooks while
 * the wall before them stands: see security/jail/task_test.c.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "../kselftest.h"

#define RESULTS "/sys/kernel/debug/kunit/jail_task/results"
#define MAX_TESTS 64

/* Parameters of a test are two levels deep. */
#define INDENT "        "

int main(void)
{
	char name[MAX_TESTS][64], line[256];
	bool passed[MAX_TESTS];
	unsigned int count = 0;
	FILE *file;

	ksft_print_header();
	/* It may be mounted already. */
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	file = fopen(RESULTS, "re");
	if (!file)
		ksft_exit_skip("%s: %s: CONFIG_SECURITY_JAIL_KUNIT_TEST?\n",
			       RESULTS, strerror(errno));

	while (count < MAX_TESTS && fgets(line, sizeof(line), file)) {
		if (strncmp(line, INDENT, strlen(INDENT)))
			continue;
		passed[count] = sscanf(line, " ok %*u %63s", name[count]) == 1;
		if (passed[count] ||
		    sscanf(line, " not ok %*u %63s", name[count]) == 1)
			count++;
	}
	fclose(file);
	if (!count)
		ksft_exit_fail_msg("%s: no result\n", RESULTS);

	ksft_set_plan(count);
	for (unsigned int i = 0; i < count; i++)
		ksft_test_result(passed[i], "%s\n", name[i]);
	ksft_finished();
}
