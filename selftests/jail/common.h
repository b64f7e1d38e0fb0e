/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jail tests - Common helpers
 *
 * An attack is a function that returns 0 where it succeeds and an errno where
 * it is refused.  It runs as an unjailed control, where it must succeed, and in
 * a jail, where it must fail in the stated way: see on_host(), in_chroot() and
 * in_jail().  The control in a chroot has the jail's root directory and
 * capability ceiling, so that nothing but the jail makes the difference.
 */

#ifndef SELFTESTS_JAIL_COMMON_H
#define SELFTESTS_JAIL_COMMON_H

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/jail.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"

/* In seconds; longer than whoever waits for something is patient. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 300

#ifndef jail
static inline int jail(const void *const args, const size_t size,
		       const unsigned int flags)
{
	return syscall(__NR_jail, args, size, flags);
}
#endif

#ifndef jail_attach
static inline int jail_attach(const int jailfd, const unsigned int flags)
{
	return syscall(__NR_jail_attach, jailfd, flags);
}
#endif

#ifndef jail_open
static inline int jail_open(const __u32 jid, const unsigned int flags)
{
	return syscall(__NR_jail_open, jid, flags);
}
#endif

#ifndef pidfd_open
static inline int pidfd_open(const pid_t pid, const unsigned int flags)
{
	return syscall(__NR_pidfd_open, pid, flags);
}
#endif

#define PF_JAILED 0x02000000

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif

/* The default ceiling of jail(8), and one with every capability. */
#define CEILING_DEFAULT 0x00000000000485fbULL
#define CEILING_FULL 0x000001ffffffffffULL

/* Addresses of the machine that runs the tests, all on one interface. */
#define ADDR_HOST "10.2.3.1"
#define ADDR_JAIL "10.2.3.4"
#define ADDR_OTHER "10.2.3.5"
#define ADDR_SPARE "10.2.3.6"

#define UID_USER 1000

/* The longest wait for something that must happen, in milliseconds. */
#define PATIENCE 60000

/*
 * What an attack returns when it did not get as far as the attack itself: a
 * value that no errno has and that tells the line.
 */
#define UNREACHED (100000 + __LINE__)

/* What it returns when it runs in no jail because of errno @err. */
#define NOT_ENTERED(err) (10000 + (err))

/* Result of a system call as an attack returns it. */
#define RESULT(call) ((call) < 0 ? errno : 0)

/**
 * enum place - Where an attack runs
 *
 * @HOST: Outside, with every capability if the user is root.
 * @CHROOT: Outside, in the jail's root directory and under its ceiling.
 * @JAIL: In a jail.
 */
enum place { HOST, CHROOT, JAIL };

/* Memory that all processes of a test share. */
struct shared {
	int result;
	__u32 jid;
	int values[64];
};

/**
 * struct world - What one test has to itself
 *
 * @base: A private tmpfs; gone with the mount namespace of the test.
 * @root: Root directory for a jail, below @base.
 * @secret: A file outside @root, below @base.
 * @args: Arguments for jail(2) that a test may change before it enters.
 * @addr: The only address in @args.
 * @shared: See struct shared.
 * @stream: What is to be the standard input of an attack, or -1.
 */
struct world {
	char base[32];
	char root[48];
	char secret[48];
	struct jail_args args;
	struct jail_addr addr;
	struct shared *shared;
	int stream;
};

/* A process that was started by start(). */
struct runner {
	pid_t pid;
	int jailfd;
	enum place place;
};

typedef int (*attack_t)(void *arg);

static inline __u64 ptr_to_u64(const void *const ptr)
{
	return (__u64)(uintptr_t)ptr;
}

static inline void set_addr(struct jail_addr *const addr,
			    const char *const text)
{
	memset(addr, 0, sizeof(*addr));
	addr->family = AF_INET;
	inet_pton(AF_INET, text, addr->addr);
}

/* Writes a string to an existing file; returns 0 or an errno. */
static inline int write_file(const char *const path, const char *const text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

/* Reads a small file as a string; returns 0 or an errno. */
static inline int read_file(const char *const path, char *const text,
			    const size_t size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;
	int err = 0;

	if (fd < 0)
		return errno;
	len = read(fd, text, size - 1);
	if (len < 0)
		err = errno;
	text[len < 0 ? 0 : len] = '\0';
	close(fd);
	return err;
}

/**
 * stat_field - A field of /proc/PID/stat
 *
 * @pid: The process.
 * @number: Of the field, as proc_pid_stat(5) counts; 3 or more.
 * @text: What it is part of, good for 1024 bytes.
 *
 * Return: where it begins, or NULL.
 */
static inline char *stat_field(const pid_t pid, const int number,
			       char *const text)
{
	char path[32], *at;
	int field;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_file(path, text, 1024))
		return NULL;
	/* The command's name ends at the last ')', field 2. */
	at = strrchr(text, ')');
	for (field = 2; at && field < number; field++)
		at = strchr(at + 1, ' ');
	return at ? at + 1 : NULL;
}

