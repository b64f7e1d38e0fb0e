// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - The capability ceiling
 */

#define _GNU_SOURCE
#include <linux/mount.h>
#include <linux/nsfs.h>
#include <sys/timex.h>
#include <sys/xattr.h>

#include "common.h"

FIXTURE(capability)
{
	struct world w;
};

FIXTURE_SETUP(capability)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(capability)
{
	remove_world(&self->w);
}

/* Capabilities in a line of /proc/self/status. */
static __u64 status_caps(const char *const name)
{
	char text[4096], *line;

	if (read_file("/proc/self/status", text, sizeof(text)))
		return ~0ULL;
	line = strstr(text, name);
	return line ? strtoull(line + strlen(name), NULL, 16) : ~0ULL;
}

/* Returns 0 if the task has a capability above the default ceiling. */
static int look_above_ceiling(void)
{
	static const char *const sets[] = {
		"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sets); i++)
		if (status_caps(sets[i]) & ~CEILING_DEFAULT)
			return 0;
	return EPERM;
}

static int have_more(void *const arg)
{
	return look_above_ceiling();
}

TEST_F(capability, at_entry)
{
	EXPECT_EQ(0, on_host(&self->w, 0, have_more, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, have_more, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, have_more, NULL));
}

static int have_default(void *const arg)
{
	return status_caps("CapEff:") == CEILING_DEFAULT ? 0 : EPERM;
}

/* What is below the ceiling stays. */
TEST_F(capability, below_ceiling)
{
	EXPECT_EQ(0, in_jail(&self->w, 0, have_default, NULL));
}

static int have_none(void *const arg)
{
	return status_caps("CapEff:") | status_caps("CapPrm:") |
			       status_caps("CapBnd:") ?
		       0 :
		       EPERM;
}

TEST_F(capability, empty_ceiling)
{
	EXPECT_EQ(0, on_host(&self->w, 0, have_none, NULL));
	self->w.args.cap_ceiling = 0;
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, have_none, NULL));
}

/* Execution: this program tells by its status what it got. */

#define LOOK "--look-above-ceiling"

__attribute__((constructor)) static void look(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], LOOK))
		_exit(look_above_ceiling());
}

static int run_program(void *const arg)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl(arg, "program", LOOK, NULL);
		_exit(errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return UNREACHED;
	return WEXITSTATUS(status);
}

TEST_F(capability, exec_as_root)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/program", self->w.root);
	install_program(_metadata, path, 0755);
	EXPECT_EQ(0, on_host(&self->w, 0, run_program, path));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, run_program, "/program"));
}

TEST_F(capability, exec_setuid_root)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/program", self->w.root);
	install_program(_metadata, path, 04755);
	EXPECT_EQ(0, on_host(&self->w, UID_USER, run_program, path));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, run_program, "/program"));
}

TEST_F(capability, exec_file_capabilities)
{
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << CAP_SYS_ADMIN,
	};
	char path[64];

	snprintf(path, sizeof(path), "%s/program", self->w.root);
	install_program(_metadata, path, 0755);
	ASSERT_EQ(0, setxattr(path, "security.capability", &caps, 20, 0));
	EXPECT_EQ(0, on_host(&self->w, UID_USER, run_program, path));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, run_program, "/program"));
}

/* W2: capabilities for whoever executes the file outside. */

static int set_file_capabilities(void *const arg)
{
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << CAP_SYS_ADMIN,
	};

	return RESULT(setxattr(arg, "security.capability", &caps, 20, 0));
}

TEST_F(capability, set_file_capabilities)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/program", self->w.root);
	install_program(_metadata, path, 0755);
	EXPECT_EQ(0, on_host(&self->w, 0, set_file_capabilities, path));
	EXPECT_EQ(EPERM,
		  in_jail(&self->w, 0, set_file_capabilities, "/program"));
}

/* Raising what was taken away. */

