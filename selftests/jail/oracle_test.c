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
#define UNTOUCHED 0x5a5a5a5a5a5a5a5aUL

static union {
	unsigned long words[24];
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
	int pipe, socket, netlink, namespace, terminal;
} files;

/* Lies at the same address in all processes of a test. */
static int probe = 7;

/* A call that takes a number; whether it tells anybody apart outside. */
struct question {
	const char *name;
	long (*ask)(pid_t nr);
	bool tells_outside;
};

struct answer {
	long result;
	int error;
	bool wrote;
};

static struct answer ask(const struct question *const question, const pid_t nr)
{
	struct answer answer;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(out.words); i++)
		out.words[i] = UNTOUCHED;
	errno = 0;
	answer.result = question->ask(nr);
	answer.error = errno;
	answer.wrote = false;
	for (i = 0; i < ARRAY_SIZE(out.words); i++)
		answer.wrote |= out.words[i] != UNTOUCHED;
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
	int ready[2];
	pid_t pid;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	do
		pid = fork_as(nr);
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
	files.netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	files.namespace = open("/proc/self/ns/pid", O_RDONLY);
	files.terminal = open_terminal();
	return files.socket >= 0 && files.netlink >= 0 &&
	       files.namespace >= 0 && files.terminal >= 0;
}

#define MAX_QUESTIONS 20

/* What a scan asks and what it found; the latter is shared with the test. */
struct scan {
	/* Ends with one that has no name. */
	const struct question *questions;
	/* A number that nobody has: whoever answers otherwise is told apart. */
	pid_t unused;
	/* Some numbers, or every @step'th up to @last. */
	const pid_t *numbers;
	int last, step;
	/* How many were told apart by a question, and the first of them. */
	struct found {
		int count, nr, error;
		bool unsupported;
	} * found;
};

static void look(const struct question *const question,
		 struct found *const found, const pid_t nr,
		 const struct answer *const absent)
{
	struct answer answer;

	if (nr == getpid())
		return;
	answer = ask(question, nr);
	if (same_answer(&answer, absent))
		return;
	if (!found->count++) {
		found->nr = nr;
		found->error = answer.error;
	}
}

static void scan_numbers(const struct scan *const scan,
			 const struct question *const question,
			 struct found *const found)
{
	const struct answer absent = ask(question, scan->unused);
	int i;

	found->count = 0;
	found->unsupported = absent.error == ENOSYS;
	if (found->unsupported)
		return;
	if (scan->numbers) {
		for (i = 0; i < PLANTED; i++)
			look(question, found, scan->numbers[i], &absent);
	} else {
		for (i = 1; i <= scan->last; i += scan->step)
			look(question, found, i, &absent);
	}
}

static int ask_all(void *const arg)
{
	const struct scan *const scan = arg;
	int i;

	if (!open_files())
		return UNREACHED;
	for (i = 0; scan->questions[i].name; i++)
		scan_numbers(scan, &scan->questions[i], &scan->found[i]);
	return 0;
}

/* A kernel with lockdep is many times slower: there a part must do. */
static int choose_step(void)
{
	return access("/proc/lockdep_stats", F_OK) ? 1 : 16;
}

static void check_questions(struct __test_metadata *const _metadata,
			    const struct _test_data_oracle *const self,
			    const uid_t uid,
			    const struct question *const questions)
{
	struct scan scan = {
		.questions = questions,
		.unused = self->unused,
		.last = self->last,
		.step = choose_step(),
		.found = mmap(NULL, MAX_QUESTIONS * sizeof(*scan.found),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0),
	};
	int i;

	ASSERT_NE(MAP_FAILED, scan.found);
	/* Only processes of the test: some calls change what they find. */
	scan.numbers = self->planted;
	ASSERT_EQ(0, in_chroot(&self->w, uid, ask_all, &scan));
	if (scan.found[0].unsupported)
		SKIP(return, "The kernel lacks these system calls");
	for (i = 0; questions[i].name; i++) {
		EXPECT_FALSE(scan.found[i].unsupported)
		{
			TH_LOG("%s: the kernel lacks it", questions[i].name);
		}
		EXPECT_EQ(questions[i].tells_outside ? PLANTED : 0,
			  scan.found[i].count)
		{
			TH_LOG("%s", questions[i].name);
		}
	}

	scan.numbers = NULL;
	ASSERT_EQ(0, in_jail(&self->w, uid, ask_all, &scan));
	for (i = 0; questions[i].name; i++) {
		EXPECT_EQ(0, scan.found[i].count)
		{
			TH_LOG("%s: %d numbers of %d, first %d: %s",
			       questions[i].name, scan.found[i].count,
			       scan.last, scan.found[i].nr,
			       strerror(scan.found[i].error));
		}
	}
}

