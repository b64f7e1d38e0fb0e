// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Why a jail refuses
 *
 * Each refusal states which wall refused, in the trace event jail:jail_deny.
 * So these tests see that an attack fails because of the wall that is meant to
 * stop it, and not of something else that happens to be in the way.
 */

#define _GNU_SOURCE
#include <linux/keyctl.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

#include "common.h"

/* What attacks need; their processes have it from the test. */
static struct {
	const struct world *world;
	/* A process outside for each user, and its terminal. */
	struct sentinel root, user;
	pid_t holder;
	int terminal;
	/* Sockets with an owner outside, and one that brings a directory. */
	int owned[2], pair[2];
	/* A file outside. */
	int file;
	struct {
		struct file_handle handle;
		unsigned char bytes[128];
	} handle;
} given;

FIXTURE(reason)
{
	struct world w;
	/* An instance of the tracer. */
	char trace[96];
};

/*
 * @control: Where the attack succeeds.
 * @mighty: The ceiling has every capability; nothing but the wall is in the way.
 * @root_only: Others cannot do it anywhere.
 * @unrooted: The jail has the root directory of the host, as a task with another
 *            one is refused in any case.
 */
FIXTURE_VARIANT(reason)
{
	attack_t attack;
	const char *reason;
	int error;
	enum place control;
	bool mighty;
	bool root_only;
	bool unrooted;
};

static void write_trace(struct __test_metadata *const _metadata,
			const char *const trace, const char *const name,
			const char *const text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", trace, name);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ASSERT_LE(0, fd)
	{
		TH_LOG("%s: %s", path, strerror(errno));
	}
	ASSERT_EQ((ssize_t)strlen(text), write(fd, text, strlen(text)));
	close(fd);
}

/* A process with the master of a terminal, which no jail may be entered with. */
static void hold_terminal(struct __test_metadata *const _metadata,
			  const struct world *const w)
{
	char path[64];
	int ready[2];

	make_dir(_metadata, w, "/dev/pts", 0755);
	make_mount(_metadata, w, "/dev/pts", "devpts",
		   "newinstance,ptmxmode=0666,mode=0666");
	snprintf(path, sizeof(path), "%s/dev/pts/ptmx", w->root);
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	given.holder = fork();
	ASSERT_LE(0, given.holder);
	if (given.holder == 0) {
		const int master = open(path, O_RDWR | O_NOCTTY);
		int unlock = 0;

		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) ||
		    ioctl(master, TIOCGPTN, &w->shared->values[0]) ||
		    !tell(ready[1]))
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ASSERT_TRUE(hear(ready[0]));
	close(ready[0]);
	given.terminal = w->shared->values[0];
}

FIXTURE_SETUP(reason)
{
	struct world *const w = &self->w;
	int mount_id;
	char path[64];

	make_world(_metadata, w);
	given.world = w;
	make_dir(_metadata, w, "/mnt", 0755);
	make_node(_metadata, w, "/dev/kmsg", S_IFCHR, 1, 11);
	hold_terminal(_metadata, w);
	given.root = start_sentinel(_metadata, 0);
	given.user = start_sentinel(_metadata, UID_USER);
	given.handle.handle.handle_bytes = sizeof(given.handle.bytes);
	ASSERT_EQ(0, name_to_handle_at(AT_FDCWD, w->secret,
				       &given.handle.handle, &mount_id, 0));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, given.owned));
	ASSERT_EQ(0, fcntl(given.owned[0], F_SETOWN, given.root.pid));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, given.pair));
	ASSERT_EQ(0, chmod(w->secret, 0666));
	given.file = open(w->secret, O_RDONLY);
	ASSERT_LE(0, given.file);
	ASSERT_EQ(0, write_file("/proc/sys/kernel/dmesg_restrict", "0"));

	snprintf(path, sizeof(path), "%s/trace", w->base);
	ASSERT_EQ(0, mkdir(path, 0700));
	ASSERT_EQ(0, mount("jail", path, "tracefs", 0, NULL));
	snprintf(self->trace, sizeof(self->trace), "%s/instances/jail", path);
	ASSERT_EQ(0, mkdir(self->trace, 0700));
	write_trace(_metadata, self->trace, "events/jail/jail_deny/enable",
		    "1");
}

FIXTURE_TEARDOWN(reason)
{
	write_trace(_metadata, self->trace, "events/jail/jail_deny/enable",
		    "0");
	EXPECT_EQ(0, rmdir(self->trace));
	end_child(given.holder);
	stop_sentinel(&given.root);
	stop_sentinel(&given.user);
	remove_world(&self->w);
}

