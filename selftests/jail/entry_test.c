// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - State of the task that enters a jail
 */

#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ptrace.h>

#include "common.h"

FIXTURE(entry)
{
	struct world w;
};

FIXTURE_SETUP(entry)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(entry)
{
	remove_world(&self->w);
}

/*
 * What an entry with some state in the way is like: prepare() makes the state,
 * undo() takes it away again.  The entry must fail with @error with it, change
 * nothing, and succeed without it.
 */
struct obstacle {
	const struct world *w;
	int (*prepare)(const struct world *w);
	void (*undo)(int state);
	int error;
};

/* What must not have changed after a failed entry. */
struct snapshot {
	struct stat root, cwd;
	pid_t session, group;
	struct __user_cap_data_struct caps[2];
	char bset[64];
	char stat_flags[32];
	char ipc[64], uts[64];
	int dumpable;
	int keyring;
};

static void take_snapshot(struct snapshot *const shot)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	int cap;

	memset(shot, 0, sizeof(*shot));
	stat("/", &shot->root);
	stat(".", &shot->cwd);
	shot->session = getsid(0);
	shot->group = getpgrp();
	syscall(__NR_capget, &header, shot->caps);
	for (cap = 0; cap < 64; cap++)
		shot->bset[cap] = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
	snprintf(shot->stat_flags, sizeof(shot->stat_flags), "%d",
		 !!(task_flags() & PF_JAILED));
	readlink("/proc/self/ns/ipc", shot->ipc, sizeof(shot->ipc) - 1);
	readlink("/proc/self/ns/uts", shot->uts, sizeof(shot->uts) - 1);
	shot->dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	shot->keyring = syscall(__NR_keyctl, KEYCTL_GET_KEYRING_ID,
				KEY_SPEC_SESSION_KEYRING, 0);
}

static bool same_snapshot(const struct snapshot *const a,
			  const struct snapshot *const b)
{
	return a->root.st_ino == b->root.st_ino &&
	       a->root.st_dev == b->root.st_dev &&
	       a->cwd.st_ino == b->cwd.st_ino &&
	       a->cwd.st_dev == b->cwd.st_dev && a->session == b->session &&
	       a->group == b->group &&
	       !memcmp(a->caps, b->caps, sizeof(a->caps)) &&
	       !memcmp(a->bset, b->bset, sizeof(a->bset)) &&
	       !strcmp(a->stat_flags, b->stat_flags) &&
	       !strcmp(a->ipc, b->ipc) && !strcmp(a->uts, b->uts) &&
	       a->dumpable == b->dumpable && a->keyring == b->keyring;
}

/* A task that stays outside. */
static pid_t partner;

enum { CHANGED = 20001, NO_OBSTACLE, STILL_OBSTACLE, NOT_PREPARED };

/* Returns 0 if the obstacle is one, as far as it should be. */
static int try_obstacle(void *const arg)
{
	const struct obstacle *const o = arg;
	struct snapshot before, after;
	int state, fd;

	state = o->prepare(o->w);
	if (state < 0)
		return NOT_PREPARED;
	take_snapshot(&before);
	fd = jail(&o->w->args, sizeof(o->w->args), 0);
	if (fd >= 0)
		return NO_OBSTACLE;
	if (errno != o->error)
		return errno;
	take_snapshot(&after);
	if (!same_snapshot(&before, &after))
		return CHANGED;
	o->undo(state);
	fd = jail(&o->w->args, sizeof(o->w->args), 0);
	if (fd < 0)
		return STILL_OBSTACLE;
	return task_flags() & PF_JAILED ? 0 : UNREACHED;
}

static void undo_close(const int state)
{
	close(state);
}

#define TEST_OBSTACLE(test, prepare_it, undo_it, expected)            \
	TEST_F(entry, test)                                           \
	{                                                             \
		const struct obstacle o = {                           \
			.w = &self->w,                                \
			.prepare = prepare_it,                        \
			.undo = undo_it,                              \
			.error = expected,                            \
		};                                                    \
		EXPECT_EQ(0, on_host(&self->w, 0, try_obstacle, &o)); \
	}

/* E6: descriptors. */

static int open_directory(const struct world *const w)
{
	return open("/", O_RDONLY | O_DIRECTORY);
}

TEST_OBSTACLE(fd_directory, open_directory, undo_close, EBUSY)

static int open_inner_directory(const struct world *const w)
{
	return open(w->root, O_RDONLY | O_DIRECTORY);
}

TEST_OBSTACLE(fd_inner_directory, open_inner_directory, undo_close, EBUSY)

static int open_path(const struct world *const w)
{
	return open(w->secret, O_PATH);
}

TEST_OBSTACLE(fd_path, open_path, undo_close, EBUSY)

static int open_netlink(const struct world *const w)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

TEST_OBSTACLE(fd_netlink, open_netlink, undo_close, EBUSY)

static int open_packet(const struct world *const w)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

TEST_OBSTACLE(fd_packet, open_packet, undo_close, EBUSY)

static int open_raw(const struct world *const w)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