#define TEST_QUESTIONS(test, ...)                                        \
	static const struct question test##_questions[MAX_QUESTIONS] = { \
		__VA_ARGS__                                              \
	};                                                               \
	TEST_F_TIMEOUT(oracle, test, 900)                                \
	{                                                                \
		check_questions(_metadata, self, variant->uid,           \
				test##_questions);                       \
	}

/*
 * A question, and one that tells nobody apart outside either: it knows relatives
 * only, or needs a capability above the ceiling.
 */
#define ASK(name)                       \
	{                               \
#name, ask_##name, true \
	}
#define ASK_BLIND(name)                  \
	{                                \
#name, ask_##name, false \
	}

/* A call that takes a number by itself. */
#define CALL(name, call)                       \
	static long ask_##name(const pid_t nr) \
	{                                      \
		return call;                   \
	}

/* One that makes a descriptor. */
static long closed(const int fd)
{
	return fd < 0 ? fd : close(fd);
}

/* Signals */

static siginfo_t queued = { .si_code = SI_QUEUE };

CALL(kill, kill(nr, 0))
CALL(kill_group, kill(-nr, 0))
CALL(tkill, syscall(__NR_tkill, nr, 0))
CALL(tgkill, syscall(__NR_tgkill, nr, nr, 0))
CALL(rt_sigqueueinfo, syscall(__NR_rt_sigqueueinfo, nr, 0, &queued))
CALL(rt_tgsigqueueinfo, syscall(__NR_rt_tgsigqueueinfo, nr, nr, 0, &queued))

TEST_QUESTIONS(signals, ASK(kill), ASK(kill_group), ASK(tkill), ASK(tgkill),
	       ASK(rt_sigqueueinfo), ASK(rt_tgsigqueueinfo))

/* Groups and sessions */

CALL(getpgid, getpgid(nr))
CALL(getsid, getsid(nr))
CALL(setpgid, setpgid(nr, 0))
CALL(setpgid_join, setpgid(0, nr))
CALL(tcsetpgrp, ioctl(files.terminal, TIOCSPGRP, &nr))

TEST_QUESTIONS(groups, ASK(getpgid), ASK(getsid), ASK_BLIND(setpgid),
	       ASK_BLIND(setpgid_join), ASK(tcsetpgrp))

/* Scheduling */

CALL(getpriority, syscall(__NR_getpriority, PRIO_PROCESS, nr))
CALL(getpriority_group, syscall(__NR_getpriority, PRIO_PGRP, nr))
CALL(setpriority, setpriority(PRIO_PROCESS, nr, 1))
CALL(setpriority_group, setpriority(PRIO_PGRP, nr, 1))
CALL(ioprio_get, syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, nr))
CALL(ioprio_get_group, syscall(__NR_ioprio_get, IOPRIO_WHO_PGRP, nr))

#define LOW_IOPRIO IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7)

#define SET_IOPRIO(which, nr) syscall(__NR_ioprio_set, which, nr, LOW_IOPRIO)

CALL(ioprio_set, SET_IOPRIO(IOPRIO_WHO_PROCESS, nr))
CALL(ioprio_set_group, SET_IOPRIO(IOPRIO_WHO_PGRP, nr))

static const struct sched_param no_priority;

CALL(sched_getscheduler, syscall(__NR_sched_getscheduler, nr))
CALL(sched_setscheduler, sched_setscheduler(nr, SCHED_BATCH, &no_priority))
CALL(sched_getparam, sched_getparam(nr, &out.param))
CALL(sched_setparam, sched_setparam(nr, &no_priority))
CALL(sched_getattr, syscall(__NR_sched_getattr, nr, &out, 48, 0))
CALL(sched_getaffinity, sched_getaffinity(nr, sizeof(out.cpus), &out.cpus))
CALL(sched_rr_get_interval, sched_rr_get_interval(nr, &out.time))

