// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Registration as a security module
 *
 * For a kernel that was booted with lsm= and without "jail" there.
 */

#define _GNU_SOURCE
#include <linux/landlock.h>

#include "common.h"

FIXTURE(registration)
{
	struct world w;
};

FIXTURE_SETUP(registration)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(registration)
{
	remove_world(&self->w);
}

/* True if the list of modules on the command line leaves jail out. */
static bool left_out(void)
{
	char text[4096], *word;

	if (read_file("/proc/cmdline", text, sizeof(text)))
		return false;
	for (word = strtok(text, "\n "); word; word = strtok(NULL, "\n "))
		if (!strncmp(word, "lsm=", 4))
			return !strstr(word, "jail");
	return false;
}

/* One wall of each kind: hooks, credentials, the mark of the task. */

static int new_user_namespace(void *const arg)
{
	return RESULT(unshare(CLONE_NEWUSER));
}

static int use_capability(void *const arg)
{
	return RESULT(setdomainname("attacked", 8));
}

static int find_host(void *const arg)
{
	return RESULT(kill(*(const pid_t *)arg, 0));
}

/* E23 */
TEST_F(registration, left_out_of_command_line)
{
	const pid_t host = getpid();
	char text[256];

	if (!left_out())
		SKIP(return, "The kernel was not booted with lsm=");
	/* Others are dropped that way. */
	EXPECT_EQ(-1, syscall(__NR_landlock_create_ruleset, NULL, 0,
			      LANDLOCK_CREATE_RULESET_VERSION));
	EXPECT_EQ(EOPNOTSUPP, errno);
	ASSERT_EQ(0, read_file("/sys/kernel/security/lsm", text, sizeof(text)));
	EXPECT_EQ(NULL, strstr(text, "landlock"));
	EXPECT_NE(NULL, strstr(text, ",jail"));

	EXPECT_EQ(0, on_host(&self->w, 0, new_user_namespace, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, new_user_namespace, NULL));
	EXPECT_EQ(0, on_host(&self->w, 0, use_capability, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, use_capability, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, find_host, &host));
	EXPECT_EQ(ESRCH, in_jail(&self->w, 0, find_host, &host));
}

TEST_HARNESS_MAIN
