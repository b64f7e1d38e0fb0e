// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Processes outside, addressed by their numbers
 *
 * To a jailed task the number of a process outside is a number that nobody has:
 * each call answers alike for a process of host root, for one of a host user,
 * and for a number that is not in use.
 */

#define _GNU_SOURCE
#include <linux/futex.h>
#include <linux/genetlink.h>
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
#include <linux/rtnetlink.h>
#include <linux/taskstats.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>

#include "common.h"

/* The arguments of each call to try: a process and nothing else. */
typedef int (*call_t)(pid_t pid);

FIXTURE(pid)
{
	struct world w;
	struct sentinel root, user;
	pid_t unused;
};

FIXTURE_VARIANT(pid)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(pid, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(pid, user) {
	/* clang-format on */
	.uid = UID_USER,
};

FIXTURE_SETUP(pid)
{
	make_world(_metadata, &self->w);
	self->root = start_sentinel(_metadata, 0);
	self->user = start_sentinel(_metadata, UID_USER);
	self->unused = unused_pid(_metadata);
}

FIXTURE_TEARDOWN(pid)
{
	stop_sentinel(&self->root);
	stop_sentinel(&self->user);
	remove_world(&self->w);
}

/* A call on each process; what it answered stands in @answers. */
struct trial {
	call_t call;
	pid_t pids[4];
	int *answers;
};

#define OWN_CHILD (-1)

static int call_each(void *const arg)
{
	const struct trial *const trial = arg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(trial->pids) && trial->pids[i]; i++) {
		if (trial->pids[i] == OWN_CHILD) {
			const pid_t child = idle_child();

			trial->answers[i] = trial->call(child);
			end_child(child);
		} else {
			trial->answers[i] = trial->call(trial->pids[i]);
		}
	}
	return 0;
}

static void check_call(struct __test_metadata *const _metadata,
		       const struct _test_data_pid *const self, const uid_t uid,
		       const call_t call, const int absent)
{
	int *const answers = self->w.shared->values;
	const struct trial control = {
		.call = call,
		.pids = { uid ? self->user.pid : self->root.pid, self->unused },
		.answers = answers,
	};
	const struct trial attack = {
		.call = call,
		.pids = { OWN_CHILD, self->root.pid, self->user.pid,
			  self->unused },
		.answers = answers,
	};

	ASSERT_EQ(0, in_chroot(&self->w, uid, call_each, &control));
	if (answers[0] == ENOSYS)
		SKIP(return, "The kernel lacks this system call");
	ASSERT_EQ(0, answers[0])
	{
		TH_LOG("control: %s", strerror(answers[0]));
	}
	EXPECT_EQ(absent, answers[1]);

	ASSERT_EQ(0, in_jail(&self->w, uid, call_each, &attack));
	EXPECT_EQ(0, answers[0])
	{
		TH_LOG("own child: %s", strerror(answers[0]));
	}
	EXPECT_EQ(absent, answers[1]);
	EXPECT_EQ(absent, answers[2]);
	EXPECT_EQ(absent, answers[3]);
}

#define TEST_CALL(test, absent)                                        \
	TEST_F(pid, test)                                              \
	{                                                              \
		check_call(_metadata, self, variant->uid, call_##test, \
			   absent);                                    \
	}

/* P1 */

static int call_kill(const pid_t pid)
{
	return RESULT(kill(pid, SIGWINCH));
}

TEST_CALL(kill, ESRCH)

static int call_tkill(const pid_t pid)
{
	return RESULT(syscall(__NR_tkill, pid, SIGWINCH));
}

TEST_CALL(tkill, ESRCH)

static int call_tgkill(const pid_t pid)
{
	return RESULT(syscall(__NR_tgkill, pid, pid, SIGWINCH));
}

TEST_CALL(tgkill, ESRCH)

static int call_rt_sigqueueinfo(const pid_t pid)
{
	siginfo_t info = { .si_signo = SIGWINCH, .si_code = SI_QUEUE };

	return RESULT(syscall(__NR_rt_sigqueueinfo, pid, SIGWINCH, &info));
}

TEST_CALL(rt_sigqueueinfo, ESRCH)

static int call_rt_tgsigqueueinfo(const pid_t pid)
{
	siginfo_t info = { .si_signo = SIGWINCH, .si_code = SI_QUEUE };

	return RESULT(
		syscall(__NR_rt_tgsigqueueinfo, pid, pid, SIGWINCH, &info));
}

TEST_CALL(rt_tgsigqueueinfo, ESRCH)

/* P2 */

static int call_kill_group(const pid_t pid)
{
	return RESULT(kill(-pid, SIGWINCH));
}

TEST_CALL(kill_group, ESRCH)

/* P3 */

static int call_getpriority(const pid_t pid)
{
	errno = 0;
	getpriority(PRIO_PROCESS, pid);
	return errno;
}

TEST_CALL(getpriority, ESRCH)

static int call_getpriority_group(const pid_t pid)
{
	errno = 0;
	getpriority(PRIO_PGRP, pid);
	return errno;
}

TEST_CALL(getpriority_group, ESRCH)

static int call_setpriority(const pid_t pid)
{
	return RESULT(setpriority(PRIO_PROCESS, pid, 5));
}

TEST_CALL(setpriority, ESRCH)

static int call_setpriority_group(const pid_t pid)
{
	return RESULT(setpriority(PRIO_PGRP, pid, 5));
}

TEST_CALL(setpriority_group, ESRCH)

/* P4 */

static int call_ioprio_get(const pid_t pid)
{
	return RESULT(syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, pid));
}

TEST_CALL(ioprio_get, ESRCH)