static int raise_permitted(void *const arg)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(__NR_capget, &header, data))
		return UNREACHED;
	data[0].permitted |= 1U << CAP_SYS_ADMIN;
	data[0].effective |= 1U << CAP_SYS_ADMIN;
	return RESULT(syscall(__NR_capset, &header, data));
}

static int raise_inheritable(void *const arg)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(__NR_capget, &header, data))
		return UNREACHED;
	data[0].inheritable |= 1U << CAP_SYS_ADMIN;
	return RESULT(syscall(__NR_capset, &header, data));
}

static int raise_ambient(void *const arg)
{
	const int err = raise_inheritable(NULL);

	if (err)
		return err;
	return RESULT(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN,
			    0, 0));
}

TEST_F(capability, capset)
{
	EXPECT_EQ(0, on_host(&self->w, 0, raise_permitted, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, raise_permitted, NULL));
	EXPECT_EQ(0, on_host(&self->w, 0, raise_inheritable, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, raise_inheritable, NULL));
}

TEST_F(capability, ambient)
{
	EXPECT_EQ(0, on_host(&self->w, 0, raise_ambient, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, raise_ambient, NULL));
}

/* What the caller has prepared for its programs. */

static int keep_for_programs(const struct world *const w, const bool ambient,
			     const bool enter_it)
{
	const int err = ambient ? raise_ambient(NULL) : raise_inheritable(NULL);

	if (err || (enter_it && jail(&w->args, sizeof(w->args), 0) < 0))
		return UNREACHED;
	return status_caps(ambient ? "CapAmb:" : "CapInh:") & ~CEILING_DEFAULT ?
		       0 :
		       EPERM;
}

static int keep_inheritable_outside(void *const arg)
{
	return keep_for_programs(arg, false, false);
}

static int keep_inheritable_inside(void *const arg)
{
	return keep_for_programs(arg, false, true);
}

static int keep_ambient_outside(void *const arg)
{
	return keep_for_programs(arg, true, false);
}

static int keep_ambient_inside(void *const arg)
{
	return keep_for_programs(arg, true, true);
}

TEST_F(capability, inheritable_at_entry)
{
	EXPECT_EQ(0, on_host(&self->w, 0, keep_inheritable_outside, &self->w));
	EXPECT_EQ(EPERM,
		  on_host(&self->w, 0, keep_inheritable_inside, &self->w));
}

TEST_F(capability, ambient_at_entry)
{
	EXPECT_EQ(0, on_host(&self->w, 0, keep_ambient_outside, &self->w));
	EXPECT_EQ(EPERM, on_host(&self->w, 0, keep_ambient_inside, &self->w));
}

static int give_up_root_and_return(void *const arg)
{
	if (setresuid(-1, UID_USER, 0) || setresuid(-1, 0, -1))
		return UNREACHED;
	return look_above_ceiling();
}

TEST_F(capability, setuid)
{
	EXPECT_EQ(0, on_host(&self->w, 0, give_up_root_and_return, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, give_up_root_and_return, NULL));
}

/* L8: a user namespace would give them all back. */

static int new_user_namespace(void *const arg)
{
	return RESULT(unshare(CLONE_NEWUSER));
}

static int clone_user_namespace(void *const arg)
{
	const pid_t pid =
		syscall(__NR_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : RESULT(waitpid(pid, NULL, 0));
}

TEST_F(capability, user_namespace)
{
	EXPECT_EQ(0, on_host(&self->w, 0, new_user_namespace, NULL));
	EXPECT_EQ(0, on_host(&self->w, UID_USER, new_user_namespace, NULL));
	EXPECT_EQ(0, on_host(&self->w, 0, clone_user_namespace, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, new_user_namespace, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, new_user_namespace, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, clone_user_namespace, NULL));
	allow_everything(&self->w);
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, new_user_namespace, NULL));
}