TEST_OBSTACLE(fd_raw, open_raw, undo_close, EBUSY)

static int open_pidfd(const struct world *const w)
{
	return pidfd_open(getppid(), 0);
}

TEST_OBSTACLE(fd_pidfd, open_pidfd, undo_close, EBUSY)

static int open_proc_pid(const struct world *const w)
{
	return open("/proc/1", O_RDONLY | O_DIRECTORY);
}

TEST_OBSTACLE(fd_proc_pid, open_proc_pid, undo_close, EBUSY)

static int open_namespace(const struct world *const w)
{
	return open("/proc/self/ns/mnt", O_RDONLY);
}

TEST_OBSTACLE(fd_namespace, open_namespace, undo_close, EBUSY)

static int open_mount(const struct world *const w)
{
	return syscall(__NR_open_tree, AT_FDCWD, w->root, 0);
}

TEST_OBSTACLE(fd_mount, open_mount, undo_close, EBUSY)

static int open_fs_context(const struct world *const w)
{
	return syscall(__NR_fsopen, "tmpfs", 0);
}

TEST_OBSTACLE(fd_fs_context, open_fs_context, undo_close, EBUSY)

static int open_epoll(const struct world *const w)
{
	return epoll_create1(0);
}

TEST_OBSTACLE(fd_epoll, open_epoll, undo_close, EBUSY)

static int open_inotify(const struct world *const w)
{
	const int fd = inotify_init1(0);

	return fd < 0 || inotify_add_watch(fd, "/", IN_ALL_EVENTS) < 0 ? -1 :
									 fd;
}

TEST_OBSTACLE(fd_inotify, open_inotify, undo_close, EBUSY)

static int open_userfaultfd(const struct world *const w)
{
	return syscall(__NR_userfaultfd, 0);
}

TEST_OBSTACLE(fd_userfaultfd, open_userfaultfd, undo_close, EBUSY)

static int open_io_uring(const struct world *const w)
{
	struct io_uring_params params = {};

	return syscall(__NR_io_uring_setup, 1, &params);
}

TEST_OBSTACLE(fd_io_uring, open_io_uring, undo_close, EBUSY)

static int open_io_uring_sqpoll(const struct world *const w)
{
	struct io_uring_params params = { .flags = IORING_SETUP_SQPOLL };

	return syscall(__NR_io_uring_setup, 1, &params);
}

/* An entry fails while the thread with the old credentials may live. */
TEST_F(entry, fd_io_uring_sqpoll)
{
	const struct obstacle o = {
		.w = &self->w,
		.prepare = open_io_uring_sqpoll,
		.undo = undo_close,
		.error = EBUSY,
	};
	const int result = on_host(&self->w, 0, try_obstacle, &o);

	/* The thread of a closed ring ends a while later. */
	EXPECT_TRUE(result == 0 || result == STILL_OBSTACLE || result == EINVAL)
	{
		TH_LOG("result %d", result);
	}
}

static int open_device(const struct world *const w)
{
	return open("/dev/kmsg", O_RDONLY);
}

TEST_OBSTACLE(fd_device, open_device, undo_close, EBUSY)

static int open_sysctl(const struct world *const w)
{
	return open("/proc/sys/kernel/panic", O_WRONLY);
}

TEST_OBSTACLE(fd_sysctl, open_sysctl, undo_close, EBUSY)

static int open_proc_write(const struct world *const w)
{
	return open("/proc/self/oom_score_adj", O_WRONLY);
}

TEST_OBSTACLE(fd_proc_write, open_proc_write, undo_close, EBUSY)

static int open_other_jail(const struct world *const w)
{
	struct jail_args args = w->args;

	args.addrs = 0;
	args.naddrs = 0;
	return jail(&args, sizeof(args), JAIL_NO_ENTER);
}

TEST_OBSTACLE(fd_other_jail, open_other_jail, undo_close, EBUSY)

/* Files that command the kernel, whatever their mode is. */

static const struct control {
	const char *type, *file;
} * control;

static int open_control(const struct world *const w)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "%s/control", w->base);
	if (mount("jail", path, control->type, 0, NULL))
		return -1;
	snprintf(path, sizeof(path), "%s/control/%s", w->base, control->file);
	fd = open(path, O_RDONLY);
	snprintf(path, sizeof(path), "%s/control", w->base);
	umount2(path, MNT_DETACH);
	return fd;
}