/* Counts the events since the last call, and those with @text. */
static void count_events(struct __test_metadata *const _metadata,
			 const struct _test_data_reason *const self,
			 const char *const text, int *const all,
			 int *const wanted)
{
	static char trace[65536];
	char path[128], *line, *rest = trace;

	snprintf(path, sizeof(path), "%s/trace", self->trace);
	ASSERT_EQ(0, read_file(path, trace, sizeof(trace)));
	*all = 0;
	*wanted = 0;
	while ((line = strsep(&rest, "\n"))) {
		const char *const event = strstr(line, "jail_deny: ");

		if (!event)
			continue;
		++*all;
		*wanted += !strcmp(event + strlen("jail_deny: "), text);
	}
	write_trace(_metadata, self->trace, "trace", "\n");
}

static void check_reason(struct __test_metadata *const _metadata,
			 struct _test_data_reason *const self,
			 const struct _fixture_variant_reason *const variant,
			 const uid_t uid)
{
	const struct world *const w = &self->w;
	int all, wanted;
	char text[64];
	const int dir = open(w->base, O_PATH | O_DIRECTORY | O_CLOEXEC);

	ASSERT_EQ(0, send_fd(given.pair[0], dir));
	ASSERT_EQ(0, send_fd(given.pair[0], dir));
	close(dir);
	EXPECT_EQ(0, perform(_metadata, w, variant->control, uid,
			     variant->attack, NULL));
	count_events(_metadata, self, "", &all, &wanted);
	EXPECT_EQ(0, all);

	EXPECT_EQ(variant->error, in_jail(w, uid, variant->attack, NULL));
	snprintf(text, sizeof(text), "jid=%u reason=%s err=%d", w->shared->jid,
		 variant->reason, -variant->error);
	count_events(_metadata, self, text, &all, &wanted);
	EXPECT_LT(0, wanted)
	{
		TH_LOG("of %d events none has %s", all, text);
	}
}

TEST_F(reason, stated)
{
	if (variant->mighty)
		allow_everything(&self->w);
	if (variant->unrooted)
		self->w.args.path = ptr_to_u64("/");
	check_reason(_metadata, self, variant, 0);
	if (!variant->root_only && !variant->mighty)
		check_reason(_metadata, self, variant, UID_USER);
}

static pid_t foreign(void)
{
	return getuid() ? given.user.pid : given.root.pid;
}

#define REASON(name, why, err, where, ...)                              \
	/* clang-format off */                                        \
	FIXTURE_VARIANT_ADD(reason, name) { \
		/* clang-format on */                                   \
		.attack = attack_##name, .reason = why, .error = err,   \
		.control = where, __VA_ARGS__                           \
	}

#define MIGHTY .mighty = true
#define ROOT_ONLY .root_only = true
#define UNROOTED .unrooted = true

/* Closes what an attack has opened. */
static int opened(const int fd)
{
	return fd < 0 ? errno : RESULT(close(fd));
}

/* capability */

static int attack_set_name(void *const arg)
{
	return RESULT(setdomainname("attacked", 8));
}

REASON(set_name, "capability", EPERM, HOST, ROOT_ONLY);

static int attack_raise_limit(void *const arg)
{
	struct rlimit limit = { 64, 64 };

	if (setrlimit(RLIMIT_CORE, &limit))
		return UNREACHED;
	limit.rlim_max = 65;
	return RESULT(setrlimit(RLIMIT_CORE, &limit));
}

REASON(raise_limit, "capability", EPERM, HOST, ROOT_ONLY);

/* namespace */

static int attack_new_user_namespace(void *const arg)
{
	return RESULT(unshare(CLONE_NEWUSER));
}

REASON(new_user_namespace, "namespace", EPERM, HOST, UNROOTED);

static int attack_new_uts_namespace(void *const arg)
{
	return RESULT(unshare(CLONE_NEWUTS));
}

REASON(new_uts_namespace, "namespace", EPERM, CHROOT, MIGHTY);

static int attack_setns(void *const arg)
{
	const int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	return RESULT(setns(fd, CLONE_NEWUTS));
}

REASON(setns, "namespace", EPERM, CHROOT, MIGHTY);

/* process */

static int attack_kill(void *const arg)
{
	return RESULT(kill(foreign(), 0));
}

REASON(kill, "process", ESRCH, CHROOT);

static int attack_getpriority(void *const arg)
{
	errno = 0;
	getpriority(PRIO_PROCESS, foreign());
	return errno;
}

