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
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
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
	struct {
		__u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack,
			stack_size, tls, set_tid, set_tid_size;
	} args = {
		.exit_signal = SIGCHLD,
		.set_tid = ptr_to_u64(&wanted),
		.set_tid_size = 1,
	};
	const pid_t pid = syscall(__NR_clone3, &args, sizeof(args));

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

/* U2 to U5: all processes of a user. */

FIXTURE(user)
{
	struct world w;
	struct sentinel sentinel;
};

FIXTURE_SETUP(user)
{
	make_world(_metadata, &self->w);
	self->sentinel = start_sentinel(_metadata, UID_USER);
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

	EXPECT_EQ(0, in_jail(&self->w, UID_USER, renice_user, NULL));
	EXPECT_EQ(-5, getpriority(PRIO_PROCESS, pid));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, renice_user, NULL));
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
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, see_nice, NULL));
	EXPECT_EQ(ESRCH, in_jail(&self->w, UID_USER, see_nice, NULL));
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

	EXPECT_EQ(0, in_jail(&self->w, UID_USER, io_renice_user, NULL));
	EXPECT_EQ(IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 1),
		  syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, pid));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, io_renice_user, NULL));
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
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, see_ioprio, NULL));
	EXPECT_EQ(ESRCH, in_jail(&self->w, UID_USER, see_ioprio, NULL));
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

static bool marked(void)
{
	char text[1024], *p;
	int field;

	if (read_file("/proc/self/stat", text, sizeof(text)))
		return false;
	p = strrchr(text, ')');
	for (field = 2; p && field < 9; field++)
		p = strchr(p + 1, ' ');
	return p && strtoul(p, NULL, 10) & PF_JAILED;
}

/* A copy of this program that ran with this argument tells of its mark. */
#define LOOK_AT_MARK "--look-at-mark"

__attribute__((constructor)) static void look_at_mark(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], LOOK_AT_MARK))
		_exit(marked() ? EPERM : 0);
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

static void copy_program(struct __test_metadata *const _metadata,
			 const struct world *const w)
{
	char path[64], buffer[65536];
	ssize_t len;
	int in, out;

	snprintf(path, sizeof(path), "%s/program", w->root);
	in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	ASSERT_LE(0, in);
	ASSERT_LE(0, out);
	while ((len = read(in, buffer, sizeof(buffer))) > 0)
		ASSERT_EQ(len, write(out, buffer, len));
	close(in);
	close(out);
}

TEST_F(mark, inherited)
{
	copy_program(_metadata, &self->w);
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