static int call_ioprio_get_group(const pid_t pid)
{
	return RESULT(syscall(__NR_ioprio_get, IOPRIO_WHO_PGRP, pid));
}

TEST_CALL(ioprio_get_group, ESRCH)

static int call_ioprio_set(const pid_t pid)
{
	return RESULT(syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS, pid,
			      IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7)));
}

TEST_CALL(ioprio_set, ESRCH)

static int call_ioprio_set_group(const pid_t pid)
{
	return RESULT(syscall(__NR_ioprio_set, IOPRIO_WHO_PGRP, pid,
			      IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7)));
}

TEST_CALL(ioprio_set_group, ESRCH)

/* P5 */

struct sched_attr_ver0 {
	__u32 size, policy;
	__u64 flags;
	__s32 nice;
	__u32 priority;
	__u64 runtime, deadline, period;
};

static int call_sched_getscheduler(const pid_t pid)
{
	return RESULT(sched_getscheduler(pid));
}

TEST_CALL(sched_getscheduler, ESRCH)

static int call_sched_setscheduler(const pid_t pid)
{
	const struct sched_param param = {};

	return RESULT(sched_setscheduler(pid, SCHED_BATCH, &param));
}

TEST_CALL(sched_setscheduler, ESRCH)

static int call_sched_getparam(const pid_t pid)
{
	struct sched_param param;

	return RESULT(sched_getparam(pid, &param));
}

TEST_CALL(sched_getparam, ESRCH)

static int call_sched_setparam(const pid_t pid)
{
	const struct sched_param param = {};

	return RESULT(sched_setparam(pid, &param));
}

TEST_CALL(sched_setparam, ESRCH)

static int call_sched_getattr(const pid_t pid)
{
	struct sched_attr_ver0 attr = {};

	return RESULT(syscall(__NR_sched_getattr, pid, &attr, sizeof(attr), 0));
}

TEST_CALL(sched_getattr, ESRCH)

static int call_sched_setattr(const pid_t pid)
{
	struct sched_attr_ver0 attr = { .size = sizeof(attr), .nice = 5 };

	return RESULT(syscall(__NR_sched_setattr, pid, &attr, 0));
}

TEST_CALL(sched_setattr, ESRCH)

static int call_sched_getaffinity(const pid_t pid)
{
	cpu_set_t set;

	return RESULT(sched_getaffinity(pid, sizeof(set), &set));
}

TEST_CALL(sched_getaffinity, ESRCH)

static int call_sched_setaffinity(const pid_t pid)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return RESULT(sched_setaffinity(pid, sizeof(set), &set));
}

TEST_CALL(sched_setaffinity, ESRCH)

static int call_sched_rr_get_interval(const pid_t pid)
{
	struct timespec interval;

	return RESULT(sched_rr_get_interval(pid, &interval));
}

TEST_CALL(sched_rr_get_interval, ESRCH)

/* P6: needs processors that share a core. */

static int share_core(const int how, const pid_t pid)
{
	unsigned long cookie;

	/* Of the task itself: can the kernel do it at all? */
	if (prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 0,
		  PR_SCHED_CORE_SCOPE_THREAD, &cookie))
		return ENOSYS;
	return RESULT(prctl(PR_SCHED_CORE, how, pid, PR_SCHED_CORE_SCOPE_THREAD,
			    how == PR_SCHED_CORE_GET ? &cookie : NULL));
}

static int call_core_get(const pid_t pid)
{
	return share_core(PR_SCHED_CORE_GET, pid);
}

TEST_CALL(core_get, ESRCH)

static int call_core_create(const pid_t pid)
{
	return share_core(PR_SCHED_CORE_CREATE, pid);
}

TEST_CALL(core_create, ESRCH)

static int call_core_share_to(const pid_t pid)
{
	return share_core(PR_SCHED_CORE_SHARE_TO, pid);
}

TEST_CALL(core_share_to, ESRCH)

static int call_core_share_from(const pid_t pid)
{
	return share_core(PR_SCHED_CORE_SHARE_FROM, pid);
}

TEST_CALL(core_share_from, ESRCH)

/* P7 */

static int call_prlimit_get(const pid_t pid)
{
	struct rlimit limit;

	return RESULT(prlimit(pid, RLIMIT_NOFILE, NULL, &limit));
}

TEST_CALL(prlimit_get, ESRCH)

static int call_prlimit_set(const pid_t pid)
{
	const struct rlimit limit = { .rlim_cur = 64, .rlim_max = 64 };

	return RESULT(prlimit(pid, RLIMIT_NOFILE, &limit, NULL));
}

TEST_CALL(prlimit_set, ESRCH)

/* P8 */

static int probe = 7;

static int call_process_vm_readv(const pid_t pid)
{
	int copy = 0;
	const struct iovec local = { &copy, sizeof(copy) };
	const struct iovec remote = { &probe, sizeof(probe) };

	return RESULT(process_vm_readv(pid, &local, 1, &remote, 1, 0));
}

TEST_CALL(process_vm_readv, ESRCH)

static int call_process_vm_writev(const pid_t pid)
{
	int copy = 8;
	const struct iovec local = { &copy, sizeof(copy) };
	const struct iovec remote = { &probe, sizeof(probe) };

	return RESULT(process_vm_writev(pid, &local, 1, &remote, 1, 0));
}

TEST_CALL(process_vm_writev, ESRCH)

/* P10 */

static int call_move_pages(const pid_t pid)
{
	return RESULT(syscall(__NR_move_pages, pid, 0, NULL, NULL, NULL, 0));
}

TEST_CALL(move_pages, ESRCH)