REASON(getpriority, "process", ESRCH, CHROOT);

static int attack_pidfd_open(void *const arg)
{
	return opened(pidfd_open(foreign(), 0));
}

REASON(pidfd_open, "process", ESRCH, CHROOT);

static int attack_stat_process(void *const arg)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", foreign());
	return RESULT(stat(path, &st));
}

REASON(stat_process, "process", ENOENT, CHROOT);

static int attack_clone_parent(void *const arg)
{
	const pid_t pid =
		syscall(__NR_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return RESULT(pid);
}

REASON(clone_parent, "process", EPERM, CHROOT);

/* signal */

static int attack_set_signal(void *const arg)
{
	return RESULT(fcntl(given.owned[0], F_SETSIG, SIGWINCH));
}

REASON(set_signal, "signal", EPERM, CHROOT);

/* ptrace */

static int attack_traceme(void *const arg)
{
	return RESULT(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

REASON(traceme, "ptrace", EPERM, CHROOT);

/* procfs */

static int attack_proc_hidden(void *const arg)
{
	return opened(open("/proc/locks", O_RDONLY));
}

REASON(proc_hidden, "procfs", ENOENT, CHROOT);

static int attack_proc_write(void *const arg)
{
	const int err = opened(open("/proc/version", O_WRONLY));

	/* It was opened, and cannot be written by anybody. */
	return err == EIO ? 0 : err;
}

REASON(proc_write, "procfs", EACCES, CHROOT, ROOT_ONLY);

static int attack_proc_mode(void *const arg)
{
	return RESULT(chmod("/proc/version", 0444));
}

REASON(proc_mode, "procfs", EPERM, CHROOT, ROOT_ONLY);

/* sysctl */

static int attack_sysctl(void *const arg)
{
	return opened(open("/proc/sys/kernel/panic", O_WRONLY));
}

REASON(sysctl, "sysctl", EPERM, CHROOT, ROOT_ONLY);

/* path */

static int attack_open_by_handle(void *const arg)
{
	const int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return opened(open_by_handle_at(root, &given.handle.handle, O_RDONLY));
}

REASON(open_by_handle, "path", EPERM, CHROOT, MIGHTY);

static int attack_program(void *const arg)
{
	return opened(open("/proc/self/exe", O_RDONLY));
}

REASON(program, "path", EACCES, CHROOT);

static int attack_reopen(void *const arg)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", given.file);
	return opened(open(path, O_RDWR));
}

REASON(reopen, "path", EACCES, CHROOT);

/* file */

static int attack_receive(void *const arg)
{
	const int fd = receive_fd(given.pair[1]);

	return opened(fd);
}

REASON(receive, "file", EACCES, CHROOT);

static int attack_change_mode(void *const arg)
{
	return RESULT(fchmod(given.file, 06755));
}

REASON(change_mode, "file", EPERM, CHROOT, ROOT_ONLY);

static int attack_change_owner(void *const arg)
{
	return RESULT(fchown(given.file, UID_USER, -1));
}

REASON(change_owner, "file", EPERM, CHROOT, ROOT_ONLY);

/* mount */

static int attack_mount(void *const arg)
{
	if (mount("x", "/mnt", "tmpfs", 0, NULL))
		return errno;
	return RESULT(umount2("/mnt", 0));
}

REASON(mount, "mount", EPERM, CHROOT, MIGHTY);

static int attack_fsopen(void *const arg)
{
	return opened(syscall(__NR_fsopen, "tmpfs", 0));
}

REASON(fsopen, "mount", EPERM, CHROOT, MIGHTY);

/* device */

static int attack_mknod(void *const arg)
{
	if (mknod("/tmp/node", S_IFCHR | 0600, makedev(1, 1)))
		return errno;
	return RESULT(unlink("/tmp/node"));
}

REASON(mknod, "device", EPERM, CHROOT, MIGHTY);

static int attack_open_device(void *const arg)
{
	return opened(open("/dev/kmsg", O_WRONLY));
}

REASON(open_device, "device", EACCES, CHROOT);

static int attack_ustat(void *const arg)
{
	char answer[64];
	struct stat st;

	if (stat("/", &st))
		return UNREACHED;
	return RESULT(syscall(__NR_ustat, (unsigned int)st.st_dev, answer));
}

REASON(ustat, "device", EPERM, CHROOT);

/* tty */

static int attack_open_terminal(void *const arg)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/pts/%d", given.terminal);
	return opened(open(path, O_RDWR | O_NOCTTY));
}

REASON(open_terminal, "tty", EIO, CHROOT);

/* keyring */

static int attack_session_to_parent(void *const arg)
{
	if (syscall(__NR_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "attack") < 0)
		return UNREACHED;
	return RESULT(syscall(__NR_keyctl, KEYCTL_SESSION_TO_PARENT));
}

REASON(session_to_parent, "keyring", EPERM, CHROOT, ROOT_ONLY);

/* socket */

static int attack_packet_socket(void *const arg)
{
	return opened(socket(AF_PACKET, SOCK_RAW, 0));
}

REASON(packet_socket, "socket", EAFNOSUPPORT, CHROOT, MIGHTY);

static int attack_raw_socket(void *const arg)
{
	return opened(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

REASON(raw_socket, "socket", EPERM, CHROOT, MIGHTY);

static int attack_netlink_socket(void *const arg)
{
	return opened(socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC));
}

REASON(netlink_socket, "socket", EPROTONOSUPPORT, CHROOT);

/* address */

static int attack_source(void *const arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	struct in_pktinfo *info;
	char control[CMSG_SPACE(sizeof(*info))] = {};
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *const cmsg = CMSG_FIRSTHDR(&msg);
	const int sock = socket(AF_INET, SOCK_DGRAM, 0);

	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(*info));
	info = (void *)CMSG_DATA(cmsg);
	inet_pton(AF_INET, ADDR_OTHER, &info->ipi_spec_dst);
	inet_pton(AF_INET, ADDR_HOST, &to.sin_addr);
	return RESULT(sendmsg(sock, &msg, 0));
}

REASON(source, "address", EADDRNOTAVAIL, CHROOT);

/* netlink */

static int attack_netlink_request(void *const arg)
{
	const int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	struct {
		struct nlmsghdr head;
		struct rtgenmsg general;
		char pad[3];
		struct nlattr attr;
		__u32 pid;
	} request = {
		.head = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETNSID,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.attr = { NLA_HDRLEN + sizeof(__u32), NETNSA_PID },
		.pid = getpid(),
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[256];
	} answer;

	if (send(sock, &request, sizeof(request), 0) < 0)
		return errno;
	if (!readable(sock) || recv(sock, &answer, sizeof(answer), 0) < 0)
		return UNREACHED;
	return answer.head.nlmsg_type == NLMSG_ERROR ? -answer.error.error : 0;
}

REASON(netlink_request, "netlink", EPERM, CHROOT);

static int attack_netlink_port(void *const arg)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_pid = foreign(),
	};
	const int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	return RESULT(bind(sock, (const void *)&addr, sizeof(addr)));
}

