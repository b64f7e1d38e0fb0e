// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - What numbers of processes tell
 *
 * Each system call that takes the number of a process, a thread, a group or a
 * session is asked about every number there can be.  In a jail it answers alike
 * for those of the host and for those that nobody has: the same result, the
 * same errno, and not a byte written.  Outside it tells them apart.
 */

#define _GNU_SOURCE
#include <linux/futex.h>
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
#include <linux/sockios.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>

#include "common.h"

/* Numbers up to here are asked about; by default there are no others. */
#define LAST_NUMBER 65536

/* Processes of the host, in each part of the range. */
#define PLANTED 5

/* What a call wrote, if it wrote something. */
#define UNTOUCHED 0x5a

static union {
	unsigned char bytes[192];
	unsigned long align;
	int number;
	struct timespec time;
	struct rlimit limit;
	struct sched_param param;
	struct __user_cap_data_struct caps[2];
	cpu_set_t cpus;
	siginfo_t info;
	void *pointers[2];
} out;

/* Descriptors that calls need, opened once by each scan. */
static struct {
	int pipe, socket, namespace, terminal;
} files;

/* Lies at the same address in all processes of a test. */
static int probe = 7;

typedef long (*question_t)(pid_t nr);

struct answer {
	long result;
	int error;
	bool wrote;
};

static struct answer ask(const question_t question, const pid_t nr)
{
	struct answer answer;
	size_t i;

	memset(&out, UNTOUCHED, sizeof(out));
	errno = 0;
	answer.result = question(nr);
	answer.error = errno;
	answer.wrote = false;
	for (i = 0; i < sizeof(out); i++)
		answer.wrote |= out.bytes[i] != UNTOUCHED;
	return answer;
}

static bool same_answer(const struct answer *const a,
			const struct answer *const b)
{
	return a->result == b->result && a->error == b->error &&
	       a->wrote == b->wrote;
}

FIXTURE(oracle)
{
	struct world w;
	pid_t planted[PLANTED];
	pid_t unused;
	int last;
};

FIXTURE_VARIANT(oracle)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(oracle, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(oracle, user) {
	/* clang-format on */
	.uid = UID_USER,
};

/* A process of the host with the number @nr or, if it is taken, one above. */
static pid_t plant(struct __test_metadata *const _metadata, pid_t nr,
		   const uid_t uid)
{
	struct {
		__u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack,
			stack_size, tls, set_tid, set_tid_size;
	} args = {
		.exit_signal = SIGCHLD,
		.set_tid = ptr_to_u64(&nr),
		.set_tid_size = 1,
	};
	int ready[2];
	pid_t pid;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	do
		pid = syscall(__NR_clone3, &args, sizeof(args));
	while (pid < 0 && errno == EEXIST && nr++);
	ASSERT_LE(0, pid)
	{
		TH_LOG("clone3: %s", strerror(errno));
	}
	if (pid == 0) {
		struct sockaddr_nl addr = {
			.nl_family = AF_NETLINK,
			.nl_pid = syscall(__NR_getpid),
		};
		const int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

		if (setsid() < 0 || detach_streams() ||
		    bind(sock, (void *)&addr, sizeof(addr)) ||
		    reduce_caps(CEILING_DEFAULT) || become(uid) ||
		    !tell(ready[1]))
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ASSERT_TRUE(hear(ready[0]));
	close(ready[0]);
	return pid;
}

FIXTURE_SETUP(oracle)
{
	char text[32];
	int i;

	make_world(_metadata, &self->w);
	make_dir(_metadata, &self->w, "/dev/pts", 0755);
	make_mount(_metadata, &self->w, "/dev/pts", "devpts",
		   "newinstance,ptmxmode=0666,mode=0666");
	ASSERT_EQ(0, read_file("/proc/sys/kernel/pid_max", text, sizeof(text)));
	self->last = atoi(text) - 1;
	if (self->last > LAST_NUMBER)
		self->last = LAST_NUMBER;
	for (i = 0; i < PLANTED; i++)
		self->planted[i] = plant(_metadata,
					 self->last / PLANTED * (i + 1),
					 variant->uid);
	self->unused = unused_pid(_metadata);
}

FIXTURE_TEARDOWN(oracle)
{
	int i;

	for (i = 0; i < PLANTED; i++)
		end_child(self->planted[i]);
	remove_world(&self->w);
}

static int open_terminal(void)
{
	const int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
	int unlock = 0, number, slave;
	char path[32];

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) ||
	    ioctl(master, TIOCGPTN, &number))
		return -1;
	snprintf(path, sizeof(path), "/dev/pts/%d", number);
	slave = open(path, O_RDWR | O_NOCTTY);
	return slave < 0 || ioctl(slave, TIOCSCTTY, 0) ? -1 : slave;
}

