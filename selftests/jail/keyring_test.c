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

/*
 * E16: a task that is to make a key for somebody else.  The kernel starts it, by
 * a name that is here a copy of this program.
 */

#define SERVICE "/sbin/request-key"

/* In the name of a key: its maker is to enter a jail first. */
#define INSIDE "inside"

static int make_key(const int key)
{
	return RESULT(syscall(__NR_keyctl, KEYCTL_INSTANTIATE, key, "x", 1, 0));
}

static int take_authority(const int key)
{
	return RESULT(syscall(__NR_keyctl, KEYCTL_ASSUME_AUTHORITY, key));
}

static void serve_request(const int key)
{
	const struct jail_args args = {
		.cap_ceiling = CEILING_DEFAULT,
		.path = ptr_to_u64("/"),
		.dirfd = AT_FDCWD,
	};
	char name[128] = "";

	if (take_authority(key) || syscall(__NR_keyctl, KEYCTL_DESCRIBE, key,
					   name, sizeof(name) - 1) < 0)
		return;
	/* If it cannot enter, it makes the key, and the test fails. */
	if (strstr(name, INSIDE))
		jail(&args, sizeof(args), 0);
	if (make_key(key) && !take_authority(key))
		make_key(key);
}

__attribute__((constructor)) static void serve(int argc, char **argv)
{
	if (argc < 3 || strcmp(argv[0], SERVICE) || strcmp(argv[1], "create"))
		return;
	serve_request(atoi(argv[2]));
	_exit(0);
}

FIXTURE(service)
{
	bool installed;
};

FIXTURE_SETUP(service)
{
	self->installed = access(SERVICE, F_OK) && errno == ENOENT;
	if (self->installed)
		install_program(_metadata, SERVICE, 0755);
}

FIXTURE_TEARDOWN(service)
{
	if (self->installed)
		unlink(SERVICE);
}

static int request_key(const char *const where)
{
	char name[64];

	/* Of another name each time: a refusal is remembered. */
	snprintf(name, sizeof(name), "jail-test-%d-%s", getpid(), where);
	return RESULT(syscall(__NR_request_key, "user", name, "", 0));
}

TEST_F(service, authority)
{
	if (!self->installed)
		SKIP(return, "The machine has a %s of its own", SERVICE);
	EXPECT_EQ(0, request_key("outside"));
	EXPECT_EQ(ENOKEY, request_key(INSIDE));
}

TEST_HARNESS_MAIN