TEST_F(entry, fd_control)
{
	static const struct control controls[] = {
		{ "cgroup2", "cgroup.procs" },
		{ "sysfs", "devices/system/cpu/online" },
		{ "tracefs", "tracing_on" },
		{ "debugfs", "sleep_time" },
		{ "securityfs", "lsm" },
		{ "binfmt_misc", "status" },
		{ "nfsd", "threads" },
	};
	const struct obstacle o = {
		.w = &self->w,
		.prepare = open_control,
		.undo = undo_close,
		.error = EBUSY,
	};
	char path[64], types[4096], line[32];
	int tried = 0;

	snprintf(path, sizeof(path), "%s/control", self->w.base);
	ASSERT_EQ(0, mkdir(path, 0755));
	ASSERT_EQ(0, read_file("/proc/filesystems", types, sizeof(types)));
	for (control = controls; control < controls + ARRAY_SIZE(controls);
	     control++) {
		/* The kernel may be without it. */
		snprintf(line, sizeof(line), "\t%s\n", control->type);
		if (!strstr(types, line))
			continue;
		tried++;
		EXPECT_EQ(0, on_host(&self->w, 0, try_obstacle, &o))
		{
			TH_LOG("%s", control->type);
		}
	}
	EXPECT_LE(5, tried);
}

static int open_seccomp_listener(const struct world *const w)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct sock_fprog prog = { .len = 1, .filter = &allow };

	return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
		       SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
}

TEST_OBSTACLE(fd_seccomp_listener, open_seccomp_listener, undo_close, EBUSY)

/* A terminal of the host, beyond the standard streams. */

static int open_pty_master(const struct world *const w)
{
	return open("/dev/ptmx", O_RDWR | O_NOCTTY);
}

TEST_OBSTACLE(fd_pty_master, open_pty_master, undo_close, EBUSY)

/* The master is kept by a process that stays outside. */
static int open_pty_slave(const struct world *const w)
{
	const int master = open_pty_master(w);
	int number, slave, unlock = 0;
	char path[32];

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) ||
	    ioctl(master, TIOCGPTN, &number))
		return -1;
	snprintf(path, sizeof(path), "/dev/pts/%d", number);
	slave = open(path, O_RDWR | O_NOCTTY);
	partner = idle_child();
	close(master);
	return partner < 0 ? -1 : slave;
}

static void undo_pty_slave(const int state)
{
	close(state);
	end_child(partner);
}

TEST_OBSTACLE(fd_pty_slave, open_pty_slave, undo_pty_slave, EBUSY)

/* As a standard stream neither is a master. */
static int open_pty_master_as_stdin(const struct world *const w)
{
	const int master = open_pty_master(w);

	return master < 0 || dup2(master, 0) < 0 || close(master) ? -1 : 0;
}

TEST_OBSTACLE(fd_pty_master_as_stdin, open_pty_master_as_stdin, undo_close,
	      EBUSY)

static int open_message_queue(const struct world *const w)
{
	const int fd = syscall(__NR_mq_open, "jail-entry", O_RDWR | O_CREAT,
			       0600, NULL);

	syscall(__NR_mq_unlink, "jail-entry");
	return fd;
}

TEST_OBSTACLE(fd_message_queue, open_message_queue, undo_close, EBUSY)

/* These do not reach outside by themselves. */
static int enter_with_harmless(void *const arg)
{
	const struct world *const w = arg;
	int pipes[2], pair[2], fd;

	if (pipe(pipes) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
	    eventfd(0, 0) < 0 || open("/dev/zero", O_RDONLY) < 0 ||
	    open("/dev/urandom", O_RDONLY) < 0 || open(w->secret, O_RDWR) < 0 ||
	    socket(AF_INET, SOCK_STREAM, 0) < 0 ||
	    syscall(__NR_memfd_create, "jail", 0) < 0)
		return UNREACHED;
	fd = jail(&w->args, sizeof(w->args), 0);
	return fd < 0 ? errno : 0;
}

TEST_F(entry, fd_harmless)
{
	EXPECT_EQ(0, on_host(&self->w, 0, enter_with_harmless, &self->w));
}

/* E3: threads and shared memory. */

static int thread_pipe[2];

static void *thread_waits(void *const arg)
{
	char byte;

	return read(thread_pipe[0], &byte, 1) == 0 ? NULL : arg;
}

static pthread_t thread;

static int make_thread(const struct world *const w)
{
	if (pipe(thread_pipe) ||
	    pthread_create(&thread, NULL, thread_waits, NULL))
		return -1;
	return 0;
}

static void undo_thread(const int state)
{
	struct stat st;

	close(thread_pipe[1]);
	pthread_join(thread, NULL);
	/* The thread's memory is free a moment before the thread is gone. */
	do
		sched_yield();
	while (!stat("/proc/self/task", &st) && st.st_nlink > 3);
}

TEST_OBSTACLE(threads, make_thread, undo_thread, EINVAL)

static int partner_waits(void *const arg)
{
	char byte;

	close(thread_pipe[1]);
	(void)!read(thread_pipe[0], &byte, 1);
	_exit(0);
}

static char partner_stack[64 * 1024];

static int share(const int flags)
{
	if (pipe(thread_pipe))
		return -1;
	partner = clone(partner_waits, partner_stack + sizeof(partner_stack),
			flags | SIGCHLD, NULL);
	return partner < 0 ? -1 : 0;
}

static void undo_partner(const int state)
{
	kill(partner, SIGKILL);
	waitpid(partner, NULL, 0);
}

static int share_memory(const struct world *const w)
{
	return share(CLONE_VM);
}

TEST_OBSTACLE(shared_memory, share_memory, undo_partner, EINVAL)

