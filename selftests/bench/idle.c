// SPDX-License-Identifier: GPL-2.0
/* Jail benchmarks - A process that says that it is there, and does nothing */

#include <unistd.h>

int main(void)
{
	if (write(STDOUT_FILENO, "\n", 1) != 1)
		return 1;
	for (;;)
		pause();
}