static int call_migrate_pages(const pid_t pid)
{
	const unsigned long node = 1;

	return RESULT(syscall(__NR_migrate_pages, pid, 2, &node, &node));
}

TEST_CALL(migrate_pages, ESRCH)

/* P11 */

static int call_kcmp(const pid_t pid)
{
	return RESULT(syscall(__NR_kcmp, getpid(), pid, KCMP_VM, 0, 0));
}

TEST_CALL(kcmp, ESRCH)

static int call_get_robust_list(const pid_t pid)
{
	size_t size;
	void *head;

	return RESULT(syscall(__NR_get_robust_list, pid, &head, &size));
}

TEST_CALL(get_robust_list, ESRCH)

/* P12: the word says that @pid owns the lock. */

static int call_futex_lock_pi(const pid_t pid)
{
	const struct timespec past = {};
	int word = pid;

	if (!syscall(__NR_futex, &word, FUTEX_LOCK_PI_PRIVATE, 0, &past, NULL,
		     0))
		return EDOM;
	return errno == ETIMEDOUT ? 0 : errno;
}

TEST_CALL(futex_lock_pi, ESRCH)

/* P13 */

#define PROCESS_CLOCK(pid) ((clockid_t)(~(unsigned int)(pid) << 3 | 2))

static int call_clock_gettime(const pid_t pid)
{
	struct timespec ts;

	return RESULT(clock_gettime(PROCESS_CLOCK(pid), &ts));
}

TEST_CALL(clock_gettime, EINVAL)

static int call_clock_getres(const pid_t pid)
{
	struct timespec ts;

	return RESULT(clock_getres(PROCESS_CLOCK(pid), &ts));
}

TEST_CALL(clock_getres, EINVAL)

static int call_timer_create(const pid_t pid)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	int timer;

	return RESULT(
		syscall(__NR_timer_create, PROCESS_CLOCK(pid), &event, &timer));
}

TEST_CALL(timer_create, EINVAL)

/* P15 */

static int call_pidfd_open(const pid_t pid)
{
	const int fd = pidfd_open(pid, 0);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_CALL(pidfd_open, ESRCH)

/* P16 */

static int call_ptrace_seize(const pid_t pid)
{
	return RESULT(ptrace(PTRACE_SEIZE, pid, 0, 0));
}

TEST_CALL(ptrace_seize, ESRCH)

static int call_ptrace_attach(const pid_t pid)
{
	return RESULT(ptrace(PTRACE_ATTACH, pid, 0, 0));
}

TEST_CALL(ptrace_attach, ESRCH)

/* P17 */

static int call_perf_event_open(const pid_t pid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	const int fd = syscall(__NR_perf_event_open, &attr, pid, -1, -1, 0);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_CALL(perf_event_open, ESRCH)

/* P18 */

static int call_fcntl_setown(const pid_t pid)
{
	int pipes[2], err;

	if (pipe(pipes))
		return EDOM;
	err = RESULT(fcntl(pipes[0], F_SETOWN, pid));
	close(pipes[0]);
	close(pipes[1]);
	return err;
}

TEST_CALL(fcntl_setown, ESRCH)

static int call_fcntl_setown_ex(const pid_t pid)
{
	const struct f_owner_ex owner = { F_OWNER_PGRP, pid };
	int pipes[2], err;

	if (pipe(pipes))
		return EDOM;
	err = RESULT(fcntl(pipes[0], F_SETOWN_EX, &owner));
	close(pipes[0]);
	close(pipes[1]);
	return err;
}

TEST_CALL(fcntl_setown_ex, ESRCH)

/* P20 */

static int call_getpgid(const pid_t pid)
{
	return RESULT(getpgid(pid));
}

TEST_CALL(getpgid, ESRCH)

static int call_getsid(const pid_t pid)
{
	return RESULT(getsid(pid));
}

TEST_CALL(getsid, ESRCH)

/* P21 */

static int call_capget(const pid_t pid)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
		.pid = pid,
	};
	struct __user_cap_data_struct data[2];

	return RESULT(syscall(__NR_capget, &header, data));
}

TEST_CALL(capget, ESRCH)

/* P27: questions to the own PID namespace. */

#define NS_ANSWER(request, pid)                                           \
	({                                                                \
		const int ns = open("/proc/self/ns/pid", O_RDONLY);       \
		const int err = ns < 0 ? EDOM :                           \
					 RESULT(ioctl(ns, request, pid)); \
		close(ns);                                                \
		err;                                                      \
	})

static int call_ns_get_pid_from(const pid_t pid)
{
	return NS_ANSWER(NS_GET_PID_FROM_PIDNS, pid);
}

TEST_CALL(ns_get_pid_from, ESRCH)

static int call_ns_get_tgid_from(const pid_t pid)
{
	return NS_ANSWER(NS_GET_TGID_FROM_PIDNS, pid);
}

TEST_CALL(ns_get_tgid_from, ESRCH)

static int call_ns_get_pid_in(const pid_t pid)
{
	return NS_ANSWER(NS_GET_PID_IN_PIDNS, pid);
}

TEST_CALL(ns_get_pid_in, ESRCH)

static int call_ns_get_tgid_in(const pid_t pid)
{
	return NS_ANSWER(NS_GET_TGID_IN_PIDNS, pid);
}

TEST_CALL(ns_get_tgid_in, ESRCH)

/* P28: Yama's answer for a process that is not there. */

static int call_set_ptracer(const pid_t pid)
{
	if (prctl(PR_SET_PTRACER, 0, 0, 0, 0))
		return ENOSYS;
	return RESULT(prctl(PR_SET_PTRACER, pid, 0, 0, 0));
}