/* True if the process is in a state as ps(1) shows it. */
static inline bool is_in_state(const pid_t pid, const char state)
{
	char text[1024];
	const char *const field = stat_field(pid, 3, text);

	return field && *field == state;
}

/* PF_* of the task, or all of them if they cannot be read. */
static inline unsigned long task_flags(void)
{
	char text[1024];
	const char *const field = stat_field(getpid(), 9, text);

	return field ? strtoul(field, NULL, 10) : ~0UL;
}

/* True if @fd can be read before PATIENCE is over. */
static inline bool readable(const int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, PATIENCE) == 1 && pollfd.revents & POLLIN;
}

/* Waits for one byte; false at the end of the file. */
static inline bool hear(const int fd)
{
	char byte;

	return readable(fd) && read(fd, &byte, 1) == 1;
}

static inline bool tell(const int fd)
{
	return write(fd, "", 1) == 1;
}

/* Takes away every capability that @ceiling lacks. */
static inline int reduce_caps(const __u64 ceiling)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	int cap, i;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
		if (ceiling & (1ULL << cap))
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
			return errno;
	}
	if (syscall(__NR_capget, &header, data))
		return errno;
	for (i = 0; i < 2; i++) {
		data[i].effective &= ceiling >> (32 * i);
		data[i].permitted &= ceiling >> (32 * i);
		data[i].inheritable &= ceiling >> (32 * i);
	}
	return RESULT(syscall(__NR_capset, &header, data));
}

