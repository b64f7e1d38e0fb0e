// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Keyrings
 */

#define _GNU_SOURCE
#include <linux/keyctl.h>

#include "common.h"

FIXTURE(keyring)
{
	struct world w;
};

FIXTURE_SETUP(keyring)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(keyring)
{
	remove_world(&self->w);
}

/* I7: a session keyring for the parent, which is outside. */

static int give_to_parent(void *const arg)
{
	if (syscall(__NR_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "attack") < 0)
		return UNREACHED;
	return RESULT(syscall(__NR_keyctl, KEYCTL_SESSION_TO_PARENT));
}

TEST_F(keyring, session_to_parent)
{
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, give_to_parent, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, give_to_parent, NULL));
}

/* I8: in a jail it is allowed, and the parent stays in it. */

static int give_to_jailed_parent(void *const arg)
{
	const pid_t pid = fork();
	char before[4096], after[4096], *was, *is;
	int status;

	if (pid == 0)
		_exit(give_to_parent(NULL));
	if (pid < 0 || read_file("/proc/self/status", before, sizeof(before)) ||
	    waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return UNREACHED;
	if (WEXITSTATUS(status))
		return WEXITSTATUS(status);
	if (read_file("/proc/self/status", after, sizeof(after)))
		return UNREACHED;
	was = strstr(before, "\nJid:\t");
	is = strstr(after, "\nJid:\t");
	if (!was || !is || strtoul(was + 6, NULL, 10) == 0 ||
	    strtoul(was + 6, NULL, 10) != strtoul(is + 6, NULL, 10))
		return ESRCH;
	/* What the credential decides is still refused. */
	return unshare(CLONE_NEWUSER) == -1 && errno == EPERM ? 0 : EFAULT;
}

TEST_F(keyring, session_to_jailed_parent)
{
	EXPECT_EQ(0, in_jail(&self->w, 0, give_to_jailed_parent, NULL));
}

TEST_HARNESS_MAIN
