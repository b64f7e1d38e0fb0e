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
 * Jails begin with one empty session keyring, to which nobody can do anything,
 * and whoever writes to it gets one of his own.
 */

static long get_session(void)
{
	return syscall(__NR_keyctl, KEYCTL_GET_KEYRING_ID,
		       KEY_SPEC_SESSION_KEYRING, 0);
}

static long add(const long keyring)
{
	return syscall(__NR_add_key, "user", "jail-lazy", "x", 1, keyring);
}

static long find(void)
{
	return syscall(__NR_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING,
		       "user", "jail-lazy", 0);
}

static int tell_session(void *const arg)
{
	const struct world *const w = arg;

	w->shared->values[0] = get_session();
	return 0;
}

static int find_added(void *const arg)
{
	return RESULT(find());
}

static int add_and_find(void *const arg)
{
	const long before = get_session();

	if (add(KEY_SPEC_SESSION_KEYRING) < 0)
		return errno;
	return get_session() == before ? EEXIST : RESULT(find());
}

TEST_F(keyring, begins_empty)
{
	int first;

	EXPECT_EQ(0, in_jail(&self->w, 0, tell_session, &self->w));
	first = self->w.shared->values[0];
	EXPECT_LT(0, first);
	EXPECT_EQ(0, in_jail(&self->w, 0, tell_session, &self->w));
	EXPECT_EQ(first, self->w.shared->values[0]);

	EXPECT_EQ(0, in_jail(&self->w, 0, add_and_find, NULL));
	EXPECT_EQ(ENOKEY, in_jail(&self->w, 0, find_added, NULL));
}

struct keyring_attack {
	const char *name;
	long (*run)(const long keyring);
};

static long clear(const long keyring)
{
	return syscall(__NR_keyctl, KEYCTL_CLEAR, keyring);
}

static long link_key(const long keyring)
{
	const long key = add(KEY_SPEC_PROCESS_KEYRING);

	return key < 0 ? 0 : syscall(__NR_keyctl, KEYCTL_LINK, key, keyring);
}

static long link_away(const long keyring)
{
	return syscall(__NR_keyctl, KEYCTL_LINK, keyring,
		       KEY_SPEC_PROCESS_KEYRING);
}

static long set_permissions(const long keyring)
{
	return syscall(__NR_keyctl, KEYCTL_SETPERM, keyring, 0x3f3f3f3f);
}

static long set_owner(const long keyring)
{
	return syscall(__NR_keyctl, KEYCTL_CHOWN, keyring, 0, 0);
}

static long set_timeout(const long keyring)
{
	return syscall(__NR_keyctl, KEYCTL_SET_TIMEOUT, keyring, 3600);
}

static long restrict_links(const long keyring)
{
	return syscall(__NR_keyctl, KEYCTL_RESTRICT_KEYRING, keyring, NULL,
		       NULL);
}

static long invalidate(const long keyring)
{
	return syscall(__NR_keyctl, KEYCTL_INVALIDATE, keyring);
}

static long revoke_key(const long keyring)
{
	return syscall(__NR_keyctl, KEYCTL_REVOKE, keyring);
}

/* The last ones end a keyring. */
static const struct keyring_attack keyring_attacks[] = {
	{ "add", add },
	{ "clear", clear },
	{ "link", link_key },
	{ "link away", link_away },
	{ "setperm", set_permissions },
	{ "chown", set_owner },
	{ "timeout", set_timeout },
	{ "restrict", restrict_links },
	{ "invalidate", invalidate },
	{ "revoke", revoke_key },
};

static int attack_own(void *const arg)
{
	const struct keyring_attack *const attack = arg;
	const long own =
		syscall(__NR_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);

	/* The owner may do everything. */
	if (own < 0 || set_permissions(own))
		return UNREACHED;
	return attack->run(own) < 0 ? errno : 0;
}

static int attack_empty(void *const arg)
{
	const struct keyring_attack *const attack = arg;

	return attack->run(get_session()) < 0 ? errno : 0;
}

static void attack_keyrings(struct __test_metadata *const _metadata,
			    const struct world *const w)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(keyring_attacks); i++) {
		const struct keyring_attack *const attack = &keyring_attacks[i];

		EXPECT_EQ(0, in_jail(w, 0, attack_own, (void *)attack))
		{
			TH_LOG("control of %s", attack->name);
		}
		err = in_jail(w, 0, attack_empty, (void *)attack);
		EXPECT_TRUE(err == EACCES || err == EPERM)
		{
			TH_LOG("%s: error %d", attack->name, err);
		}
	}
}

TEST_F(keyring, stays_empty)
{
	attack_keyrings(_metadata, &self->w);
	allow_everything(&self->w);
	attack_keyrings(_metadata, &self->w);
	EXPECT_EQ(0, in_jail(&self->w, 0, add_and_find, NULL));
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