TEST_CALL(set_ptracer, EINVAL)

/* Not one number of the host tells itself apart. */

static int scan(void *const arg)
{
	int pid, found = 0;

	for (pid = 1; pid < *(const int *)arg; pid++)
		if (pid != getpid() && !kill(pid, 0))
			found++;
		else if (pid != getpid() && errno == EPERM)
			found++;
	return found ? 0 : ESRCH;
}

TEST_F(pid, scan)
{
	const int limit = self->unused + 1;

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, scan, &limit));
	EXPECT_EQ(ESRCH, in_jail(&self->w, variant->uid, scan, &limit));
}

/* P14: who holds a lock on a file that both see. */

static int lock_owner(void *const arg)
{
	const int fd = open("/lock", O_RDWR | O_CLOEXEC);
	struct flock lock = { .l_type = F_WRLCK };
	const pid_t holder = *(const pid_t *)arg;

	if (fd < 0 || fcntl(fd, F_GETLK, &lock) || lock.l_type != F_WRLCK)
		return UNREACHED;
	return lock.l_pid == holder ? 0 : ESRCH;
}

TEST_F(pid, lock_owner)
{
	struct flock lock = { .l_type = F_WRLCK };
	const pid_t holder = getpid();
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/lock", self->w.root);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fchmod(fd, 0666));
	ASSERT_EQ(0, fcntl(fd, F_SETLK, &lock));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, lock_owner, &holder));
	EXPECT_EQ(ESRCH, in_jail(&self->w, variant->uid, lock_owner, &holder));
	close(fd);
}

/* L7: who is the parent. */

static int know_parent(void *const arg)
{
	const pid_t parent = *(const pid_t *)arg;
	char text[4096], expected[32];

	if (getppid() == parent)
		return 0;
	snprintf(expected, sizeof(expected), "\nPPid:\t%d\n", parent);
	if (read_file("/proc/self/status", text, sizeof(text)))
		return UNREACHED;
	return strstr(text, expected) ? 0 : ESRCH;
}

TEST_F(pid, parent)
{
	const pid_t parent = getpid();

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, know_parent, &parent));
	EXPECT_EQ(ESRCH, in_jail(&self->w, variant->uid, know_parent, &parent));
}

/* P24, P30: what only a capability below the ceiling would allow. */

static int forge_credentials(void *const arg)
{
	struct ucred ucred = { .pid = *(const pid_t *)arg };
	char control[CMSG_SPACE(sizeof(ucred))] = {};
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *const cmsg = CMSG_FIRSTHDR(&msg);
	int pair[2];

	ucred.uid = getuid();
	ucred.gid = getgid();
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_CREDENTIALS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(ucred));
	memcpy(CMSG_DATA(cmsg), &ucred, sizeof(ucred));
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return UNREACHED;
	return RESULT(sendmsg(pair[0], &msg, 0));
}

TEST_F(pid, forge_credentials)
{
	/* Only root may do it outside. */
	if (!variant->uid)
		EXPECT_EQ(0, on_host(&self->w, 0, forge_credentials,
				     &self->root.pid));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, forge_credentials,
				 &self->root.pid));
	/* With CAP_SYS_ADMIN below the ceiling the number is unknown. */
	allow_everything(&self->w);
	if (!variant->uid)
		EXPECT_EQ(ESRCH, in_jail(&self->w, 0, forge_credentials,
					 &self->root.pid));
}

static int choose_pid(void *const arg)
{
	const pid_t wanted = *(const pid_t *)arg;
	const pid_t pid = fork_as(wanted);

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return errno;
	waitpid(pid, NULL, 0);
	return pid == wanted ? 0 : UNREACHED;
}

TEST_F(pid, choose_pid)
{
	if (!variant->uid)
		EXPECT_EQ(0, on_host(&self->w, 0, choose_pid, &self->unused));
	EXPECT_EQ(EPERM,
		  in_jail(&self->w, variant->uid, choose_pid, &self->unused));
}

/* P25: a control group that is the user's own, in the jail's root directory. */

#define GROUPS "/groups"

static void write_group(struct __test_metadata *const _metadata,
			const char *const group, const pid_t pid)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(text, sizeof(text), "%d", pid);
	ASSERT_EQ(0, write_file(path, text))
	{
		TH_LOG("%s to %s", text, path);
	}
}

FIXTURE(group)
{
	struct world w;
	struct sentinel sentinel;
	/* The groups of the test and their common ancestor. */
	char root[64], top[80], from[96], to[96];
};

