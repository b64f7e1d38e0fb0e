// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - System controls
 */

#define _GNU_SOURCE
#include "common.h"

#define KNOB "/proc/sys/vm/overcommit_memory"

FIXTURE(sysctl)
{
	struct world w;
	char value[16];
};

FIXTURE_SETUP(sysctl)
{
	make_world(_metadata, &self->w);
	ASSERT_EQ(0, read_file(KNOB, self->value, sizeof(self->value)));
}

FIXTURE_TEARDOWN(sysctl)
{
	remove_world(&self->w);
}

static int attack_write(void *const arg)
{
	return write_file(KNOB, arg);
}

/* F8: uid 0 is all it takes outside. */
TEST_F(sysctl, write)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, attack_write, self->value));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, attack_write, self->value));
	/* Not with every capability either. */
	allow_everything(&self->w);
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, attack_write, self->value));
}

static int attack_read(void *const arg)
{
	char text[16];

	return read_file(KNOB, text, sizeof(text));
}

/* F9 */
TEST_F(sysctl, read)
{
	EXPECT_EQ(0, in_jail(&self->w, 0, attack_read, NULL));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, attack_read, NULL));
}

/* Those that turn into root of the host, one by one. */
static const char *const dangerous[] = {
	"/proc/sys/kernel/core_pattern",
	"/proc/sys/kernel/modprobe",
	"/proc/sys/kernel/hotplug",
	"/proc/sys/kernel/poweroff_cmd",
	"/proc/sys/kernel/panic",
	"/proc/sys/kernel/hostname",
	"/proc/sys/kernel/domainname",
	"/proc/sys/kernel/randomize_va_space",
	"/proc/sys/kernel/pid_max",
	"/proc/sys/kernel/sysrq",
	"/proc/sys/kernel/shmmax",
	"/proc/sys/fs/suid_dumpable",
	"/proc/sys/fs/file-max",
	"/proc/sys/fs/mqueue/queues_max",
	"/proc/sys/vm/drop_caches",
	"/proc/sys/user/max_user_namespaces",
	"/proc/sys/net/ipv4/ip_forward",
	"/proc/sys/net/ipv4/ip_unprivileged_port_start",
	"/proc/sys/net/core/somaxconn",
};

/* Opens for writing all that are there; counts them. */
static int open_dangerous(void *const arg)
{
	int *const opened = arg;
	size_t i;

	*opened = 0;
	for (i = 0; i < ARRAY_SIZE(dangerous); i++) {
		const int fd = open(dangerous[i], O_WRONLY | O_CLOEXEC);

		if (fd >= 0) {
			++*opened;
			close(fd);
		}
	}
	return 0;
}

TEST_F(sysctl, open)
{
	int *const opened = &self->w.shared->values[0];

	EXPECT_EQ(0, in_chroot(&self->w, 0, open_dangerous, opened));
	EXPECT_LE(10, *opened);
	EXPECT_EQ(0, in_jail(&self->w, 0, open_dangerous, opened));
	EXPECT_EQ(0, *opened);
}

/* A descriptor that the host opened and sent in. */

static int write_received(void *const arg)
{
	const struct world *const w = arg;
	const int fd = receive_fd(w->shared->values[0]);
	const char value = w->shared->values[1];

	if (fd < 0)
		return errno;
	return RESULT(write(fd, &value, 1));
}

TEST_F(sysctl, descriptor_from_outside)
{
	char path[128];
	int pair[2], fd, result;

	/* By the jail's own mount: the file is below the jail's root. */
	snprintf(path, sizeof(path), "%s%s", self->w.root, KNOB);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	self->w.shared->values[0] = pair[0];
	self->w.shared->values[1] = self->value[0];
	ASSERT_EQ(0, send_fd(pair[1], fd));
	close(fd);
	EXPECT_EQ(0, in_chroot(&self->w, 0, write_received, &self->w));

	fd = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_fd(pair[1], fd));
	close(fd);
	result = in_jail(&self->w, 0, write_received, &self->w);
	/* Refused on arrival or when it is used. */
	EXPECT_TRUE(result == EPERM || result == EACCES)
	{
		TH_LOG("result %d", result);
	}
}

/* Also by a descriptor that one jailed task opened for reading. */
static int reopen(void *const arg)
{
	const int fd = open(KNOB, O_RDONLY | O_CLOEXEC);
	char path[64];
	int again;

	if (fd < 0)
		return UNREACHED;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_WRONLY | O_CLOEXEC);
	if (again < 0)
		return errno;
	return RESULT(write(again, arg, strlen(arg)));
}

TEST_F(sysctl, reopen)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, reopen, self->value));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, reopen, self->value));
}

TEST_HARNESS_MAIN