static long ask_sched_setattr(const pid_t nr)
{
	/* The first version of struct sched_attr: size, policy, ... */
	const __u32 attr[12] = { sizeof(attr), SCHED_BATCH };

	return syscall(__NR_sched_setattr, nr, attr, 0);
}

static long ask_sched_setaffinity(const pid_t nr)
{
	const unsigned long first = 1;

	return syscall(__NR_sched_setaffinity, nr, sizeof(first), &first);
}

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

TEST_QUESTIONS(scheduling, ASK(getpriority), ASK(getpriority_group),
	       ASK(setpriority), ASK(setpriority_group), ASK(ioprio_get),
	       ASK(ioprio_get_group), ASK(ioprio_set), ASK(ioprio_set_group),
	       ASK(sched_getscheduler), ASK(sched_setscheduler),
	       ASK(sched_getparam), ASK(sched_setparam), ASK(sched_getattr),
	       ASK(sched_getaffinity), ASK(sched_rr_get_interval),
	       ASK(sched_setattr), ASK(sched_setaffinity))

TEST_QUESTIONS(cores, ASK(core_get))

/* Limits, memory and identity */

static const struct rlimit low_limit = { 64, 64 };

CALL(prlimit_get, prlimit(nr, RLIMIT_NOFILE, NULL, &out.limit))
CALL(prlimit_set, prlimit(nr, RLIMIT_NOFILE, &low_limit, NULL))
CALL(kcmp, syscall(__NR_kcmp, getpid(), nr, KCMP_VM, 0, 0))

static long ask_get_robust_list(const pid_t nr)
{
	return syscall(__NR_get_robust_list, nr, &out.pointers[0],
		       &out.pointers[1]);
}

CALL(move_pages, syscall(__NR_move_pages, nr, 0, NULL, NULL, NULL, 0))

static long ask_migrate_pages(const pid_t nr)
{
	const unsigned long node = 1;

	return syscall(__NR_migrate_pages, nr, 2, &node, &node);
}

static const struct iovec remote = { &probe, sizeof(probe) };

static long ask_process_vm_readv(const pid_t nr)
{
	const struct iovec local = { &out.number, sizeof(out.number) };

	return process_vm_readv(nr, &local, 1, &remote, 1, 0);
}

static long ask_process_vm_writev(const pid_t nr)
{
	int number = 8;
	const struct iovec local = { &number, sizeof(number) };

	return process_vm_writev(nr, &local, 1, &remote, 1, 0);
}

static long ask_capget(const pid_t nr)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
		.pid = nr,
	};

	return syscall(__NR_capget, &header, out.caps);
}

TEST_QUESTIONS(limits, ASK(prlimit_get), ASK(prlimit_set), ASK(kcmp),
	       ASK(get_robust_list), ASK(process_vm_readv),
	       ASK(process_vm_writev), ASK(capget))

TEST_QUESTIONS(pages, ASK(move_pages), ASK(migrate_pages))

/* Descriptors and tracing */

CALL(pidfd_open, closed(pidfd_open(nr, 0)))
CALL(ptrace_seize, ptrace(PTRACE_SEIZE, nr, 0, 0))
CALL(ptrace_peek, syscall(__NR_ptrace, PTRACE_PEEKDATA, nr, &probe, &out))

static long ask_set_ptracer(const pid_t nr)
{
	if (prctl(PR_SET_PTRACER, 0, 0, 0, 0)) {
		errno = ENOSYS;
		return -1;
	}
	return prctl(PR_SET_PTRACER, nr, 0, 0, 0);
}

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

TEST_QUESTIONS(descriptors, ASK(pidfd_open), ASK(ptrace_seize),
	       ASK_BLIND(ptrace_peek), ASK(perf_event_open))

TEST_QUESTIONS(tracer, ASK(set_ptracer))

/* Owners of files */

CALL(fcntl_setown, fcntl(files.pipe, F_SETOWN, nr))
CALL(fcntl_setown_group, fcntl(files.pipe, F_SETOWN, -nr))
CALL(ioctl_siocspgrp, ioctl(files.socket, SIOCSPGRP, &nr))