FIXTURE_VARIANT(group)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(group, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(group, user) {
	/* clang-format on */
	.uid = UID_USER,
};

static void make_group(struct __test_metadata *const _metadata,
		       const char *const path, const uid_t uid)
{
	char file[128];

	ASSERT_EQ(0, mkdir(path, 0755));
	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	ASSERT_EQ(0, chown(file, uid, -1));
}

FIXTURE_SETUP(group)
{
	make_world(_metadata, &self->w);
	make_dir(_metadata, &self->w, GROUPS, 0755);
	make_mount(_metadata, &self->w, GROUPS, "cgroup2", NULL);
	snprintf(self->root, sizeof(self->root), "%s" GROUPS, self->w.root);
	snprintf(self->top, sizeof(self->top), "%s/jail-test", self->root);
	snprintf(self->from, sizeof(self->from), "%s/from", self->top);
	snprintf(self->to, sizeof(self->to), "%s/to", self->top);
	make_group(_metadata, self->top, variant->uid);
	make_group(_metadata, self->from, variant->uid);
	make_group(_metadata, self->to, variant->uid);
	/* All that the test starts from now on begins there. */
	write_group(_metadata, self->from, getpid());
	self->sentinel = start_sentinel(_metadata, variant->uid);
}

FIXTURE_TEARDOWN(group)
{
	stop_sentinel(&self->sentinel);
	write_group(_metadata, self->root, getpid());
	EXPECT_EQ(0, rmdir(self->to));
	EXPECT_EQ(0, rmdir(self->from));
	EXPECT_EQ(0, rmdir(self->top));
	remove_world(&self->w);
}

static int call_move_to_group(const pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return write_file(GROUPS "/jail-test/to/cgroup.procs", text);
}

TEST_F(group, move)
{
	int *const answers = self->w.shared->values;
	const struct trial control = {
		.call = call_move_to_group,
		.pids = { self->sentinel.pid },
		.answers = answers,
	};
	const struct trial attack = {
		.call = call_move_to_group,
		.pids = { OWN_CHILD, self->sentinel.pid,
			  unused_pid(_metadata) },
		.answers = answers,
	};
	char path[64], text[128];

	ASSERT_EQ(0, in_jail(&self->w, variant->uid, call_each, &attack));
	EXPECT_EQ(0, answers[0]);
	EXPECT_EQ(ESRCH, answers[1]);
	EXPECT_EQ(ESRCH, answers[2]);
	snprintf(path, sizeof(path), "/proc/%d/cgroup", self->sentinel.pid);
	ASSERT_EQ(0, read_file(path, text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "/jail-test/from\n"));
	ASSERT_EQ(0, in_chroot(&self->w, variant->uid, call_each, &control));
	EXPECT_EQ(0, answers[0]);
	ASSERT_EQ(0, read_file(path, text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "/jail-test/to\n"));
}

/* P26, P29: numbers in messages to the kernel. */

struct message {
	struct nlmsghdr head;
	char body[1024];
};

static void add_attribute(struct message *const message, const int type,
			  const void *const data, const size_t size)
{
	struct nlattr *const attr =
		(void *)((char *)message +
			 NLMSG_ALIGN(message->head.nlmsg_len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + size;
	memcpy((char *)attr + NLA_HDRLEN, data, size);
	message->head.nlmsg_len =
		NLMSG_ALIGN(message->head.nlmsg_len) + NLA_ALIGN(attr->nla_len);
}

/* Sends a request; the first answer is in @answer.  Returns 0 or an errno. */
static int request(const int sock, const struct message *const message,
		   struct message *const answer)
{
	const struct nlmsgerr *const error = (const void *)answer->body;

	if (send(sock, message, message->head.nlmsg_len, 0) < 0)
		return errno;
	if (!readable(sock) || recv(sock, answer, sizeof(*answer), 0) < 0)
		return UNREACHED;
	return answer->head.nlmsg_type == NLMSG_ERROR ? -error->error : 0;
}

/* The number of a generic netlink family, or 0. */
static int find_family(const int sock, const char *const name)
{
	struct message answer, message = {
		.head = {
			.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN,
			.nlmsg_type = GENL_ID_CTRL,
			.nlmsg_flags = NLM_F_REQUEST,
		},
	};
	struct genlmsghdr *const head = (void *)message.body;
	size_t at = GENL_HDRLEN;

	head->cmd = CTRL_CMD_GETFAMILY;
	head->version = 1;
	add_attribute(&message, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	if (request(sock, &message, &answer))
		return 0;
	while (at + NLA_HDRLEN < answer.head.nlmsg_len - NLMSG_HDRLEN) {
		const struct nlattr *const attr = (void *)(answer.body + at);

		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(const __u16 *)(answer.body + at + NLA_HDRLEN);
		at += NLA_ALIGN(attr->nla_len);
	}
	return 0;
}

static int ask_statistics(const int sock, const pid_t pid)
{
	struct message answer, message = {
		.head = {
			.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN,
			.nlmsg_flags = NLM_F_REQUEST,
		},
	};
	struct genlmsghdr *const head = (void *)message.body;

	message.head.nlmsg_type = find_family(sock, TASKSTATS_GENL_NAME);
	if (!message.head.nlmsg_type)
		return ENOSYS;
	head->cmd = TASKSTATS_CMD_GET;
	head->version = TASKSTATS_GENL_VERSION;
	add_attribute(&message, TASKSTATS_CMD_ATTR_PID, &pid, sizeof(pid));
	return request(sock, &message, &answer);
}

static int call_statistics(const pid_t pid)
{
	const int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	int err;

	if (sock < 0)
		return errno;
	err = ask_statistics(sock, pid);
	close(sock);
	return err;
}

/* By a socket that the host opened and sent in. */
static int ask_statistics_by_received(void *const arg)
{
	const int *const values = arg;
	const int sock = receive_fd(values[0]);

	return sock < 0 ? errno : ask_statistics(sock, values[1]);
}

TEST_F(pid, statistics)
{
	int *const answers = self->w.shared->values;
	const struct trial trial = {
		.call = call_statistics,
		.pids = { self->root.pid, self->user.pid, self->unused },
		.answers = answers,
	};
	int pair[2], values[2], sock;

	/* Only CAP_NET_ADMIN may ask. */
	allow_everything(&self->w);
	ASSERT_EQ(0, in_chroot(&self->w, 0, call_each, &trial));
	if (answers[0] == ENOSYS)
		SKIP(return, "The kernel keeps no statistics of tasks");
	EXPECT_EQ(0, answers[0]);
	EXPECT_EQ(0, answers[1]);
	EXPECT_EQ(ESRCH, answers[2]);
	ASSERT_EQ(0, in_jail(&self->w, variant->uid, call_each, &trial));
	EXPECT_EQ(EPROTONOSUPPORT, answers[0]);
	EXPECT_EQ(EPROTONOSUPPORT, answers[1]);
	EXPECT_EQ(EPROTONOSUPPORT, answers[2]);

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	ASSERT_LE(0, sock);
	values[0] = pair[1];
	values[1] = self->root.pid;
	ASSERT_EQ(0, send_fd(pair[0], sock));
	EXPECT_EQ(0,
		  in_chroot(&self->w, 0, ask_statistics_by_received, values));
	ASSERT_EQ(0, send_fd(pair[0], sock));
	close(sock);
	EXPECT_EQ(EACCES, in_jail(&self->w, variant->uid,
				  ask_statistics_by_received, values));
	close(pair[0]);
	close(pair[1]);
}

static int ask_route(const struct message *const message)
{
	const int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	struct message answer;
	int err;

	if (sock < 0)
		return errno;
	err = request(sock, message, &answer);
	close(sock);
	return err;
}

/* The ID of the network namespace that a process is in. */
static int call_namespace_of(const pid_t pid)
{
	struct message message = {
		.head = {
			.nlmsg_len = NLMSG_HDRLEN + sizeof(struct rtgenmsg),
			.nlmsg_type = RTM_GETNSID,
			.nlmsg_flags = NLM_F_REQUEST,
		},
	};

	add_attribute(&message, NETNSA_PID, &pid, sizeof(pid));
	return ask_route(&message);
}

/* Moves a new interface into it. */
static int call_give_interface(const pid_t pid)
{
	const struct {
		struct nlattr kind;
		char name[8];
	} link = { { NLA_HDRLEN + sizeof("dummy"), IFLA_INFO_KIND }, "dummy" };
	struct message message = {
		.head = {
			.nlmsg_len = NLMSG_HDRLEN + sizeof(struct ifinfomsg),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
				       NLM_F_CREATE | NLM_F_EXCL,
		},
	};

	add_attribute(&message, IFLA_LINKINFO, &link, sizeof(link));
	add_attribute(&message, IFLA_IFNAME, "jailtest", sizeof("jailtest"));
	add_attribute(&message, IFLA_NET_NS_PID, &pid, sizeof(pid));
	return ask_route(&message);
}

static int call_remove_interface(const pid_t pid)
{
	struct message message = {
		.head = {
			.nlmsg_len = NLMSG_HDRLEN + sizeof(struct ifinfomsg),
			.nlmsg_type = RTM_DELLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
	};

	add_attribute(&message, IFLA_IFNAME, "jailtest", sizeof("jailtest"));
	return ask_route(&message);
}

/* Whoever the number belongs to, the answer is that nobody may ask. */
static void check_route(struct __test_metadata *const _metadata,
			const struct _test_data_pid *const self,
			const uid_t uid, const call_t call)
{
	int *const answers = self->w.shared->values;
	const struct trial trial = {
		.call = call,
		.pids = { self->root.pid, self->user.pid, self->unused,
			  OWN_CHILD },
		.answers = answers,
	};

	ASSERT_EQ(0, in_jail(&self->w, uid, call_each, &trial));
	EXPECT_EQ(EPERM, answers[0]);
	EXPECT_EQ(EPERM, answers[1]);
	EXPECT_EQ(EPERM, answers[2]);
	EXPECT_EQ(EPERM, answers[3]);
}

TEST_F(pid, namespace_of)
{
	EXPECT_EQ(0, call_namespace_of(self->root.pid));
	EXPECT_EQ(ESRCH, call_namespace_of(self->unused));
	allow_everything(&self->w);
	check_route(_metadata, self, variant->uid, call_namespace_of);
}

TEST_F(pid, give_interface)
{
	EXPECT_EQ(0, call_give_interface(self->root.pid));
	EXPECT_EQ(0, call_remove_interface(0));
	EXPECT_EQ(ESRCH, call_give_interface(self->unused));
	allow_everything(&self->w);
	check_route(_metadata, self, variant->uid, call_give_interface);
}

/* P31: a monitor of memory accesses, whose target is a number. */

#define MONITOR "/sys/kernel/mm/damon/admin/kdamonds"

/* The monitor's thread holds the lock at times, for which nobody waits. */
static int write_setting(const char *const path, const char *const text)
{
	int waited, err = EBUSY;

	for (waited = 0; err == EBUSY && waited < PATIENCE; waited++) {
		err = write_file(path, text);
		if (err == EBUSY)
			usleep(1000);
	}
	return err;
}

static int call_monitor(const pid_t pid)
{
	static const char *const settings[][2] = {
		{ MONITOR "/nr_kdamonds", "1" },
		{ MONITOR "/0/contexts/nr_contexts", "1" },
		{ MONITOR "/0/contexts/0/operations", "vaddr" },
		{ MONITOR "/0/contexts/0/targets/nr_targets", "1" },
	};
	char text[16];
	size_t i;
	int err;

	if (access(MONITOR, F_OK))
		return ENOSYS;
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (write_setting(settings[i][0], settings[i][1]))
			return UNREACHED;
	snprintf(text, sizeof(text), "%d", pid);
	if (write_setting(MONITOR "/0/contexts/0/targets/0/pid_target", text))
		return UNREACHED;
	err = write_setting(MONITOR "/0/state", "on");
	if (!err)
		write_setting(MONITOR "/0/state", "off");
	/* It says whether that one is over, too. */
	return write_setting(MONITOR "/nr_kdamonds", "0") ? UNREACHED : err;
}

FIXTURE(monitor)
{
	struct world w;
	struct sentinel sentinel;
};

FIXTURE_SETUP(monitor)
{
	make_world(_metadata, &self->w);
	make_dir(_metadata, &self->w, "/sys", 0755);
	make_mount(_metadata, &self->w, "/sys", "sysfs", NULL);
	self->sentinel = start_sentinel(_metadata, 0);
}

FIXTURE_TEARDOWN(monitor)
{
	stop_sentinel(&self->sentinel);
	remove_world(&self->w);
}

/* Only root may write there at all. */
TEST_F(monitor, target)
{
	int *const answers = self->w.shared->values;
	const struct trial trial = {
		.call = call_monitor,
		.pids = { OWN_CHILD, self->sentinel.pid,
			  unused_pid(_metadata) },
		.answers = answers,
	};

	ASSERT_EQ(0, in_chroot(&self->w, 0, call_each, &trial));
	if (answers[0] == ENOSYS)
		SKIP(return, "The kernel monitors no memory");
	EXPECT_EQ(0, answers[0]);
	EXPECT_EQ(0, answers[1]);
	EXPECT_EQ(EINVAL, answers[2]);
	ASSERT_EQ(0, in_jail(&self->w, 0, call_each, &trial));
	EXPECT_EQ(0, answers[0]);
	EXPECT_EQ(EINVAL, answers[1]);
	EXPECT_EQ(EINVAL, answers[2]);
}

/*
 * O4: a number that belongs to a jail already while its task is still outside,
 * as it does for a moment of each entry.  A lookup of the number alone finds it
 * then; what refuses is the second wall, which looks at the task.
 */

/* What the attacker and the tasks that enter have in common. */
struct moment {
	call_t call;
	volatile int target, attempts, refused;
};

FIXTURE(entering)
{
	struct world w;
	struct moment *moment;
	int jailfd;
};

FIXTURE_VARIANT(entering)
{
	call_t call;
};

#define ENTERING(test)                           \
	/* clang-format off */                 \
	FIXTURE_VARIANT_ADD(entering, test) { \
		/* clang-format on */            \
		.call = call_##test,             \
	}

ENTERING(kill);
ENTERING(kill_group);
ENTERING(setpriority_group);
ENTERING(ioprio_set_group);

FIXTURE_SETUP(entering)
{
	make_world(_metadata, &self->w);
	/* So that the attacker is as mighty as its target. */
	allow_everything(&self->w);
	self->moment = mmap(NULL, sizeof(*self->moment), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->moment);
	self->moment->call = variant->call;
	self->jailfd = jail(&self->w.args, sizeof(self->w.args), JAIL_NO_ENTER);
	ASSERT_LE(0, self->jailfd);
}

FIXTURE_TEARDOWN(entering)
{
	EXPECT_EQ(0, ioctl(self->jailfd, JAIL_IOC_KILL, 0));
	close(self->jailfd);
	remove_world(&self->w);
}

/* Makes the call all the time, whoever the target is. */
static void attack_target(struct moment *const moment)
{
	for (;;) {
		const pid_t target = moment->target;

		if (target && moment->call(target) == EPERM)
			moment->refused++;
		moment->attempts++;
	}
}

/* Enters the jail while the attacker is at it. */
static void become_target(const int jailfd, struct moment *const moment)
{
	const int attempts = moment->attempts;

	/* Leads a group, so that the number is that of a group too. */
	setsid();
	moment->target = getpid();
	while (moment->attempts < attempts + 2)
		sched_yield();
	if (jail_attach(jailfd, 0))
		_exit(1);
	moment->target = 0;
	_exit(0);
}

TEST_F_TIMEOUT(entering, refused, 300)
{
	struct moment *const moment = self->moment;
	const struct trial control = {
		.call = variant->call,
		.pids = { idle_child() },
		.answers = self->w.shared->values,
	};
	const time_t end = time(NULL) + 60;
	pid_t attacker;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "The attack needs two processors");
	/* Nothing else refuses. */
	ASSERT_EQ(0, in_chroot(&self->w, 0, call_each, &control));
	EXPECT_EQ(0, control.answers[0]);
	end_child(control.pids[0]);

	attacker = fork();
	ASSERT_LE(0, attacker);
	if (attacker == 0) {
		if (jail_attach(self->jailfd, 0))
			_exit(1);
		attack_target(moment);
	}
	while (!moment->refused && time(NULL) < end) {
		const pid_t child = fork();
		int status;

		ASSERT_LE(0, child);
		if (child == 0)
			become_target(self->jailfd, moment);
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
	}
	EXPECT_LT(0, moment->refused);
	end_child(attacker);
}

/*
 * U2 to U5: all processes of a user.  The controls change whoever has the user
 * ID, so that it is one that nobody else has.
 */

#define UID_CROWD 1234

FIXTURE(user)
{
	struct world w;
	struct sentinel sentinel;
};

FIXTURE_SETUP(user)
{
	make_world(_metadata, &self->w);
	self->sentinel = start_sentinel(_metadata, UID_CROWD);
	ASSERT_EQ(0, setpriority(PRIO_PROCESS, self->sentinel.pid, -5));
	ASSERT_EQ(0, syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS,
			     self->sentinel.pid,
			     IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 1)));
}

FIXTURE_TEARDOWN(user)
{
	stop_sentinel(&self->sentinel);
	remove_world(&self->w);
}

static int renice_user(void *const arg)
{
	const pid_t child = idle_child();
	int err = RESULT(setpriority(PRIO_USER, 0, 5));

	if (!err && getpriority(PRIO_PROCESS, child) != 5)
		err = UNREACHED;
	end_child(child);
	return err;
}

TEST_F(user, setpriority)
{
	const pid_t pid = self->sentinel.pid;

	EXPECT_EQ(0, in_jail(&self->w, UID_CROWD, renice_user, NULL));
	EXPECT_EQ(-5, getpriority(PRIO_PROCESS, pid));
	EXPECT_EQ(0, in_chroot(&self->w, UID_CROWD, renice_user, NULL));
	EXPECT_EQ(5, getpriority(PRIO_PROCESS, pid));
}

/* Returns 0 if another process has a better priority than the own. */
static int see_nice(void *const arg)
{
	int nice;

	if (setpriority(PRIO_PROCESS, 0, 3))
		return UNREACHED;
	errno = 0;
	nice = getpriority(PRIO_USER, 0);
	if (errno)
		return errno;
	return nice < 3 ? 0 : ESRCH;
}

TEST_F(user, getpriority)
{
	EXPECT_EQ(0, in_chroot(&self->w, UID_CROWD, see_nice, NULL));
	EXPECT_EQ(ESRCH, in_jail(&self->w, UID_CROWD, see_nice, NULL));
}

static int io_renice_user(void *const arg)
{
	const int prio = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7);
	const pid_t child = idle_child();
	int err = RESULT(
		syscall(__NR_ioprio_set, IOPRIO_WHO_USER, getuid(), prio));

	if (!err && syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, child) != prio)
		err = UNREACHED;
	end_child(child);
	return err;
}

