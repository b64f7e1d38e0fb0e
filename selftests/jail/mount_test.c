// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Mounts and namespaces
 *
 * The ceiling has every capability here, so that nothing but the wall refuses.
 */

#define _GNU_SOURCE
#include <linux/mount.h>

#include "common.h"

FIXTURE(mount)
{
	struct world w;
};

FIXTURE_SETUP(mount)
{
	make_world(_metadata, &self->w);
	allow_everything(&self->w);
	make_dir(_metadata, &self->w, "/mnt", 0755);
	make_dir(_metadata, &self->w, "/mounted", 0755);
	make_mount(_metadata, &self->w, "/mounted", "tmpfs", NULL);
}

FIXTURE_TEARDOWN(mount)
{
	remove_world(&self->w);
}

/* A call, its control and the refusal; the control undoes what it did. */
#define TEST_MOUNT(test)                                                 \
	TEST_F(mount, test)                                              \
	{                                                                \
		EXPECT_EQ(0, in_chroot(&self->w, 0, do_##test, NULL));   \
		EXPECT_EQ(EPERM, in_jail(&self->w, 0, do_##test, NULL)); \
	}

/* V11 */

static int do_new(void *const arg)
{
	return RESULT(mount("x", "/mnt", "tmpfs", 0, NULL) ||
				      umount2("/mnt", 0) ?
			      -1 :
			      0);
}

TEST_MOUNT(new)

static int do_proc(void *const arg)
{
	return RESULT(
		mount("x", "/mnt", "proc", 0, NULL) || umount2("/mnt", 0) ? -1 :
									    0);
}

TEST_MOUNT(proc)

static int do_bind(void *const arg)
{
	return RESULT(mount("/", "/mnt", NULL, MS_BIND, NULL) ||
				      umount2("/mnt", 0) ?
			      -1 :
			      0);
}

TEST_MOUNT(bind)

static int do_remount(void *const arg)
{
	return RESULT(
		mount(NULL, "/mounted", NULL, MS_REMOUNT | MS_NOSUID, NULL));
}

TEST_MOUNT(remount)

static int do_propagation(void *const arg)
{
	return RESULT(mount(NULL, "/mounted", NULL, MS_PRIVATE, NULL));
}

TEST_MOUNT(propagation)

static int do_move(void *const arg)
{
	return RESULT(
		mount("/mounted", "/mnt", NULL, MS_MOVE, NULL) ||
				mount("/mnt", "/mounted", NULL, MS_MOVE, NULL) ?
			-1 :
			0);
}

TEST_MOUNT(move)

/* The control is last: then it is gone. */
static int do_umount(void *const arg)
{
	return RESULT(umount2("/mounted", MNT_DETACH));
}

TEST_F(mount, umount)
{
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, do_umount, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, do_umount, NULL));
}

static int do_fsopen(void *const arg)
{
	return RESULT(syscall(__NR_fsopen, "tmpfs", 0));
}

TEST_MOUNT(fsopen)

static int do_fspick(void *const arg)
{
	return RESULT(syscall(__NR_fspick, AT_FDCWD, "/mounted", 0));
}

TEST_MOUNT(fspick)

static int do_open_tree(void *const arg)
{
	return RESULT(
		syscall(__NR_open_tree, AT_FDCWD, "/mounted", OPEN_TREE_CLONE));
}

TEST_MOUNT(open_tree)

static int do_move_mount(void *const arg)
{
	return RESULT(syscall(__NR_move_mount, AT_FDCWD, "/mounted", AT_FDCWD,
			      "/mnt", 0) ||
				      syscall(__NR_move_mount, AT_FDCWD, "/mnt",
					      AT_FDCWD, "/mounted", 0) ?
			      -1 :
			      0);
}

TEST_MOUNT(move_mount)

static int do_mount_setattr(void *const arg)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOSUID };

	return RESULT(syscall(__NR_mount_setattr, AT_FDCWD, "/mounted", 0,
			      &attr, sizeof(attr)));
}

TEST_MOUNT(mount_setattr)

static int do_pivot_root(void *const arg)
{
	/* EINVAL: the root is no mount; who may is asked first. */
	const int err = RESULT(syscall(__NR_pivot_root, "/mnt", "/mnt"));

	return err == EINVAL || err == EBUSY ? 0 : err;
}

TEST_MOUNT(pivot_root)

/* L9: namespaces of any kind. */

#define TEST_UNSHARE(test, flag)                      \
	static int do_unshare_##test(void *const arg) \
	{                                             \
		return RESULT(unshare(flag));         \
	}                                             \
	TEST_MOUNT(unshare_##test)

TEST_UNSHARE(mnt, CLONE_NEWNS)
TEST_UNSHARE(uts, CLONE_NEWUTS)
TEST_UNSHARE(ipc, CLONE_NEWIPC)
TEST_UNSHARE(net, CLONE_NEWNET)
TEST_UNSHARE(pid, CLONE_NEWPID)
TEST_UNSHARE(cgroup, CLONE_NEWCGROUP)

static int clone_with(const int flag)
{
	const pid_t pid = syscall(__NR_clone, flag | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : RESULT(waitpid(pid, NULL, 0));
}

#define TEST_CLONE(test, flag)                      \
	static int do_clone_##test(void *const arg) \
	{                                           \
		return clone_with(flag);            \
	}                                           \
	TEST_MOUNT(clone_##test)

TEST_CLONE(mnt, CLONE_NEWNS)
TEST_CLONE(uts, CLONE_NEWUTS)
TEST_CLONE(ipc, CLONE_NEWIPC)
TEST_CLONE(net, CLONE_NEWNET)
TEST_CLONE(pid, CLONE_NEWPID)
TEST_CLONE(cgroup, CLONE_NEWCGROUP)

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static int do_unshare_time(void *const arg)
{
	return RESULT(unshare(CLONE_NEWTIME));
}

TEST_MOUNT(unshare_time)

/* L10: back into the namespace, which sets the root of the host. */

static int enter_namespace(const char *const path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return UNREACHED;
	return RESULT(setns(fd, 0));
}

static int do_setns_mnt(void *const arg)
{
	return enter_namespace("/proc/self/ns/mnt");
}

TEST_MOUNT(setns_mnt)

static int do_setns_uts(void *const arg)
{
	return enter_namespace("/proc/self/ns/uts");
}

TEST_MOUNT(setns_uts)

static int do_setns_ipc(void *const arg)
{
	return enter_namespace("/proc/self/ns/ipc");
}

TEST_MOUNT(setns_ipc)

static int do_setns_net(void *const arg)
{
	return enter_namespace("/proc/self/ns/net");
}

TEST_MOUNT(setns_net)

static int do_setns_pid(void *const arg)
{
	return enter_namespace("/proc/self/ns/pid");
}

TEST_MOUNT(setns_pid)

static int do_setns_pidfd(void *const arg)
{
	const int fd = pidfd_open(getpid(), 0);

	if (fd < 0)
		return UNREACHED;
	return RESULT(setns(fd, CLONE_NEWNS | CLONE_NEWUTS));
}

TEST_MOUNT(setns_pidfd)

/* V14: the fill level of any device by its number. */

static int do_ustat(void *const arg)
{
	char buffer[64];
	struct stat st;

	if (stat("/mounted", &st))
		return UNREACHED;
	return RESULT(syscall(__NR_ustat, (unsigned int)st.st_dev, buffer));
}

TEST_F(mount, ustat)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, do_ustat, NULL));
	EXPECT_NE(0, in_jail(&self->w, 0, do_ustat, NULL));
}

TEST_HARNESS_MAIN