static long set_owner(const int type, const pid_t nr)
{
	const struct f_owner_ex owner = { type, nr };

	return fcntl(files.pipe, F_SETOWN_EX, &owner);
}

CALL(fcntl_setown_ex_thread, set_owner(F_OWNER_TID, nr))
CALL(fcntl_setown_ex_process, set_owner(F_OWNER_PID, nr))
CALL(fcntl_setown_ex_group, set_owner(F_OWNER_PGRP, nr))

TEST_QUESTIONS(owners, ASK(fcntl_setown), ASK(fcntl_setown_group),
	       ASK(ioctl_siocspgrp), ASK(fcntl_setown_ex_thread),
	       ASK(fcntl_setown_ex_process), ASK(fcntl_setown_ex_group))

/* Clocks, timers and locks */

#define PROCESS_CLOCK(nr) ((clockid_t)(~(unsigned int)(nr) << 3 | 2))
#define THREAD_CLOCK(nr) ((clockid_t)(~(unsigned int)(nr) << 3 | 6))

CALL(clock_gettime, syscall(__NR_clock_gettime, PROCESS_CLOCK(nr), &out))
CALL(clock_getres, syscall(__NR_clock_getres, PROCESS_CLOCK(nr), &out))
CALL(clock_gettime_thread, syscall(__NR_clock_gettime, THREAD_CLOCK(nr), &out))

static long ask_timer_create(const pid_t nr)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	int timer;

	if (syscall(__NR_timer_create, PROCESS_CLOCK(nr), &event, &timer))
		return -1;
	return syscall(__NR_timer_delete, timer);
}

static long ask_futex_lock_pi(const pid_t nr)
{
	const struct timespec past = {};
	int word = nr;

	return syscall(__NR_futex, &word, FUTEX_LOCK_PI_PRIVATE, 0, &past, NULL,
		       0);
}

TEST_QUESTIONS(clocks, ASK(clock_gettime), ASK(clock_getres),
	       ASK_BLIND(clock_gettime_thread), ASK(timer_create),
	       ASK(futex_lock_pi))

/* Relatives, credentials and namespaces */

CALL(waitid, waitid(P_PID, nr, &out.info, WEXITED | WNOHANG))
CALL(waitid_group, waitid(P_PGID, nr, &out.info, WEXITED | WNOHANG))
CALL(wait4, syscall(__NR_wait4, nr, &out, WNOHANG, NULL))
CALL(ns_get_pid_from, ioctl(files.namespace, NS_GET_PID_FROM_PIDNS, nr))
CALL(ns_get_tgid_from, ioctl(files.namespace, NS_GET_TGID_FROM_PIDNS, nr))
CALL(ns_get_pid_in, ioctl(files.namespace, NS_GET_PID_IN_PIDNS, nr))
CALL(ns_get_tgid_in, ioctl(files.namespace, NS_GET_TGID_IN_PIDNS, nr))

static long ask_clone3(const pid_t nr)
{
	const pid_t pid = fork_as(nr);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? pid : waitpid(pid, NULL, 0);
}

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

/* The number of a process is that of its first netlink socket, too. */
static long ask_netlink_port(const pid_t nr)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_pid = nr,
	};
	int result;

	if (bind(files.netlink, (const void *)&addr, sizeof(addr)))
		return -1;
	/* It has a port now, and does not take another one. */
	result = close(files.netlink);
	files.netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	return result;
}

TEST_QUESTIONS(relatives, ASK_BLIND(waitid), ASK_BLIND(waitid_group),
	       ASK_BLIND(wait4), ASK(ns_get_pid_from), ASK(ns_get_tgid_from),
	       ASK(ns_get_pid_in), ASK(ns_get_tgid_in), ASK_BLIND(clone3),
	       ASK_BLIND(credentials), ASK(netlink_port))

/* Names in /proc */

static long proc_entry(const pid_t nr, const char *const name)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d%s", nr, name);
	return stat(path, &st);
}

CALL(proc_directory, proc_entry(nr, ""))
CALL(proc_file, proc_entry(nr, "/oom_score_adj"))
CALL(proc_thread, proc_entry(nr, "/task"))

TEST_QUESTIONS(names, ASK(proc_directory), ASK(proc_file), ASK(proc_thread))

TEST_HARNESS_MAIN