TEST_F(user, ioprio_set)
{
	const pid_t pid = self->sentinel.pid;

	EXPECT_EQ(0, in_jail(&self->w, UID_CROWD, io_renice_user, NULL));
	EXPECT_EQ(IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 1),
		  syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, pid));
	EXPECT_EQ(0, in_chroot(&self->w, UID_CROWD, io_renice_user, NULL));
	EXPECT_EQ(IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7),
		  syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, pid));
}

static int see_ioprio(void *const arg)
{
	const int own = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6);
	int prio;

	if (syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS, 0, own))
		return UNREACHED;
	prio = syscall(__NR_ioprio_get, IOPRIO_WHO_USER, getuid());
	if (prio < 0)
		return errno;
	return prio == own ? ESRCH : 0;
}

TEST_F(user, ioprio_get)
{
	EXPECT_EQ(0, in_chroot(&self->w, UID_CROWD, see_ioprio, NULL));
	EXPECT_EQ(ESRCH, in_jail(&self->w, UID_CROWD, see_ioprio, NULL));
}

/* The same by root, about a user who has no process in the jail. */

static int call_getpriority_user(const pid_t uid)
{
	errno = 0;
	getpriority(PRIO_USER, uid);
	return errno;
}

static int call_setpriority_user(const pid_t uid)
{
	return RESULT(setpriority(PRIO_USER, uid, 6));
}

