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

/* The mode of a node is that for everybody who has it mounted. */

static int change_mode(void *const arg)
{
	return RESULT(chmod("/dev/null", 0666));
}

static int change_owner(void *const arg)
{
	return RESULT(chown("/dev/null", 0, 0));
}

TEST_F(device, mode)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, change_mode, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, change_mode, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, change_owner, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, change_owner, NULL));
}

/* D2: nodes that the host left in the directory. */

FIXTURE(node)
{
	struct world w;
};

FIXTURE_VARIANT(node)
{
	const char *name;
	mode_t type;
	unsigned int major_nr, minor_nr;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, mem) {
	/* clang-format on */
	.name = "/dev/mem",
	.type = S_IFCHR,
	.major_nr = 1,
	.minor_nr = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, kmsg) {
	/* clang-format on */
	.name = "/dev/kmsg",
	.type = S_IFCHR,
	.major_nr = 1,
	.minor_nr = 11,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, tty0) {
	/* clang-format on */
	.name = "/dev/tty0",
	.type = S_IFCHR,
	.major_nr = 4,
	.minor_nr = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, serial) {
	/* clang-format on */
	.name = "/dev/ttyS0",
	.type = S_IFCHR,
	.major_nr = 4,
	.minor_nr = 64,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, console) {
	/* clang-format on */
	.name = "/dev/console",
	.type = S_IFCHR,
	.major_nr = 5,
	.minor_nr = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, uinput) {
	/* clang-format on */
	.name = "/dev/uinput",
	.type = S_IFCHR,
	.major_nr = 10,
	.minor_nr = 223,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, tun) {
	/* clang-format on */
	.name = "/dev/tun",
	.type = S_IFCHR,
	.major_nr = 10,
	.minor_nr = 200,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, loop_control) {
	/* clang-format on */
	.name = "/dev/loop-control",
	.type = S_IFCHR,
	.major_nr = 10,
	.minor_nr = 237,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, ram0) {
	/* clang-format on */
	.name = "/dev/ram0",
	.type = S_IFBLK,
	.major_nr = 1,
	.minor_nr = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(node, loop0) {
	/* clang-format on */
	.name = "/dev/loop0",
	.type = S_IFBLK,
	.major_nr = 7,
	.minor_nr = 0,
};

FIXTURE_SETUP(node)
{
	make_world(_metadata, &self->w);
	make_node(_metadata, &self->w, variant->name, variant->type,
		  variant->major_nr, variant->minor_nr);
}

FIXTURE_TEARDOWN(node)
{
	remove_world(&self->w);
}

static int open_node(void *const arg)
{
	const int fd = open(arg, O_RDWR | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(node, open)
{
	int control;

	EXPECT_EQ(EACCES, in_jail(&self->w, 0, open_node, variant->name));
	EXPECT_EQ(EACCES,
		  in_jail(&self->w, UID_USER, open_node, variant->name));
	/* What CAP_SYS_RAWIO and the like protect has no other protection. */
	allow_everything(&self->w);
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, open_node, variant->name));
	control = in_chroot(&self->w, 0, open_node, variant->name);
	if (control == ENXIO || control == ENODEV)
		SKIP(return, "The machine has no such device");
	EXPECT_EQ(0, control);
}

struct node {
	const char *name;
	unsigned int major_nr, minor_nr;
};

static const struct node allowed[] = {
	{ "/dev/zero", 1, 5 },	 { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 },
	{ "/dev/tty", 5, 0 },
};

static int open_allowed(void *const arg)
{
	int *const answers = arg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allowed); i++)
		answers[i] = open_node((void *)allowed[i].name);
	return 0;
}

TEST_F(device, allowed)
{
	int *const answers = self->w.shared->values;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allowed); i++)
		make_node(_metadata, &self->w, allowed[i].name, S_IFCHR,
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