/* E4, E5: what is shared with a partner outside is unshared silently. */

static int enter_with_shared_fs(void *const arg)
{
	const struct world *const w = arg;

	if (share(CLONE_FS))
		return UNREACHED;
	if (jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	/* The partner keeps its root: the parent looks at it. */
	w->shared->values[0] = partner;
	tell(w->shared->values[1]);
	hear(w->shared->values[2]);
	return 0;
}

TEST_F(entry, shared_fs)
{
	struct runner runner;
	int ready[2], go[2];
	char path[64], root[64] = "";

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	self->w.shared->values[1] = ready[1];
	self->w.shared->values[2] = go[0];
	runner = start(_metadata, &self->w, HOST, 0, enter_with_shared_fs,
		       &self->w);
	close(ready[1]);
	EXPECT_TRUE(hear(ready[0]));
	snprintf(path, sizeof(path), "/proc/%d/root",
		 self->w.shared->values[0]);
	EXPECT_LT(0, readlink(path, root, sizeof(root) - 1));
	EXPECT_STREQ("/", root);
	snprintf(path, sizeof(path), "/proc/%d/root", runner.pid);
	memset(root, 0, sizeof(root));
	EXPECT_LT(0, readlink(path, root, sizeof(root) - 1));
	EXPECT_STREQ(self->w.root, root);
	tell(go[1]);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
}

static int partner_fd_end;

static int partner_opens(void *const arg)
{
	/* Waits for the entry and puts a directory into the common table. */
	if (!hear(thread_pipe[0]) || open("/", O_RDONLY | O_DIRECTORY) < 0)
		_exit(1);
	tell(partner_fd_end);
	pause();
	_exit(0);
}

static int count_directories(void)
{
	struct stat st;
	int fd, count = 0;

	for (fd = 0; fd < 64; fd++)
		count += !fstat(fd, &st) && S_ISDIR(st.st_mode);
	return count;
}

/* Returns 0 if a partner can put a directory into the descriptor table. */
static int attack_shared_files(const struct world *const w, const bool enter_it)
{
	int answer[2], err = 0;

	if (pipe(thread_pipe) || pipe(answer))
		return UNREACHED;
	partner_fd_end = answer[1];
	partner = clone(partner_opens, partner_stack + sizeof(partner_stack),
			CLONE_FILES | SIGCHLD, NULL);
	if (partner < 0)
		return UNREACHED;
	if (enter_it && jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	if (!tell(thread_pipe[1]) || !hear(answer[0]))
		return UNREACHED;
	if (!count_directories())
		err = EBADF;
	return err;
}

static int share_files_outside(void *const arg)
{
	return attack_shared_files(arg, false);
}

static int share_files_inside(void *const arg)
{
	return attack_shared_files(arg, true);
}

TEST_F(entry, shared_files)
{
	EXPECT_EQ(0, on_host(&self->w, 0, share_files_outside, &self->w));
	EXPECT_EQ(EBADF, on_host(&self->w, 0, share_files_inside, &self->w));
}

/* E10: the caller traces a task of the host. */

static pid_t tracee;

static int trace(const struct world *const w)
{
	tracee = idle_child();
	return tracee < 0 || ptrace(PTRACE_SEIZE, tracee, 0, 0) ? -1 : 0;
}

static void undo_trace(const int state)
{
	end_child(tracee);
}

TEST_OBSTACLE(tracer, trace, undo_trace, EBUSY)

/* E14: children would land in another PID namespace. */

static int enter_with_pid_namespace(void *const arg)
{
	const struct world *const w = arg;

	if (unshare(CLONE_NEWPID))
		return UNREACHED;
	return jail(&w->args, sizeof(w->args), 0) < 0 ? errno : 0;
}

TEST_F(entry, pid_namespace)
{
	EXPECT_EQ(EINVAL,
		  on_host(&self->w, 0, enter_with_pid_namespace, &self->w));
}

static int make_with_pid_namespace(void *const arg)
{
	const struct world *const w = arg;

	if (unshare(CLONE_NEWPID))
		return UNREACHED;
	return RESULT(jail(&w->args, sizeof(w->args), JAIL_NO_ENTER));
}

TEST_F(entry, pid_namespace_without_entering)
{
	EXPECT_EQ(EINVAL,
		  on_host(&self->w, 0, make_with_pid_namespace, &self->w));
}

/* E3: the last thread of a process whose first one has ended. */

static void *enter_as_last_thread(void *const arg)
{
	const struct world *const w = arg;

	/* The entry of the process shows the state of its first thread. */
	while (!is_in_state(getpid(), 'Z'))
		sched_yield();
	w->shared->values[0] = RESULT(jail(&w->args, sizeof(w->args), 0));
	_exit(0);
}

static int lose_leader(void *const arg)
{
	const struct world *const w = arg;
	pid_t pid;

	w->shared->values[0] = UNREACHED;
	pid = fork();
	if (pid == 0) {
		if (pthread_create(&thread, NULL, enter_as_last_thread, arg))
			_exit(1);
		syscall(__NR_exit, 0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		return UNREACHED;
	return w->shared->values[0];
}

TEST_F(entry, last_thread)
{
	EXPECT_EQ(EINVAL, on_host(&self->w, 0, lose_leader, &self->w));
}

/* E1: a user namespace of its own gives no right to make jails. */

static int enter_in_user_namespace(void *const arg)
{
	const struct world *const w = arg;

	if (unshare(CLONE_NEWUSER))
		return UNREACHED;
	return jail(&w->args, sizeof(w->args), 0) < 0 ? errno : 0;
}

TEST_F(entry, user_namespace)
{
	EXPECT_EQ(EPERM,
		  on_host(&self->w, 0, enter_in_user_namespace, &self->w));
	EXPECT_EQ(EPERM, on_host(&self->w, UID_USER, enter_in_user_namespace,
				 &self->w));
}

/* E7: root and working directory. */

static int look_at_root(void *const arg)
{
	const struct world *const w = arg;
	struct stat st, cwd;
	char path[64];

	if (stat("/", &st) || stat(".", &cwd) || !getcwd(path, sizeof(path)))
		return UNREACHED;
	if (st.st_ino != cwd.st_ino || st.st_dev != cwd.st_dev)
		return EXDEV;
	if (strcmp(path, "/"))
		return ENOENT;
	return st.st_ino == (ino_t)w->shared->values[0] &&
			       st.st_dev == (dev_t)w->shared->values[1] ?
		       0 :
		       ESTALE;
}

TEST_F(entry, root_directory)
{
	struct stat st;

	ASSERT_EQ(0, stat(self->w.root, &st));
	self->w.shared->values[0] = st.st_ino;
	self->w.shared->values[1] = st.st_dev;
	EXPECT_NE(0, on_host(&self->w, 0, look_at_root, &self->w));
	EXPECT_EQ(0, in_jail(&self->w, 0, look_at_root, &self->w));
}

/* E9: session and controlling terminal. */

static int look_at_session(void *const arg)
{
	const struct world *const w = arg;
	const int fd = open("/dev/tty", O_RDWR);

	if (fd >= 0)
		return EBUSY;
	return getsid(0) == getpid() && getpgrp() == getpid() &&
			       getsid(0) != w->shared->values[0] ?
		       0 :
		       EPERM;
}

TEST_F(entry, session)
{
	self->w.shared->values[0] = getsid(0);
	EXPECT_EQ(EPERM, on_host(&self->w, 0, look_at_session, &self->w));
	EXPECT_EQ(0, in_jail(&self->w, 0, look_at_session, &self->w));
}

/* The leader of a process group with a member that stays outside. */
static int lead_group(const struct world *const w)
{
	if (setpgid(0, 0) || pipe(thread_pipe))
		return -1;
	partner = fork();
	if (partner == 0)
		partner_waits(NULL);
	return partner < 0 ? -1 : 0;
}

static void undo_group(const int state)
{
	undo_partner(state);
	/* As for setsid(), a leader without company is one too. */
	setpgid(0, getpgid(getppid()));
}

TEST_OBSTACLE(group_leader, lead_group, undo_group, EPERM)

static int lead_session(const struct world *const w)
{
	if (setsid() < 0 || pipe(thread_pipe))
		return -1;
	partner = fork();
	if (partner == 0)
		partner_waits(NULL);
	return partner < 0 ? -1 : 0;
}

TEST_OBSTACLE(session_leader, lead_session, undo_partner, EPERM)

static int enter_as_lone_leader(void *const arg)
{
	const struct world *const w = arg;

	if (setsid() < 0)
		return UNREACHED;
	return jail(&w->args, sizeof(w->args), 0) < 0 ? errno : 0;
}

TEST_F(entry, lone_session_leader)
{
	EXPECT_EQ(0, on_host(&self->w, 0, enter_as_lone_leader, &self->w));
}

/* E12: orphans of the host must not be given to a task of a jail. */

static int look_at_subreaper(const struct world *const w, const bool enter_it)
{
	int is = 0;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		return UNREACHED;
	if (enter_it && jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	if (prctl(PR_GET_CHILD_SUBREAPER, &is, 0, 0, 0))
		return UNREACHED;
	return is ? 0 : ECHILD;
}

static int subreaper_outside(void *const arg)
{
	return look_at_subreaper(arg, false);
}

static int subreaper_inside(void *const arg)
{
	return look_at_subreaper(arg, true);
}

TEST_F(entry, subreaper)
{
	EXPECT_EQ(0, on_host(&self->w, 0, subreaper_outside, &self->w));
	EXPECT_EQ(ECHILD, on_host(&self->w, 0, subreaper_inside, &self->w));
}

/*
 * The attribute can be set again.  Then the task would adopt what its relatives
 * outside leave behind: here a grandchild, which tells who is its parent.
 */

static int adopt_orphan(const struct world *const w, const bool enter_it)
{
	int go[2], answer[2], status;
	char adopted = -1;
	pid_t child;

	if (pipe(go) || pipe(answer))
		return UNREACHED;
	child = fork();
	if (child == 0) {
		const pid_t adopter = getppid(), parent = getpid();

		if (fork() == 0) {
			char mine;

			if (!hear(go[0]))
				_exit(1);
			while (getppid() == parent)
				sched_yield();
			mine = getppid() == adopter;
			_exit(write(answer[1], &mine, 1) != 1);
		}
		close(answer[1]);
		hear(go[0]);
		_exit(0);
	}
	close(answer[1]);
	if (child < 0 || (enter_it && jail(&w->args, sizeof(w->args), 0) < 0) ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		return UNREACHED;
	/* The child ends, and then its child goes on. */
	if (!tell(go[1]) || !tell(go[1]) || !readable(answer[0]) ||
	    read(answer[0], &adopted, 1) != 1)
		return UNREACHED;
	waitpid(-1, &status, 0);
	return adopted ? 0 : ECHILD;
}

static int adopt_orphan_outside(void *const arg)
{
	return adopt_orphan(arg, false);
}

static int adopt_orphan_inside(void *const arg)
{
	return adopt_orphan(arg, true);
}

TEST_F(entry, orphan)
{
	EXPECT_EQ(0, on_host(&self->w, 0, adopt_orphan_outside, &self->w));
	EXPECT_EQ(ECHILD, on_host(&self->w, 0, adopt_orphan_inside, &self->w));
}

/* E15: namespaces of the jail's own. */

static int compare_namespace(const struct world *const w,
			     const char *const name)
{
	char before[64] = "", after[64] = "", path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	if (readlink(path, before, sizeof(before) - 1) < 0)
		return UNREACHED;
	if (jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) ||
	    readlink(path, after, sizeof(after) - 1) < 0)
		return UNREACHED;
	return strcmp(before, after) ? 0 : EXDEV;
}

static int compare_ipc(void *const arg)
{
	return compare_namespace(arg, "ipc");
}

static int compare_uts(void *const arg)
{
	return compare_namespace(arg, "uts");
}

/* No other namespace is made. */
static int compare_net(void *const arg)
{
	return compare_namespace(arg, "net");
}

static int compare_pid(void *const arg)
{
	return compare_namespace(arg, "pid");
}

TEST_F(entry, namespaces)
{
	EXPECT_EQ(0, on_host(&self->w, 0, compare_ipc, &self->w));
	EXPECT_EQ(EXDEV, on_host(&self->w, 0, compare_uts, &self->w));
	EXPECT_EQ(EXDEV, on_host(&self->w, 0, compare_net, &self->w));
	EXPECT_EQ(EXDEV, on_host(&self->w, 0, compare_pid, &self->w));
	self->w.args.hostname = ptr_to_u64("inmate.example.org");
	EXPECT_EQ(0, on_host(&self->w, 0, compare_uts, &self->w));
}

/* E16: keys of the session that was left. */

static int find_key(const struct world *const w, const bool enter_it)
{
	static const char type[] = "user", name[] = "jail-test";
	int keyring, key;

	keyring = syscall(__NR_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "host");
	key = syscall(__NR_add_key, type, name, "x", 1,
		      KEY_SPEC_SESSION_KEYRING);
	if (keyring < 0 || key < 0)
		return UNREACHED;
	if (enter_it && jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	return RESULT(syscall(__NR_keyctl, KEYCTL_SEARCH,
			      KEY_SPEC_SESSION_KEYRING, type, name, 0));
}

static int find_key_outside(void *const arg)
{
	return find_key(arg, false);
}

static int find_key_inside(void *const arg)
{
	return find_key(arg, true);
}

TEST_F(entry, keyring)
{
	EXPECT_EQ(0, on_host(&self->w, 0, find_key_outside, &self->w));
	EXPECT_EQ(ENOKEY, on_host(&self->w, 0, find_key_inside, &self->w));
}

/* E17: the priority of input and output that is shared with a partner. */

static int partner_stays(void *const arg)
{
	for (;;)
		pause();
	return 0;
}

static int change_shared_ioprio(const struct world *const w,
				const bool enter_it)
{
	const int before = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 1);
	const int after = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7);

	/* There must be something to share. */
	if (syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS, 0, before))
		return UNREACHED;
	partner = clone(partner_stays, partner_stack + sizeof(partner_stack),
			CLONE_IO | SIGCHLD, NULL);
	if (partner < 0)
		return UNREACHED;
	w->shared->values[0] = partner;
	if (enter_it && jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	return RESULT(syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS, 0, after));
}

static int change_shared_ioprio_outside(void *const arg)
{
	return change_shared_ioprio(arg, false);
}

static int change_shared_ioprio_inside(void *const arg)
{
	return change_shared_ioprio(arg, true);
}

/* The priority of the partner after an attack. */
static int partner_ioprio(struct __test_metadata *const _metadata,
			  const struct world *const w, const attack_t attack)
{
	int prio;

	w->shared->values[0] = 0;
	EXPECT_EQ(0, on_host(w, 0, attack, w));
	prio = syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS,
		       w->shared->values[0]);
	if (w->shared->values[0])
		kill(w->shared->values[0], SIGKILL);
	return prio;
}

TEST_F(entry, shared_io)
{
	EXPECT_EQ(IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7),
		  partner_ioprio(_metadata, &self->w,
				 change_shared_ioprio_outside));
	EXPECT_EQ(IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 1),
		  partner_ioprio(_metadata, &self->w,
				 change_shared_ioprio_inside));
}