static bool open_files(void)
{
	int pipes[2];

	if (pipe(pipes))
		return false;
	files.pipe = pipes[0];
	files.socket = socket(AF_UNIX, SOCK_STREAM, 0);
	files.namespace = open("/proc/self/ns/pid", O_RDONLY);
	files.terminal = open_terminal();
	return files.socket >= 0 && files.namespace >= 0 && files.terminal >= 0;
}

/* What a scan asks and what it found; shared with the test. */
struct scan {
	question_t question;
	/* A number that nobody has: whoever answers otherwise is told apart. */
	pid_t unused;
	/* Some numbers, or all up to @last. */
	const pid_t *numbers;
	int last;
	/* How many were told apart, and the first of them. */
	struct {
		int count, nr, error;
		bool unsupported;
	} * found;
};

static void look(const struct scan *const scan, const pid_t nr,
		 const struct answer *const absent)
{
	struct answer answer;

	if (nr == getpid())
		return;
	answer = ask(scan->question, nr);
	if (same_answer(&answer, absent))
		return;
	if (!scan->found->count++) {
		scan->found->nr = nr;
		scan->found->error = answer.error;
	}
}

static int scan_numbers(void *const arg)
{
	const struct scan *const scan = arg;
	struct answer absent;
	int i;

	scan->found->count = 0;
	if (!open_files())
		return UNREACHED;
	absent = ask(scan->question, scan->unused);
	scan->found->unsupported = absent.error == ENOSYS;
	if (scan->numbers) {
		for (i = 0; i < PLANTED; i++)
			look(scan, scan->numbers[i], &absent);
	} else {
		for (i = 1; i <= scan->last; i++)
			look(scan, i, &absent);
	}
	return 0;
}

static void check_question(struct __test_metadata *const _metadata,
			   const struct _test_data_oracle *const self,
			   const uid_t uid, const question_t question,
			   const bool tells_outside)
{
	struct scan scan = {
		.question = question,
		.unused = self->unused,
		.last = self->last,
		.found = (void *)self->w.shared->values,
	};

	/* Only processes of the test: some calls change what they find. */
	scan.numbers = self->planted;
	ASSERT_EQ(0, in_chroot(&self->w, uid, scan_numbers, &scan));
	if (scan.found->unsupported)
		SKIP(return, "The kernel lacks this system call");
	EXPECT_EQ(tells_outside ? PLANTED : 0, scan.found->count);

	scan.numbers = NULL;
	ASSERT_EQ(0, in_jail(&self->w, uid, scan_numbers, &scan));
	EXPECT_EQ(0, scan.found->count)
	{
		TH_LOG("%d numbers of %d, first %d: %s", scan.found->count,
		       scan.last, scan.found->nr, strerror(scan.found->error));
	}
}

#define TEST_QUESTION(test, tells_outside)                                \
	TEST_F_TIMEOUT(oracle, test, 300)                                 \
	{                                                                 \
		check_question(_metadata, self, variant->uid, ask_##test, \
			       tells_outside);                            \
	}

/* A call that answers a number by itself. */
#define QUESTION(test, call)                   \
	static long ask_##test(const pid_t nr) \
	{                                      \
		return call;                   \
	}                                      \
	TEST_QUESTION(test, true)

/*
 * One that tells nobody apart, neither outside: it knows relatives only, or
 * needs a capability above the ceiling.
 */
#define BLIND_QUESTION(test, call)             \
	static long ask_##test(const pid_t nr) \
	{                                      \
		return call;                   \
	}                                      \
	TEST_QUESTION(test, false)

/* One that makes a descriptor. */
static long closed(const int fd)
{
	return fd < 0 ? fd : close(fd);
}

/* Signals */

static siginfo_t queued = { .si_code = SI_QUEUE };

QUESTION(kill, kill(nr, 0))
QUESTION(kill_group, kill(-nr, 0))
QUESTION(tkill, syscall(__NR_tkill, nr, 0))
QUESTION(tgkill, syscall(__NR_tgkill, nr, nr, 0))
QUESTION(rt_sigqueueinfo, syscall(__NR_rt_sigqueueinfo, nr, 0, &queued))
QUESTION(rt_tgsigqueueinfo, syscall(__NR_rt_tgsigqueueinfo, nr, nr, 0, &queued))

/* Groups and sessions */

QUESTION(getpgid, getpgid(nr))
QUESTION(getsid, getsid(nr))
BLIND_QUESTION(setpgid, setpgid(nr, 0))
BLIND_QUESTION(setpgid_join, setpgid(0, nr))
QUESTION(tcsetpgrp, ioctl(files.terminal, TIOCSPGRP, &nr))

/* Scheduling */

