// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - The capability ceiling
 */

#define _GNU_SOURCE
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

static void install_program(struct __test_metadata *const _metadata,
			    const struct world *const w, const mode_t mode)
{
	char path[64], buffer[65536];
	ssize_t len;
	int in, out;

	snprintf(path, sizeof(path), "%s/program", w->root);
	in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	ASSERT_LE(0, in);
	ASSERT_LE(0, out);
	while ((len = read(in, buffer, sizeof(buffer))) > 0)
		ASSERT_EQ(len, write(out, buffer, len));
	ASSERT_EQ(0, fchmod(out, mode));
	close(in);
	close(out);
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

	install_program(_metadata, &self->w, 0755);
	snprintf(path, sizeof(path), "%s/program", self->w.root);
	EXPECT_EQ(0, on_host(&self->w, 0, run_program, path));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, run_program, "/program"));
}

TEST_F(capability, exec_setuid_root)
{
	char path[64];

	install_program(_metadata, &self->w, 04755);
	snprintf(path, sizeof(path), "%s/program", self->w.root);
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

	install_program(_metadata, &self->w, 0755);
	snprintf(path, sizeof(path), "%s/program", self->w.root);
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

	install_program(_metadata, &self->w, 0755);
	snprintf(path, sizeof(path), "%s/program", self->w.root);
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