/*
 * E19: work that is waiting for the task while it enters.  The entry stops at a
 * page that is missing; meanwhile a child outside gives its parent a session
 * keyring, which makes new credentials as soon as the system call ends.
 */

static int watch_page(void *const page, const size_t size)
{
	const int fd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = ptr_to_u64(page), .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range))
		return -1;
	return fd;
}

/* Waits for the fault, gives the keyring, provides the page. */
static int give_while_waiting(const int fd, const void *const copy,
			      const size_t size)
{
	struct uffd_msg msg;
	struct uffdio_copy page = { .src = ptr_to_u64(copy), .len = size };

	if (!readable(fd) || read(fd, &msg, sizeof(msg)) != sizeof(msg) ||
	    msg.event != UFFD_EVENT_PAGEFAULT)
		return UNREACHED;
	if (syscall(__NR_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "given") < 0 ||
	    syscall(__NR_keyctl, KEYCTL_SESSION_TO_PARENT))
		return errno;
	page.dst = msg.arg.pagefault.address & ~(size - 1);
	return RESULT(ioctl(fd, UFFDIO_COPY, &page));
}

static int enter_with_pending_work(void *const arg)
{
	const struct world *const w = arg;
	const size_t size = sysconf(_SC_PAGESIZE);
	struct jail_args *const page = mmap(NULL, size, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct jail_args *const copy = aligned_alloc(size, size);
	const int fd = watch_page(page, size);
	const pid_t parent = getppid();
	char keyring[64] = "";
	pid_t child;
	int status;

	if (page == MAP_FAILED || !copy || fd < 0)
		return UNREACHED;
	memset(copy, 0, size);
	*copy = w->args;
	child = fork();
	if (child == 0)
		_exit(give_while_waiting(fd, copy, size) ? 1 : 0);
	close(fd);
	if (jail(page, sizeof(*page), 0) < 0)
		return errno;
	if (waitpid(-1, &status, 0) != child || status)
		return UNREACHED;
	/* It did come. */
	if (syscall(__NR_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING,
		    keyring, sizeof(keyring) - 1) < 0 ||
	    !strstr(keyring, "given"))
		return ENOKEY;
	/* What credentials decide: both jail and ceiling. */
	if (kill(parent, 0) != -1 || !(task_flags() & PF_JAILED))
		return ESRCH;
	if (unshare(CLONE_NEWUSER) != -1 || errno != EPERM)
		return EUSERS;
	if (prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0))
		return EACCES;
	return sethostname("attacked", 8) == -1 && errno == EPERM ? 0 : EACCES;
}

