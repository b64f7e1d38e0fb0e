// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Communication between processes, and the host name
 */

#define _GNU_SOURCE
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/utsname.h>

#include "common.h"

#define KEY 0x6a61696c

FIXTURE(ipc)
{
	struct world w;
	int shm, sem, msg;
};

FIXTURE_VARIANT(ipc)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(ipc, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(ipc, user) {
	/* clang-format on */
	.uid = UID_USER,
};

FIXTURE_SETUP(ipc)
{
	make_world(_metadata, &self->w);
	self->shm = shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0666);
	self->sem = semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0666);
	self->msg = msgget(KEY, IPC_CREAT | IPC_EXCL | 0666);
	ASSERT_LE(0, self->shm);
	ASSERT_LE(0, self->sem);
	ASSERT_LE(0, self->msg);
}

FIXTURE_TEARDOWN(ipc)
{
	shmctl(self->shm, IPC_RMID, NULL);
	semctl(self->sem, 0, IPC_RMID);
	msgctl(self->msg, IPC_RMID, NULL);
	remove_world(&self->w);
}

/* I1: by key and by number. */

static int find_shm(void *const arg)
{
	return RESULT(shmget(KEY, 0, 0));
}

static int attach_shm(void *const arg)
{
	return shmat(*(const int *)arg, NULL, 0) == (void *)-1 ? errno : 0;
}

static int find_sem(void *const arg)
{
	return RESULT(semget(KEY, 0, 0));
}

static int change_sem(void *const arg)
{
	return RESULT(semctl(*(const int *)arg, 0, SETVAL, 1));
}

static int find_msg(void *const arg)
{
	return RESULT(msgget(KEY, 0));
}

static int send_msg(void *const arg)
{
	const struct {
		long type;
		char text[1];
	} message = { 1, "x" };

	return RESULT(msgsnd(*(const int *)arg, &message, 1, IPC_NOWAIT));
}

TEST_F(ipc, shared_memory)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, find_shm, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, find_shm, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, attach_shm, &self->shm));
	EXPECT_EQ(EINVAL,
		  in_jail(&self->w, variant->uid, attach_shm, &self->shm));
}

TEST_F(ipc, semaphores)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, find_sem, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, find_sem, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, change_sem, &self->sem));
	EXPECT_EQ(EINVAL,
		  in_jail(&self->w, variant->uid, change_sem, &self->sem));
}

TEST_F(ipc, messages)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, find_msg, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, find_msg, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, send_msg, &self->msg));
	EXPECT_EQ(EINVAL,
		  in_jail(&self->w, variant->uid, send_msg, &self->msg));
}

static int use_own(void *const arg)
{
	const int shm = shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600);

	if (shm < 0)
		return errno;
	return shmat(shm, NULL, 0) == (void *)-1 ? errno : 0;
}

/* The same key is another segment inside. */
TEST_F(ipc, own_shared_memory)
{
	EXPECT_EQ(EEXIST, in_chroot(&self->w, variant->uid, use_own, NULL));
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, use_own, NULL));
	/* It went with its jail. */
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, use_own, NULL));
}

/* A segment that was attached at entry. */
static int use_attached(void *const arg)
{
	return RESULT(shmctl(*(const int *)arg, IPC_RMID, NULL));
}

TEST_F(ipc, remove_attached)
{
	void *const at = shmat(self->shm, NULL, 0);

	ASSERT_NE((void *)-1, at);
	EXPECT_EQ(EINVAL,
		  in_jail(&self->w, variant->uid, use_attached, &self->shm));
	/* Only its owner may. */
	EXPECT_EQ(variant->uid ? EPERM : 0,
		  in_chroot(&self->w, variant->uid, use_attached, &self->shm));
	shmdt(at);
}

/* I2: POSIX message queues. */

static int open_queue(void *const arg)
{
	const int fd = syscall(__NR_mq_open, "jail-test", O_RDWR, 0, NULL);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(ipc, queue)
{
	const int fd = syscall(__NR_mq_open, "jail-test",
			       O_RDWR | O_CREAT | O_CLOEXEC, 0666, NULL);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fchmod(fd, 0666));
	close(fd);
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, open_queue, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, open_queue, NULL));
	EXPECT_EQ(0, syscall(__NR_mq_unlink, "jail-test"));
}

/* I3: POSIX shared memory is files, in a file system of each jail's own. */

#define SEGMENT "/dev/shm/jail-test"

static int open_segment(void *const arg)
{
	const int fd = open(SEGMENT, O_RDWR | O_CLOEXEC);

	return fd < 0 ? errno : RESULT(close(fd));
}

static int make_segment(void *const arg)
{
	const int fd =
		open(SEGMENT, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(ipc, posix_shared_memory)
{
	struct stat st;

	ASSERT_EQ(0, mount("jail", "/dev/shm", "tmpfs", 0, "mode=1777"));
	make_dir(_metadata, &self->w, "/dev/shm", 01777);
	make_mount(_metadata, &self->w, "/dev/shm", "tmpfs", "mode=1777");
	ASSERT_EQ(0, make_segment(NULL));
	ASSERT_EQ(0, chmod(SEGMENT, 0666));
	EXPECT_EQ(0, on_host(&self->w, variant->uid, open_segment, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, open_segment, NULL));
	/* Nor does the host get to see those of the jail. */
	ASSERT_EQ(0, unlink(SEGMENT));
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, make_segment, NULL));
	EXPECT_EQ(-1, stat(SEGMENT, &st));
	EXPECT_EQ(0, on_host(&self->w, variant->uid, make_segment, NULL));
	EXPECT_EQ(0, stat(SEGMENT, &st));
}

/* I4: the name of the host. */

static int set_name(void *const arg)
{
	return RESULT(sethostname("attacked", 8));
}

static int set_domain(void *const arg)
{
	return RESULT(setdomainname("attacked", 8));
}

static int compare_name(void *const arg)
{
	struct utsname name;

	return uname(&name) || strcmp(name.nodename, arg) ? ENOENT : 0;
}

TEST_F(ipc, hostname)
{
	char before[65] = "", after[65] = "";

	ASSERT_EQ(0, sethostname("host", 4));
	ASSERT_EQ(0, gethostname(before, sizeof(before) - 1));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, set_name, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, set_domain, NULL));
	allow_everything(&self->w);
	/* What it may change then is its own. */
	in_jail(&self->w, variant->uid, set_name, NULL);
	ASSERT_EQ(0, gethostname(after, sizeof(after) - 1));
	EXPECT_STREQ(before, after);
	if (!variant->uid) {
		EXPECT_EQ(0, in_chroot(&self->w, 0, set_name, NULL));
		ASSERT_EQ(0, gethostname(after, sizeof(after) - 1));
		EXPECT_STREQ("attacked", after);
	}
}

TEST_F(ipc, own_hostname)
{
	ASSERT_EQ(0, sethostname("host", 4));
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, compare_name, "host"));
	self->w.args.hostname = ptr_to_u64("inmate.example.org");
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, compare_name,
			     "inmate.example.org"));
	EXPECT_EQ(0, on_host(&self->w, variant->uid, compare_name, "host"));
}

TEST_HARNESS_MAIN