/* Becomes user @uid, still open to ptrace(2) by its like. */
static inline int become(const uid_t uid)
{
	if (uid && (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
		    setresuid(uid, uid, uid)))
		return errno;
	/* Entering a jail and changing the user both clear these. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return errno;
	return 0;
}

/* The standard streams may be a terminal or a console of the host. */
static inline int detach_streams(void)
{
	const int fd = open("/dev/null", O_RDWR);

	if (fd < 0)
		return errno;
	if (dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		return errno;
	return fd > 2 ? RESULT(close(fd)) : 0;
}

/* Enters the world's jail, or what its control is in instead. */
static inline int enter(const struct world *const w, const enum place place,
			const uid_t uid)
{
	struct jail_info info;
	int fd, err;

	err = detach_streams();
	if (err)
		return err;
	if (w->stream >= 0 && (dup2(w->stream, 0) < 0 || close(w->stream)))
		return errno;
	switch (place) {
	case HOST:
		break;
	case CHROOT:
		setsid();
		if (chroot(w->root) || chdir("/"))
			return errno;
		err = reduce_caps(w->args.cap_ceiling);
		if (err)
			return err;
		break;
	case JAIL:
		fd = jail(&w->args, sizeof(w->args), 0);
		if (fd < 0 || ioctl(fd, JAIL_IOC_INFO, &info))
			return errno;
		w->shared->jid = info.jid;
		close(fd);
		break;
	}
	return become(uid);
}

/**
 * start - Starts an attack
 *
 * @_metadata: Of the test.
 * @w: The world.
 * @place: Where it runs.
 * @uid: The user it runs as.
 * @attack: The function.
 * @arg: Its argument.
 *
 * Returns when the process has entered its place; finish() waits for it.
 */
static inline struct runner start(struct __test_metadata *const _metadata,
				  const struct world *const w,
				  const enum place place, const uid_t uid,
				  const attack_t attack, void *const arg)
{
	struct runner runner = { .jailfd = -1, .place = place };
	int entered[2], go[2];

	w->shared->result = UNREACHED;
	w->shared->jid = 0;
	ASSERT_EQ(0, pipe2(entered, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	runner.pid = fork();
	ASSERT_LE(0, runner.pid);
	if (runner.pid == 0) {
		int err;

		close(entered[0]);
		close(go[1]);
		err = enter(w, place, uid);
		if (err) {
			w->shared->result = NOT_ENTERED(err);
			_exit(0);
		}
		if (tell(entered[1]) && hear(go[0])) {
			close(entered[1]);
			close(go[0]);
			w->shared->result = attack(arg);
		}
		_exit(0);
	}
	close(entered[1]);
	close(go[0]);
	if (hear(entered[0]) && place == JAIL) {
		runner.jailfd = jail_open(w->shared->jid, 0);
		EXPECT_LE(0, runner.jailfd)
		{
			TH_LOG("jail_open(%u): %s", w->shared->jid,
			       strerror(errno));
		}
	}
	tell(go[1]);
	close(entered[0]);
	close(go[1]);
	return runner;
}

/**
 * finish - Waits for an attack
 *
 * @_metadata: Of the test.
 * @w: The world.
 * @runner: From start().
 *
 * Also waits until the kernel has let go of the jail.
 *
 * Return: what the attack returned, or minus the signal that ended it.
 */
static inline int finish(struct __test_metadata *const _metadata,
			 const struct world *const w,
			 const struct runner *const runner)
{
	int status = 0;

	ASSERT_EQ(runner->pid, waitpid(runner->pid, &status, 0));
	if (runner->jailfd >= 0) {
		/* Ends what the attack left running. */
		EXPECT_EQ(0, ioctl(runner->jailfd, JAIL_IOC_KILL, 0));
		EXPECT_TRUE(readable(runner->jailfd));
		close(runner->jailfd);
	}
	if (WIFSIGNALED(status))
		return -WTERMSIG(status);
	if (w->shared->result > 100000)
		TH_LOG("not reached: line %d", w->shared->result - 100000);
	else if (w->shared->result > 10000)
		TH_LOG("not entered: %s", strerror(w->shared->result - 10000));
	return w->shared->result;
}

static inline int perform(struct __test_metadata *const _metadata,
			  const struct world *const w, const enum place place,
			  const uid_t uid, const attack_t attack,
			  void *const arg)
{
	const struct runner runner =
		start(_metadata, w, place, uid, attack, arg);

	return finish(_metadata, w, &runner);
}

#define on_host(w, uid, attack, arg) \
	perform(_metadata, w, HOST, uid, attack, (void *)(arg))
#define in_chroot(w, uid, attack, arg) \
	perform(_metadata, w, CHROOT, uid, attack, (void *)(arg))
#define in_jail(w, uid, attack, arg) \
	perform(_metadata, w, JAIL, uid, attack, (void *)(arg))

static inline void make_dir(struct __test_metadata *const _metadata,
			    const struct world *const w, const char *const name,
			    const mode_t mode)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", w->root, name);
	ASSERT_EQ(0, mkdir(path, mode))
	{
		TH_LOG("mkdir %s: %s", path, strerror(errno));
	}
	ASSERT_EQ(0, chmod(path, mode));
}

static inline void make_node(struct __test_metadata *const _metadata,
			     const struct world *const w,
			     const char *const name, const mode_t type,
			     const unsigned int major_nr,
			     const unsigned int minor_nr)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", w->root, name);
	ASSERT_EQ(0, mknod(path, type | 0666, makedev(major_nr, minor_nr)));
	ASSERT_EQ(0, chmod(path, 0666));
}

static inline void make_mount(struct __test_metadata *const _metadata,
			      const struct world *const w,
			      const char *const name, const char *const type,
			      const char *const options)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", w->root, name);
	ASSERT_EQ(0, mount(type, path, type, 0, options))
	{
		TH_LOG("mount %s: %s", type, strerror(errno));
	}
}

/* Makes a world: namespaces of its own and a root directory for a jail. */
static inline void make_world(struct __test_metadata *const _metadata,
			      struct world *const w)
{
	int fd;

	ASSERT_EQ(0, geteuid())
	{
		TH_LOG("The tests must run as root");
	}
	syscall(__NR_close_range, 3, ~0U, 0);
	/* A jail that could not be entered is told of by its result. */
	signal(SIGPIPE, SIG_IGN);
	memset(w, 0, sizeof(*w));
	w->stream = -1;
	w->shared = mmap(NULL, sizeof(*w->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, w->shared);

	umask(0022);
	ASSERT_EQ(0, unshare(CLONE_NEWNS | CLONE_NEWUTS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	snprintf(w->base, sizeof(w->base), "/tmp/jail.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(w->base));
	ASSERT_EQ(0, mount("jail", w->base, "tmpfs", 0, "mode=755"));
	snprintf(w->root, sizeof(w->root), "%s/root", w->base);
	snprintf(w->secret, sizeof(w->secret), "%s/secret", w->base);
	fd = open(w->secret, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ASSERT_LE(0, fd);
	close(fd);

	make_dir(_metadata, w, "", 0755);
	make_dir(_metadata, w, "/tmp", 01777);
	make_dir(_metadata, w, "/dev", 0755);
	make_dir(_metadata, w, "/proc", 0755);
	make_mount(_metadata, w, "/proc", "proc", NULL);
	make_node(_metadata, w, "/dev/null", S_IFCHR, 1, 3);

	set_addr(&w->addr, ADDR_JAIL);
	w->args = (struct jail_args){
		.cap_ceiling = CEILING_DEFAULT,
		.path = ptr_to_u64(w->root),
		.addrs = ptr_to_u64(&w->addr),
		.dirfd = AT_FDCWD,
		.naddrs = 1,
	};
}

/* Takes away what would outlive the namespaces of the test. */
static inline void remove_world(const struct world *const w)
{
	umount2(w->base, MNT_DETACH);
	rmdir(w->base);
}

/* Puts a copy of the program of this test to @path. */
static inline void install_program(struct __test_metadata *const _metadata,
				   const char *const path, const mode_t mode)
{
	const int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const int out =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	char buffer[65536];
	ssize_t len;

	ASSERT_LE(0, in);
	ASSERT_LE(0, out);
	while ((len = read(in, buffer, sizeof(buffer))) > 0)
		ASSERT_EQ(len, write(out, buffer, len));
	ASSERT_EQ(0, len);
	ASSERT_EQ(0, fchmod(out, mode));
	close(in);
	close(out);
}

/* Gives jail and control every capability: what refuses then is the wall. */
static inline void allow_everything(struct world *const w)
{
	w->args.cap_ceiling = CEILING_FULL;
	w->args.flags |= JAIL_UNSAFE_CAPS;
}

/**
 * struct sentinel - A process of the host that notes which signals arrive
 *
 * @pid: Its process ID; it leads a process group and a session of its own.
 * @notes: Where the numbers of the signals come from.
 */
struct sentinel {
	pid_t pid;
	int notes;
};

/* Ends each round of heard_signal(); more than any number of an attack. */
#define SIGNAL_MARK SIGRTMIN

/* Starts one whose capabilities are not more than those of a default jail. */
static inline struct sentinel
start_sentinel(struct __test_metadata *const _metadata, const uid_t uid)
{
	struct sentinel sentinel;
	int notes[2];

	ASSERT_EQ(0, pipe2(notes, O_CLOEXEC));
	sentinel.pid = fork();
	ASSERT_LE(0, sentinel.pid);
	if (sentinel.pid == 0) {
		sigset_t set;
		char signal;

		sigemptyset(&set);
		sigaddset(&set, SIGIO);
		sigaddset(&set, SIGURG);
		sigaddset(&set, SIGWINCH);
		sigaddset(&set, SIGNAL_MARK);
		sigprocmask(SIG_BLOCK, &set, NULL);
		if (setsid() < 0 || detach_streams() ||
		    reduce_caps(CEILING_DEFAULT) || become(uid))
			_exit(1);
		for (signal = 0; write(notes[1], &signal, 1) == 1;)
			signal = sigwaitinfo(&set, NULL);
		_exit(0);
	}
	close(notes[1]);
	sentinel.notes = notes[0];
	ASSERT_TRUE(hear(sentinel.notes));
	return sentinel;
}

/* True if the sentinel got @signal since the last call. */
static inline bool heard_signal(struct __test_metadata *const _metadata,
				const struct sentinel *const sentinel,
				const int signal)
{
	bool heard = false;
	char note = 0;

	/* Of several pending signals the one with the lowest number is first. */
	EXPECT_EQ(0, kill(sentinel->pid, SIGNAL_MARK));
	while (readable(sentinel->notes) &&
	       read(sentinel->notes, &note, 1) == 1 && note != SIGNAL_MARK)
		heard |= note == signal;
	EXPECT_EQ(SIGNAL_MARK, note);
	return heard;
}

static inline void stop_sentinel(const struct sentinel *const sentinel)
{
	kill(sentinel->pid, SIGKILL);
	waitpid(sentinel->pid, NULL, 0);
	close(sentinel->notes);
}

/* A number that no process has. */
static inline pid_t unused_pid(struct __test_metadata *const _metadata)
{
	const pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0)
		_exit(0);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	return pid;
}

/* fork(2) that gives the child this number. */
static inline pid_t fork_as(const pid_t nr)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = ptr_to_u64(&nr),
		.set_tid_size = 1,
	};

	return syscall(__NR_clone3, &args, sizeof(args));
}

/* A child that does nothing until it is killed. */
static inline pid_t idle_child(void)
{
	const pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;)
			pause();
	}
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}

static inline void end_child(const pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Sends a descriptor over a connected AF_UNIX socket. */
static inline int send_fd(const int sock, const int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = {};
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *const cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	return RESULT(sendmsg(sock, &msg, 0));
}

/* Receives a descriptor; -1 with EACCES if the message came without it. */
static inline int receive_fd(const int sock)
{
	char control[CMSG_SPACE(sizeof(int))] = {};
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_len != CMSG_LEN(sizeof(fd))) {
		errno = EACCES;
		return -1;
	}
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

#endif /* SELFTESTS_JAIL_COMMON_H */