QUESTION(getpriority, syscall(__NR_getpriority, PRIO_PROCESS, nr))
QUESTION(getpriority_group, syscall(__NR_getpriority, PRIO_PGRP, nr))
QUESTION(setpriority, setpriority(PRIO_PROCESS, nr, 1))
QUESTION(setpriority_group, setpriority(PRIO_PGRP, nr, 1))
QUESTION(ioprio_get, syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, nr))
QUESTION(ioprio_get_group, syscall(__NR_ioprio_get, IOPRIO_WHO_PGRP, nr))

#define LOW_IOPRIO IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7)

QUESTION(ioprio_set,
	 syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS, nr, LOW_IOPRIO))
QUESTION(ioprio_set_group,
	 syscall(__NR_ioprio_set, IOPRIO_WHO_PGRP, nr, LOW_IOPRIO))

static const struct sched_param no_priority;

QUESTION(sched_getscheduler, syscall(__NR_sched_getscheduler, nr))
QUESTION(sched_setscheduler, sched_setscheduler(nr, SCHED_BATCH, &no_priority))
QUESTION(sched_getparam, sched_getparam(nr, &out.param))
QUESTION(sched_setparam, sched_setparam(nr, &no_priority))
QUESTION(sched_getattr, syscall(__NR_sched_getattr, nr, &out, 48, 0))
QUESTION(sched_getaffinity, sched_getaffinity(nr, sizeof(out.cpus), &out.cpus))
QUESTION(sched_rr_get_interval, sched_rr_get_interval(nr, &out.time))

static long ask_sched_setattr(const pid_t nr)
{
	/* The first version of struct sched_attr: size, policy, ... */
	const __u32 attr[12] = { sizeof(attr), SCHED_BATCH };

	return syscall(__NR_sched_setattr, nr, attr, 0);
}

TEST_QUESTION(sched_setattr, true)

static long ask_sched_setaffinity(const pid_t nr)
{
	const unsigned long first = 1;

	return syscall(__NR_sched_setaffinity, nr, sizeof(first), &first);
}

TEST_QUESTION(sched_setaffinity, true)

static long ask_core_get(const pid_t nr)
{
	unsigned long cookie;

	if (prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 0,
		  PR_SCHED_CORE_SCOPE_THREAD, &cookie)) {
		errno = ENOSYS;
		return -1;
	}
	return prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, nr,
		     PR_SCHED_CORE_SCOPE_THREAD, &out);
}

TEST_QUESTION(core_get, true)

/* Limits, memory and identity */

static const struct rlimit low_limit = { 64, 64 };

QUESTION(prlimit_get, prlimit(nr, RLIMIT_NOFILE, NULL, &out.limit))
QUESTION(prlimit_set, prlimit(nr, RLIMIT_NOFILE, &low_limit, NULL))
QUESTION(kcmp, syscall(__NR_kcmp, getpid(), nr, KCMP_VM, 0, 0))
QUESTION(get_robust_list,
	 syscall(__NR_get_robust_list, nr, &out.pointers[0], &out.pointers[1]))
QUESTION(move_pages, syscall(__NR_move_pages, nr, 0, NULL, NULL, NULL, 0))

static long ask_migrate_pages(const pid_t nr)
{
	const unsigned long node = 1;

	return syscall(__NR_migrate_pages, nr, 2, &node, &node);
}

TEST_QUESTION(migrate_pages, true)

static const struct iovec remote = { &probe, sizeof(probe) };

static long ask_process_vm_readv(const pid_t nr)
{
	const struct iovec local = { &out.number, sizeof(out.number) };

	return process_vm_readv(nr, &local, 1, &remote, 1, 0);
}

TEST_QUESTION(process_vm_readv, true)

static long ask_process_vm_writev(const pid_t nr)
{
	int number = 8;
	const struct iovec local = { &number, sizeof(number) };

	return process_vm_writev(nr, &local, 1, &remote, 1, 0);
}

TEST_QUESTION(process_vm_writev, true)

static long ask_capget(const pid_t nr)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
		.pid = nr,
	};

	return syscall(__NR_capget, &header, out.caps);
}

TEST_QUESTION(capget, true)

/* Descriptors and tracing */

QUESTION(pidfd_open, closed(pidfd_open(nr, 0)))
QUESTION(ptrace_seize, ptrace(PTRACE_SEIZE, nr, 0, 0))
BLIND_QUESTION(ptrace_peek,
	       syscall(__NR_ptrace, PTRACE_PEEKDATA, nr, &probe, &out))

static long ask_set_ptracer(const pid_t nr)
{
	if (prctl(PR_SET_PTRACER, 0, 0, 0, 0)) {
		errno = ENOSYS;
		return -1;
	}
	return prctl(PR_SET_PTRACER, nr, 0, 0, 0);
}

TEST_QUESTION(set_ptracer, true)