TEST_F(entry, pending_work)
{
	EXPECT_EQ(0, on_host(&self->w, 0, enter_with_pending_work, &self->w));
}

/* Access to I/O ports, which the processor grants without asking again. */

#ifdef __x86_64__

static int use_port(void *const arg)
{
	unsigned char byte;

	if (syscall(__NR_ioperm, 0x80, 1, 1))
		return errno;
	/* This port is for delays: reading it does no harm. */
	asm volatile("inb $0x80, %0" : "=a"(byte));
	return 0;
}

static int allow_port(const struct world *const w)
{
	return syscall(__NR_ioperm, 0x80, 1, 1);
}

static void forbid_port(const int state)
{
	syscall(__NR_ioperm, 0x80, 1, 0);
}

static int allow_all_ports(const struct world *const w)
{
	return syscall(__NR_iopl, 3);
}

static void forbid_all_ports(const int state)
{
	syscall(__NR_iopl, 0);
}

TEST_F(entry, ports)
{
	const struct obstacle port = {
		.w = &self->w,
		.prepare = allow_port,
		.undo = forbid_port,
		.error = EBUSY,
	};
	const struct obstacle all_ports = {
		.w = &self->w,
		.prepare = allow_all_ports,
		.undo = forbid_all_ports,
		.error = EBUSY,
	};
	const int control = on_host(&self->w, 0, use_port, NULL);

	if (control == ENOSYS)
		SKIP(return, "The kernel lacks this system call");
	EXPECT_EQ(0, control);
	EXPECT_EQ(0, on_host(&self->w, 0, try_obstacle, &port));
	EXPECT_EQ(0, on_host(&self->w, 0, try_obstacle, &all_ports));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, use_port, NULL));
}