static int call_ioprio_get_user(const pid_t uid)
{
	return RESULT(syscall(__NR_ioprio_get, IOPRIO_WHO_USER, uid));
}

static int call_ioprio_set_user(const pid_t uid)
{
	return RESULT(syscall(__NR_ioprio_set, IOPRIO_WHO_USER, uid,
			      IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6)));
}

TEST_F(user, from_root)
{
	static const call_t calls[] = {
		call_getpriority_user,
		call_ioprio_get_user,
		call_setpriority_user,
		call_ioprio_set_user,
	};
	int *const answers = self->w.shared->values;
	size_t i;

	allow_everything(&self->w);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		const struct trial trial = {
			.call = calls[i],
			.pids = { UID_CROWD },
			.answers = answers,
		};

		ASSERT_EQ(0, in_jail(&self->w, 0, call_each, &trial));
		EXPECT_EQ(ESRCH, answers[0]);
		ASSERT_EQ(0, in_chroot(&self->w, 0, call_each, &trial));
		EXPECT_EQ(0, answers[0]);
	}
}

/* L1: the mark is for life, and for all descendants. */

FIXTURE(mark)
{
	struct world w;
};

FIXTURE_SETUP(mark)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(mark)
{
	remove_world(&self->w);
}

/* A copy of this program that ran with this argument tells of its mark. */
#define LOOK_AT_MARK "--look-at-mark"

