// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Terminals
 */

#define _GNU_SOURCE
#include <sys/ioctl.h>

#include "common.h"

FIXTURE(tty)
{
	struct world w;
	/* A terminal of the host, in the instance that the jail sees too. */
	int master, slave, number;
};

static int open_master(const char *const root)
{
	char path[64];
	int fd, unlock = 0;

	snprintf(path, sizeof(path), "%s/dev/pts/ptmx", root);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && ioctl(fd, TIOCSPTLCK, &unlock))
		return -1;
	return fd;
}

static int open_slave(const char *const root, const int number)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/dev/pts/%d", root, number);
	return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

FIXTURE_SETUP(tty)
{
	struct world *const w = &self->w;

	make_world(_metadata, w);
	make_dir(_metadata, w, "/dev/pts", 0755);
	make_mount(_metadata, w, "/dev/pts", "devpts",
		   "newinstance,ptmxmode=0666,mode=0666");
	self->master = open_master(w->root);
	ASSERT_LE(0, self->master);
	ASSERT_EQ(0, ioctl(self->master, TIOCGPTN, &self->number));
	self->slave = open_slave(w->root, self->number);
	ASSERT_LE(0, self->slave);
}

FIXTURE_TEARDOWN(tty)
{
	close(self->slave);
	close(self->master);
	remove_world(&self->w);
}

/* T1: typing into a terminal that was open at entry. */

static int inject(void *const arg)
{
	return RESULT(ioctl(*(const int *)arg, TIOCSTI, "x"));
}

/* The same as its controlling terminal. */
static int inject_own(void *const arg)
{
	if (ioctl(*(const int *)arg, TIOCSCTTY, 0))
		return errno;
	return inject(arg);
}

TEST_F(tty, inject)
{
	const int *const slave = &self->slave;
	int result;

	EXPECT_EQ(0, in_chroot(&self->w, 0, inject_own, slave));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, inject_own, slave));
	result = in_jail(&self->w, 0, inject, slave);
	EXPECT_TRUE(result == EIO || result == EPERM);
	/* CAP_SYS_ADMIN would do without a controlling terminal. */
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, inject, slave));
	EXPECT_EQ(EIO, in_jail(&self->w, 0, inject, slave));
}

/* T2: taking a terminal of the host. */

static int take(void *const arg)
{
	return RESULT(ioctl(*(const int *)arg, TIOCSCTTY, 0));
}

static int take_by_open(void *const arg)
{
	char path[64];
	int fd;

	/* Without O_NOCTTY. */
	snprintf(path, sizeof(path), "/dev/pts/%d", *(const int *)arg);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	return RESULT(tcgetpgrp(fd));
}

TEST_F(tty, take)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, take, &self->slave));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, take, &self->slave));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, take, &self->slave));
	EXPECT_EQ(0, in_chroot(&self->w, 0, take_by_open, &self->number));
	EXPECT_EQ(EIO, in_jail(&self->w, 0, take_by_open, &self->number));
}

/* T3: opening one by its name. */

static int open_by_name(void *const arg)
{
	const int fd = open_slave("", *(const int *)arg);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(tty, open)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, open_by_name, &self->number));
	EXPECT_EQ(0,
		  in_chroot(&self->w, UID_USER, open_by_name, &self->number));
	EXPECT_EQ(EIO, in_jail(&self->w, 0, open_by_name, &self->number));
	EXPECT_EQ(EIO,
		  in_jail(&self->w, UID_USER, open_by_name, &self->number));
}

/* Terminals of the jail's own work. */

static int use_own(void *const arg)
{
	const int master = open_master("");
	char byte = 0;
	int slave, number;

	if (master < 0 || ioctl(master, TIOCGPTN, &number))
		return errno;
	slave = open_slave("", number);
	if (slave < 0)
		return errno;
	if (ioctl(slave, TIOCSCTTY, 0))
		return EBUSY;
	if (open("/dev/tty", O_RDWR) < 0)
		return ENXIO;
	if (write(slave, "y", 1) != 1 || read(master, &byte, 1) != 1 ||
	    byte != 'y')
		return EIO;
	return RESULT(ioctl(slave, TIOCSTI, "x"));
}

TEST_F(tty, own)
{
	make_node(_metadata, &self->w, "/dev/tty", S_IFCHR, 5, 0);
	EXPECT_EQ(0, in_jail(&self->w, 0, use_own, NULL));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, use_own, NULL));
}

/* P19: which process groups there are. */

static int ask_group(void *const arg)
{
	const pid_t *const groups = arg;
	const int master = open_master("");
	int slave, number, i, answers[2];

	if (master < 0 || ioctl(master, TIOCGPTN, &number))
		return UNREACHED;
	slave = open_slave("", number);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0))
		return UNREACHED;
	for (i = 0; i < 2; i++)
		answers[i] = RESULT(ioctl(slave, TIOCSPGRP, &groups[i]));
	/* 0: the answers tell one that exists from one that does not. */
	return answers[0] == answers[1] ? answers[0] : 0;
}

TEST_F(tty, group)
{
	const struct sentinel sentinel = start_sentinel(_metadata, 0);
	const pid_t groups[2] = { sentinel.pid, unused_pid(_metadata) };

	EXPECT_EQ(0, in_chroot(&self->w, 0, ask_group, groups));
	EXPECT_EQ(ESRCH, in_jail(&self->w, 0, ask_group, groups));
	stop_sentinel(&sentinel);
}

TEST_HARNESS_MAIN