/*
 * The root of the host as the root of a jail: current_chrooted() does not
 * refuse the namespace any more.
 */
TEST_F(capability, user_namespace_without_chroot)
{
	allow_everything(&self->w);
	self->w.args.path = ptr_to_u64("/");
	EXPECT_EQ(0, on_host(&self->w, 0, new_user_namespace, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, new_user_namespace, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, new_user_namespace, NULL));
}

/*
 * L11: a user namespace that the same user of the host has made.  He owns it,
 * and so has every capability over it, whatever his own sets and bounds say.
 */

FIXTURE(owner)
{
	struct world w;
	/* Is in the namespace. */
	pid_t pid;
};

FIXTURE_VARIANT(owner)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(owner, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(owner, user) {
	/* clang-format on */
	.uid = UID_USER,
};

/* Answers with a mount that belongs to the namespace. */
static void live_in_user_namespace(const int sock, const uid_t uid)
{
	char map[32];
	int fs, mnt;

	snprintf(map, sizeof(map), "0 %u 1", uid);
	if (become(uid) || unshare(CLONE_NEWUSER | CLONE_NEWNS) ||
	    write_file("/proc/self/setgroups", "deny") ||
	    write_file("/proc/self/uid_map", map))
		_exit(1);
	fs = syscall(__NR_fsopen, "tmpfs", 0);
	if (fs < 0 ||
	    syscall(__NR_fsconfig, fs, FSCONFIG_SET_STRING, "mode", "777", 0) ||
	    syscall(__NR_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		_exit(1);
	mnt = syscall(__NR_fsmount, fs, 0, 0);
	if (mnt < 0 || send_fd(sock, mnt))
		_exit(1);
	for (;;)
		pause();
}

/* The host lets the jail see both: the namespace as a file, and the mount. */
FIXTURE_SETUP(owner)
{
	char path[64], target[64];
	int pair[2], fd;

	make_world(_metadata, &self->w);
	make_dir(_metadata, &self->w, "/mnt", 0755);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (self->pid == 0)
		live_in_user_namespace(pair[1], variant->uid);
	fd = receive_fd(pair[0]);
	ASSERT_LE(0, fd);
	close(pair[0]);
	close(pair[1]);
	snprintf(target, sizeof(target), "%s/mnt", self->w.root);
	ASSERT_EQ(0, syscall(__NR_move_mount, fd, "", AT_FDCWD, target,
			     MOVE_MOUNT_F_EMPTY_PATH));
	close(fd);

	snprintf(target, sizeof(target), "%s/user", self->w.root);
	fd = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ASSERT_LE(0, fd);
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", self->pid);
	ASSERT_EQ(0, mount(path, target, NULL, MS_BIND, NULL));
}

FIXTURE_TEARDOWN(owner)
{
	end_child(self->pid);
	remove_world(&self->w);
}

static int enter_user_namespace(void *const arg)
{
	const int fd = open("/user", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? UNREACHED : RESULT(setns(fd, CLONE_NEWUSER));
}

TEST_F(owner, setns)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, enter_user_namespace,
			       NULL));
	EXPECT_EQ(EPERM,
		  in_jail(&self->w, variant->uid, enter_user_namespace, NULL));
	allow_everything(&self->w);
	EXPECT_EQ(EPERM,
		  in_jail(&self->w, variant->uid, enter_user_namespace, NULL));
}

/* By way of a descriptor that the kernel makes: here that of the parent. */
static int enter_parent_namespace(void *const arg)
{
	const int fd = open("/user", O_RDONLY | O_CLOEXEC);
	const int parent = fd < 0 ? -1 : ioctl(fd, NS_GET_PARENT);

	if (fd < 0)
		return UNREACHED;
	if (parent < 0)
		return errno;
	/* EINVAL: it is in there already. */
	if (!setns(parent, CLONE_NEWUSER) || errno == EINVAL)
		return 0;
	return errno;
}

TEST_F(owner, setns_parent)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, enter_parent_namespace,
			       NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, enter_parent_namespace,
				 NULL));
}

