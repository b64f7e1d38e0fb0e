// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Device nodes
 */

#define _GNU_SOURCE
#include "common.h"

FIXTURE(device)
{
	struct world w;
};

FIXTURE_SETUP(device)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(device)
{
	remove_world(&self->w);
}

/* D1 */

static int make_device(const mode_t type, const unsigned int major_nr,
		       const unsigned int minor_nr)
{
	const int err = RESULT(
		mknod("/tmp/node", type | 0600, makedev(major_nr, minor_nr)));

	unlink("/tmp/node");
	return err;
}

static int make_character_device(void *const arg)
{
	return make_device(S_IFCHR, 1, 1);
}

static int make_null(void *const arg)
{
	return make_device(S_IFCHR, 1, 3);
}

static int make_block_device(void *const arg)
{
	return make_device(S_IFBLK, 8, 0);
}

static int make_fifo(void *const arg)
{
	return make_device(S_IFIFO, 0, 0);
}

TEST_F(device, mknod)
{
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, make_character_device, NULL));
	EXPECT_EQ(0, in_jail(&self->w, 0, make_fifo, NULL));
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, make_character_device, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, make_character_device, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, make_block_device, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, make_block_device, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, make_null, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, make_null, NULL));
	EXPECT_EQ(0, in_jail(&self->w, 0, make_fifo, NULL));
}

/* D2: nodes that the host left in the directory. */

struct node {
	const char *name;
	mode_t type;
	unsigned int major_nr, minor_nr;
};

static const struct node refused[] = {
	{ "/dev/mem", S_IFCHR, 1, 1 },
	{ "/dev/port", S_IFCHR, 1, 4 },
	{ "/dev/kmsg", S_IFCHR, 1, 11 },
	{ "/dev/tty0", S_IFCHR, 4, 0 },
	{ "/dev/ttyS0", S_IFCHR, 4, 64 },
	{ "/dev/console", S_IFCHR, 5, 1 },
	{ "/dev/hvc0", S_IFCHR, 229, 0 },
	{ "/dev/tun", S_IFCHR, 10, 200 },
	{ "/dev/fuse", S_IFCHR, 10, 229 },
	{ "/dev/kvm", S_IFCHR, 10, 232 },
	{ "/dev/loop-control", S_IFCHR, 10, 237 },
	{ "/dev/userfaultfd", S_IFCHR, 10, 126 },
	{ "/dev/ram0", S_IFBLK, 1, 0 },
	{ "/dev/sda", S_IFBLK, 8, 0 },
	{ "/dev/loop0", S_IFBLK, 7, 0 },
	{ "/dev/vda", S_IFBLK, 254, 0 },
};

static const struct node allowed[] = {
	{ "/dev/zero", S_IFCHR, 1, 5 },	  { "/dev/full", S_IFCHR, 1, 7 },
	{ "/dev/random", S_IFCHR, 1, 8 }, { "/dev/urandom", S_IFCHR, 1, 9 },
	{ "/dev/tty", S_IFCHR, 5, 0 },
};

/* Opens all; an answer for each stands in @arg. */
static int open_refused(void *const arg)
{
	int *const answers = arg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		const int fd =
			open(refused[i].name, O_RDWR | O_NONBLOCK | O_NOCTTY);

		answers[i] = fd < 0 ? errno : RESULT(close(fd));
	}
	return 0;
}

static int open_allowed(void *const arg)
{
	int *const answers = arg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allowed); i++) {
		const int fd =
			open(allowed[i].name, O_RDWR | O_NONBLOCK | O_NOCTTY);

		answers[i] = fd < 0 ? errno : RESULT(close(fd));
	}
	return 0;
}

TEST_F(device, open)
{
	int *const answers = self->w.shared->values;
	int opened = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++)
		make_node(_metadata, &self->w, refused[i].name, refused[i].type,
			  refused[i].major_nr, refused[i].minor_nr);
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, open_refused, answers));
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		opened += !answers[i];
	/* At least /dev/kmsg and the console are there. */
	EXPECT_LE(2, opened);
	EXPECT_EQ(0, in_jail(&self->w, 0, open_refused, answers));
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(EACCES, answers[i])
		{
			TH_LOG("%s", refused[i].name);
		}
	}
}

TEST_F(device, open_as_user)
{
	int *const answers = self->w.shared->values;
	int opened = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++)
		make_node(_metadata, &self->w, refused[i].name, refused[i].type,
			  refused[i].major_nr, refused[i].minor_nr);
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, open_refused, answers));
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		opened += !answers[i];
	EXPECT_LE(1, opened);
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, open_refused, answers));
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(EACCES, answers[i])
		{
			TH_LOG("%s", refused[i].name);
		}
	}
}

TEST_F(device, allowed)
{
	int *const answers = self->w.shared->values;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allowed); i++)
		make_node(_metadata, &self->w, allowed[i].name, allowed[i].type,
			  allowed[i].major_nr, allowed[i].minor_nr);
	EXPECT_EQ(0, in_jail(&self->w, 0, open_allowed, answers));
	for (i = 0; i < ARRAY_SIZE(allowed); i++) {
		/* There is no controlling terminal: ENXIO, not EACCES. */
		EXPECT_EQ(allowed[i].minor_nr ? 0 : ENXIO, answers[i])
		{
			TH_LOG("%s", allowed[i].name);
		}
	}
}

/* D4: a line for the host's log, for which no capability is needed. */

static int write_log(void *const arg)
{
	const int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	return write(fd, "jail test\n", 10) == 10 ? 0 : errno;
}

TEST_F(device, log)
{
	make_node(_metadata, &self->w, "/dev/kmsg", S_IFCHR, 1, 11);
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, write_log, NULL));
	EXPECT_EQ(EACCES, in_jail(&self->w, UID_USER, write_log, NULL));
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, write_log, NULL));
}

TEST_HARNESS_MAIN