__attribute__((constructor)) static void look_at_mark(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], LOOK_AT_MARK))
		_exit(task_flags() & PF_JAILED ? EPERM : 0);
}

static int wait_for_status(const pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return UNREACHED;
	return WEXITSTATUS(status);
}

/* Three forks deep, then another program. */
static int lose_mark(void *const arg)
{
	static const int depth = 3;
	int i;

	for (i = 0; i < depth; i++) {
		const pid_t pid = fork();

		if (pid)
			return i ? wait_for_status(pid) & 0xff :
				   wait_for_status(pid);
	}
	execl("/program", "program", LOOK_AT_MARK, NULL);
	return EDOM;
}

static int lose_mark_exits(void *const arg)
{
	const pid_t first = getpid();
	const int err = lose_mark(arg);

	/* Only the first process reports. */
	if (getpid() != first)
		_exit(err);
	return err;
}

TEST_F(mark, inherited)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/program", self->w.root);
	install_program(_metadata, path, 0755);
	EXPECT_EQ(0, in_chroot(&self->w, 0, lose_mark_exits, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, lose_mark_exits, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, lose_mark_exits, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, lose_mark_exits, NULL));
}

/* L2: a child for the parent outside. */
static int give_child(void *const arg)
{
	const pid_t pid =
		syscall(__NR_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

TEST_F(mark, clone_parent)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, give_child, NULL));
	EXPECT_LT(0, waitpid(-1, NULL, __WALL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, give_child, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, give_child, NULL));
}

TEST_HARNESS_MAIN