/* Labels of security modules need CAP_SYS_ADMIN over the file system. */
static int set_label(void *const arg)
{
	return RESULT(setxattr("/mnt", "security.jail", "x", 1, 0));
}

TEST_F(owner, capable)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, set_label, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, set_label, NULL));
	/* The ceiling is what refuses. */
	allow_everything(&self->w);
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, set_label, NULL));
}

/* The log of the kernel, which all users may read if nobody restricts it. */

static int read_log(void *const arg)
{
	char text[256];

	/* SYSLOG_ACTION_READ_ALL */
	return RESULT(syscall(__NR_syslog, 3, text, sizeof(text)));
}

TEST_F(capability, log)
{
	ASSERT_EQ(0, write_file("/proc/sys/kernel/dmesg_restrict", "0"));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, read_log, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, read_log, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, read_log, NULL));
	allow_everything(&self->w);
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, read_log, NULL));
}

/* What root of a jail must not do to the system. */

static int attack_reboot(void *const arg)
{
	/* A command that no kernel knows: who may is asked first. */
	const int err = RESULT(
		syscall(__NR_reboot, 0xfee1dead, 672274793, 0x12345, NULL));

	return err == EINVAL ? 0 : err;
}

static int attack_module(void *const arg)
{
	const int err = RESULT(syscall(__NR_init_module, NULL, 0, ""));

	/* ENOSYS would be no control: then there are no modules. */
	return err == ENOEXEC || err == EFAULT ? 0 : err;
}

static int attack_clock(void *const arg)
{
	struct timex timex = {};

	/* Sets what is already set. */
	if (adjtimex(&timex) < 0)
		return UNREACHED;
	timex.modes = ADJ_ESTERROR;
	return RESULT(adjtimex(&timex));
}

static int attack_syslog(void *const arg)
{
	/* Reads and clears nothing: the size of the buffer, then nothing. */
	return RESULT(syscall(__NR_syslog, 8, NULL, 7));
}

static int attack_swapoff(void *const arg)
{
	const int err = RESULT(syscall(__NR_swapoff, "/nowhere"));

	return err == ENOENT ? 0 : err;
}

static int attack_acct(void *const arg)
{
	return RESULT(syscall(__NR_acct, NULL));
}

#ifdef __NR_ioperm
static int attack_ioperm(void *const arg)
{
	return RESULT(syscall(__NR_ioperm, 0x80, 1, 1));
}
#endif

static int attack_kexec(void *const arg)
{
	const int err = RESULT(syscall(__NR_kexec_load, 0, 0, NULL, ~0UL));

	return err == EINVAL ? 0 : err;
}

static int attack_vhangup(void *const arg)
{
	return RESULT(syscall(__NR_vhangup));
}

#define TEST_SYSTEM(test)                                                      \
	TEST_F(capability, system_##test)                                      \
	{                                                                      \
		const int control = on_host(&self->w, 0, attack_##test, NULL); \
		if (control == ENOSYS)                                         \
			SKIP(return, "The kernel lacks this system call");     \
		EXPECT_EQ(0, control);                                         \
		EXPECT_EQ(EPERM, in_jail(&self->w, 0, attack_##test, NULL));   \
		EXPECT_EQ(EPERM,                                               \
			  in_jail(&self->w, UID_USER, attack_##test, NULL));   \
	}

TEST_SYSTEM(reboot)
TEST_SYSTEM(module)
TEST_SYSTEM(clock)
TEST_SYSTEM(syslog)
TEST_SYSTEM(swapoff)
TEST_SYSTEM(acct)
#ifdef __NR_ioperm
TEST_SYSTEM(ioperm)
#endif
TEST_SYSTEM(kexec)
TEST_SYSTEM(vhangup)

TEST_HARNESS_MAIN