#endif

/* E18: the memory is that of a host program until exec. */

static int look_at_dumpable(void *const arg)
{
	const struct world *const w = arg;

	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 1)
		return UNREACHED;
	if (jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : EPERM;
}

TEST_F(entry, not_dumpable)
{
	EXPECT_EQ(0, on_host(&self->w, 0, look_at_dumpable, &self->w));
}

/* E11: a tracer outside stays in control. */
TEST_F(entry, traced_from_outside)
{
	int status, ready[2], go[2];
	pid_t pid;

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		int fd;

		if (detach_streams() || !tell(ready[1]) || !hear(go[0]))
			_exit(1);
		fd = jail(&self->w.args, sizeof(self->w.args), 0);
		_exit(fd < 0 ? 2 : 0);
	}
	ASSERT_TRUE(hear(ready[0]));
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, pid, 0, 0));
	ASSERT_TRUE(tell(go[1]));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

/* Nor does /proc tell who the tracer is. */

static int know_tracer(const struct world *const w, const bool enter_it)
{
	char text[4096], *line;
	int status, go[2];
	pid_t pid;

	if (pipe(go))
		return UNREACHED;
	pid = fork();
	if (pid == 0) {
		if (!hear(go[0]) ||
		    (enter_it && jail(&w->args, sizeof(w->args), 0) < 0) ||
		    read_file("/proc/self/status", text, sizeof(text)))
			_exit(255);
		line = strstr(text, "\nTracerPid:\t");
		_exit(!line ? 255 : atoi(line + 12) == 0 ? ESRCH : 0);
	}
	if (pid < 0 || ptrace(PTRACE_SEIZE, pid, 0, 0) || !tell(go[1]) ||
	    waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return UNREACHED;
	return WEXITSTATUS(status);
}

static int know_tracer_outside(void *const arg)
{
	return know_tracer(arg, false);
}

static int know_tracer_inside(void *const arg)
{
	return know_tracer(arg, true);
}

TEST_F(entry, known_tracer)
{
	EXPECT_EQ(0, on_host(&self->w, 0, know_tracer_outside, &self->w));
	EXPECT_EQ(ESRCH, on_host(&self->w, 0, know_tracer_inside, &self->w));
}

/* E13: a child made before stays outside, and can be waited for. */
static int wait_for_host_child(void *const arg)
{
	const struct world *const w = arg;
	int status;

	if (pipe(thread_pipe))
		return UNREACHED;
	partner = fork();
	if (partner == 0)
		partner_waits(NULL);
	if (jail(&w->args, sizeof(w->args), 0) < 0)
		return errno;
	if (kill(partner, 0) != -1 || errno != ESRCH)
		return EEXIST;
	close(thread_pipe[1]);
	/* By its number it is not there, as a child it is. */
	if (waitpid(partner, &status, 0) != -1 || errno != ECHILD)
		return EEXIST;
	return waitpid(-1, &status, 0) == partner ? 0 : errno;
}

TEST_F(entry, child_outside)
{
	EXPECT_EQ(0, on_host(&self->w, 0, wait_for_host_child, &self->w));
}

/* Its number is not in the list of the children. */

static int list_children(const struct world *const w, const bool enter_it)
{
	const pid_t child = idle_child();
	char path[64], text[256], word[16];

	/* Its parent cannot end it from inside. */
	w->shared->values[0] = child;
	if (child < 0 || (enter_it && jail(&w->args, sizeof(w->args), 0) < 0))
		return UNREACHED;
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	if (read_file(path, text, sizeof(text)))
		return ENOSYS;
	snprintf(word, sizeof(word), "%d ", child);
	return strstr(text, word) ? 0 : ESRCH;
}

static int list_children_outside(void *const arg)
{
	return list_children(arg, false);
}

static int list_children_inside(void *const arg)
{
	return list_children(arg, true);
}

TEST_F(entry, children_outside)
{
	const int control =
		on_host(&self->w, 0, list_children_outside, &self->w);

	if (control == ENOSYS)
		SKIP(return, "The kernel lists no children");
	EXPECT_EQ(0, control);
	EXPECT_EQ(ESRCH, on_host(&self->w, 0, list_children_inside, &self->w));
	EXPECT_EQ(0, kill(self->w.shared->values[0], SIGKILL));
}

static int enter_with_directory(void *const arg)
{
	const struct world *const w = arg;

	if (open_directory(w) < 0)
		return UNREACHED;
	return jail(&w->args, sizeof(w->args), 0) < 0 ? errno : 0;
}

static int do_nothing(void *const arg)
{
	return 0;
}

/* A jail that could not be entered does not stay. */
TEST_F(entry, failure_leaves_nothing)
{
	char before[4096], after[4096];

	ASSERT_EQ(0, read_file("/proc/jails", before, sizeof(before)));
	self->w.args.name = ptr_to_u64("never");
	EXPECT_EQ(EBUSY, on_host(&self->w, 0, enter_with_directory, &self->w));
	ASSERT_EQ(0, read_file("/proc/jails", after, sizeof(after)));
	EXPECT_STREQ(before, after);
	/* The name and the address are free. */
	EXPECT_EQ(0, in_jail(&self->w, 0, do_nothing, NULL));
}

TEST_HARNESS_MAIN