static long ask_perf_event_open(const pid_t nr)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return closed(syscall(__NR_perf_event_open, &attr, nr, -1, -1, 0));
}

TEST_QUESTION(perf_event_open, true)

/* Owners of files */

QUESTION(fcntl_setown, fcntl(files.pipe, F_SETOWN, nr))
QUESTION(fcntl_setown_group, fcntl(files.pipe, F_SETOWN, -nr))
QUESTION(ioctl_siocspgrp, ioctl(files.socket, SIOCSPGRP, &nr))

static long set_owner(const int type, const pid_t nr)
{
	const struct f_owner_ex owner = { type, nr };

	return fcntl(files.pipe, F_SETOWN_EX, &owner);
}

QUESTION(fcntl_setown_ex_thread, set_owner(F_OWNER_TID, nr))
QUESTION(fcntl_setown_ex_process, set_owner(F_OWNER_PID, nr))
QUESTION(fcntl_setown_ex_group, set_owner(F_OWNER_PGRP, nr))

/* Clocks, timers and locks */

#define PROCESS_CLOCK(nr) ((clockid_t)(~(unsigned int)(nr) << 3 | 2))
#define THREAD_CLOCK(nr) ((clockid_t)(~(unsigned int)(nr) << 3 | 6))

QUESTION(clock_gettime, syscall(__NR_clock_gettime, PROCESS_CLOCK(nr), &out))
QUESTION(clock_getres, syscall(__NR_clock_getres, PROCESS_CLOCK(nr), &out))
BLIND_QUESTION(clock_gettime_thread,
	       syscall(__NR_clock_gettime, THREAD_CLOCK(nr), &out))

static long ask_timer_create(const pid_t nr)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	int timer;

	if (syscall(__NR_timer_create, PROCESS_CLOCK(nr), &event, &timer))
		return -1;
	return syscall(__NR_timer_delete, timer);
}

TEST_QUESTION(timer_create, true)

static long ask_futex_lock_pi(const pid_t nr)
{
	const struct timespec past = {};
	int word = nr;

	return syscall(__NR_futex, &word, FUTEX_LOCK_PI_PRIVATE, 0, &past, NULL,
		       0);
}

TEST_QUESTION(futex_lock_pi, true)

/* Relatives, credentials and namespaces */

BLIND_QUESTION(waitid, waitid(P_PID, nr, &out.info, WEXITED | WNOHANG))
BLIND_QUESTION(waitid_group, waitid(P_PGID, nr, &out.info, WEXITED | WNOHANG))
BLIND_QUESTION(wait4, syscall(__NR_wait4, nr, &out, WNOHANG, NULL))
QUESTION(ns_get_pid_from, ioctl(files.namespace, NS_GET_PID_FROM_PIDNS, nr))
QUESTION(ns_get_tgid_from, ioctl(files.namespace, NS_GET_TGID_FROM_PIDNS, nr))
QUESTION(ns_get_pid_in, ioctl(files.namespace, NS_GET_PID_IN_PIDNS, nr))
QUESTION(ns_get_tgid_in, ioctl(files.namespace, NS_GET_TGID_IN_PIDNS, nr))

static long ask_clone3(const pid_t nr)
{
	struct {
		__u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack,
			stack_size, tls, set_tid, set_tid_size;
	} args = {
		.exit_signal = SIGCHLD,
		.set_tid = ptr_to_u64(&nr),
		.set_tid_size = 1,
	};
	const pid_t pid = syscall(__NR_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	return pid < 0 ? pid : waitpid(pid, NULL, 0);
}

TEST_QUESTION(clone3, false)

static long ask_credentials(const pid_t nr)
{
	struct ucred ucred = { .pid = nr, .uid = getuid(), .gid = getgid() };
	char control[CMSG_SPACE(sizeof(ucred))] = {};
	struct iovec iov = { .iov_base = &probe, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *const cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_CREDENTIALS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(ucred));
	memcpy(CMSG_DATA(cmsg), &ucred, sizeof(ucred));
	return sendmsg(files.socket, &msg, MSG_NOSIGNAL);
}

TEST_QUESTION(credentials, false)

/* The number of a process is that of its first netlink socket, too. */
static long ask_netlink_port(const pid_t nr)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_pid = nr,
	};
	const int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	const int result = bind(sock, (const void *)&addr, sizeof(addr));
	const int err = errno;

	close(sock);
	errno = err;
	return result;
}

TEST_QUESTION(netlink_port, true)

/* Names in /proc */

static long proc_entry(const pid_t nr, const char *const name)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d%s", nr, name);
	return stat(path, &st);
}

QUESTION(proc_directory, proc_entry(nr, ""))
QUESTION(proc_file, proc_entry(nr, "/oom_score_adj"))
QUESTION(proc_thread, proc_entry(nr, "/task"))

TEST_HARNESS_MAIN