REASON(netlink_port, "netlink", EADDRINUSE, CHROOT);

/* system */

static int attack_syslog(void *const arg)
{
	char text[64];

	/* SYSLOG_ACTION_READ_ALL */
	return RESULT(syscall(__NR_syslog, 3, text, sizeof(text)));
}

REASON(syslog, "system", EPERM, CHROOT);

/* Every reason that the kernel knows has an attack. */

FIXTURE(reasons)
{
	struct world w;
};

FIXTURE_SETUP(reasons)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(reasons)
{
	remove_world(&self->w);
}

static bool is_attacked(const char *const reason)
{
	const struct __fixture_variant_metadata *variant;

	for (variant = _reason_fixture_object.variant; variant;
	     variant = variant->next) {
		const struct _fixture_variant_reason *const data =
			variant->data;

		if (!strcmp(data->reason, reason))
			return true;
	}
	return false;
}

TEST_F(reasons, all)
{
	char path[64], text[8192], *at;
	int count = 0;

	snprintf(path, sizeof(path), "%s/trace", self->w.base);
	ASSERT_EQ(0, mkdir(path, 0700));
	ASSERT_EQ(0, mount("jail", path, "tracefs", 0, NULL));
	strcat(path, "/events/jail/jail_deny/format");
	ASSERT_EQ(0, read_file(path, text, sizeof(text)));
	/* As in: __print_symbolic(REC->reason, { 0, "capability" }, ...) */
	for (at = text; (at = strstr(at, ", \"")); count++) {
		char *const name = at + 3;

		at = strchr(name, '"');
		ASSERT_NE(NULL, at);
		*at++ = '\0';
		EXPECT_TRUE(is_attacked(name))
		{
			TH_LOG("no attack on %s", name);
		}
	}
	/* As many as there were when this was written, or more. */
	EXPECT_LE(17, count);
}

TEST_HARNESS_MAIN
