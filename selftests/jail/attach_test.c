// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Joining a jail that is there
 */

#define _GNU_SOURCE
#include <sys/eventfd.h>

#include "common.h"

FIXTURE(attach)
{
	struct world w;
	int jailfd;
};

FIXTURE_SETUP(attach)
{
	make_world(_metadata, &self->w);
	self->jailfd = jail(&self->w.args, sizeof(self->w.args), JAIL_NO_ENTER);
	ASSERT_LE(0, self->jailfd);
}

FIXTURE_TEARDOWN(attach)
{
	close(self->jailfd);
	remove_world(&self->w);
}

static int attack_attach(void *const arg)
{
	return RESULT(jail_attach(*(const int *)arg, 0));
}

/* Returns 0 if the task is like one that made the jail itself. */
static int attach_and_look(void *const arg)
{
	char status[4096], *jid;
	struct jail_info info;
	struct stat st;

	if (ioctl(*(const int *)arg, JAIL_IOC_INFO, &info))
		return UNREACHED;
	if (jail_attach(*(const int *)arg, 0))
		return errno;
	if (stat("/", &st) || stat("/proc/self/status", &st))
		return UNREACHED;
	if (getsid(0) != getpid())
		return EPERM;
	if (prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) != 0)
		return EACCES;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return EFAULT;
	if (read_file("/proc/self/status", status, sizeof(status)))
		return UNREACHED;
	jid = strstr(status, "\nJid:\t");
	if (!jid || strtoul(jid + 6, NULL, 10) != info.jid)
		return ENOENT;
	/* Once in, no way leads out or further. */
	if (jail_attach(*(const int *)arg, 0) != -1 || errno != EPERM)
		return EEXIST;
	return 0;
}

TEST_F(attach, enters)
{
	EXPECT_EQ(0, on_host(&self->w, 0, attach_and_look, &self->jailfd));
	/* As often as one likes, also when it was empty. */
	EXPECT_EQ(0, on_host(&self->w, 0, attach_and_look, &self->jailfd));
}

TEST_F(attach, needs_privilege)
{
	EXPECT_EQ(0, on_host(&self->w, 0, attack_attach, &self->jailfd));
	EXPECT_EQ(EPERM,
		  on_host(&self->w, UID_USER, attack_attach, &self->jailfd));
	EXPECT_EQ(EPERM, in_chroot(&self->w, 0, attack_attach, &self->jailfd));
}

TEST_F(attach, bad_descriptors)
{
	const int event = eventfd(0, EFD_CLOEXEC);

	ASSERT_LE(0, event);
	EXPECT_EQ(-1, jail_attach(-1, 0));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, jail_attach(event, 0));
	EXPECT_TRUE(errno == EBADF || errno == EINVAL);
	EXPECT_EQ(-1, jail_attach(self->jailfd, 1));
	EXPECT_EQ(EINVAL, errno);
	close(event);
}

static int attach_with_directory(void *const arg)
{
	if (open("/", O_RDONLY | O_DIRECTORY) < 0)
		return UNREACHED;
	return RESULT(jail_attach(*(const int *)arg, 0));
}

/* The same rules hold as for jail(). */
TEST_F(attach, descriptors_that_reach_outside)
{
	EXPECT_EQ(EBUSY,
		  on_host(&self->w, 0, attach_with_directory, &self->jailfd));
}

/* E14: its children would be elsewhere than the jail looks for them. */

static int attach_with_pid_namespace(void *const arg)
{
	if (unshare(CLONE_NEWPID))
		return UNREACHED;
	return RESULT(jail_attach(*(const int *)arg, 0));
}

/* A child that is there already, of a caller that has the descriptor. */
static int attach_in_pid_namespace(void *const arg)
{
	pid_t pid;
	int status;

	if (unshare(CLONE_NEWPID))
		return UNREACHED;
	pid = fork();
	if (pid == 0)
		_exit(RESULT(jail_attach(*(const int *)arg, 0)));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return UNREACHED;
	return WEXITSTATUS(status);
}

TEST_F(attach, pid_namespace)
{
	EXPECT_EQ(0, on_host(&self->w, 0, attack_attach, &self->jailfd));
	EXPECT_EQ(EINVAL, on_host(&self->w, 0, attach_with_pid_namespace,
				  &self->jailfd));
	EXPECT_EQ(EINVAL,
		  on_host(&self->w, 0, attach_in_pid_namespace, &self->jailfd));
}

TEST_F(attach, dying)
{
	ASSERT_EQ(0, RESULT(ioctl(self->jailfd, JAIL_IOC_KILL, 0)));
	EXPECT_EQ(ESRCH, on_host(&self->w, 0, attack_attach, &self->jailfd));
}

/* Namespaces that the maker had before are the jail's: attach enters them. */

static int make_in_mount_namespace(void *const arg)
{
	const struct world *const w = arg;

	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("jail", w->root, "tmpfs", 0, "mode=755"))
		return UNREACHED;
	if (jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	if (mkdir("/mark", 0755))
		return UNREACHED;
	tell(w->shared->values[0]);
	hear(w->shared->values[1]);
	return 0;
}

static int attach_and_find_mark(void *const arg)
{
	struct stat st;

	if (jail_attach(*(const int *)arg, 0))
		return errno;
	return RESULT(stat("/mark", &st));
}

TEST_F(attach, mount_namespace)
{
	struct runner runner;
	int ready[2], go[2], fd, status;
	char jails[4096], *line;
	pid_t pid;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	close(self->jailfd);
	self->w.shared->values[0] = ready[1];
	self->w.shared->values[1] = go[0];
	self->w.args.name = ptr_to_u64("inner");
	self->w.args.addrs = 0;
	self->w.args.naddrs = 0;
	runner = start(_metadata, &self->w, HOST, 0, make_in_mount_namespace,
		       &self->w);
	close(ready[1]);
	ASSERT_TRUE(hear(ready[0]));
	ASSERT_EQ(0, read_file("/proc/jails", jails, sizeof(jails)));
	line = strstr(jails, " inner ");
	ASSERT_NE(NULL, line);
	while (line > jails && line[-1] != '\n')
		line--;
	fd = jail_open(strtoul(line, NULL, 10), 0);
	ASSERT_LE(0, fd);
	/* Not start(): two at once would share the result. */
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		syscall(__NR_close_range, fd + 1, ~0U, 0);
		_exit(detach_streams() || attach_and_find_mark(&fd));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
	tell(go[1]);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
	close(fd);
	self->jailfd = -1;
}

TEST_HARNESS_MAIN
