// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Why a jail refuses
 *
 * Each refusal states why, which wall refused, and what, in the trace event
 * jail:jail_deny.
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

#include "trace.h"

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
	struct tracer tracer;
};

/*
 * @wall: The function of the kernel that refuses.
 * @object: What is refused, a pattern.
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
	const char *wall;
	const char *object;
	int error;
	enum place control;
	bool mighty;
	bool root_only;
	bool unrooted;
};

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

	make_tracer(_metadata, w, &self->tracer);
	trace_event(_metadata, &self->tracer, "jail_deny", "1");
}

FIXTURE_TEARDOWN(reason)
{
	trace_event(_metadata, &self->tracer, "jail_deny", "0");
	remove_tracer(_metadata, &self->tracer);
	end_child(given.holder);
	stop_sentinel(&given.root);
	stop_sentinel(&given.user);
	remove_world(&self->w);
}

static void check_reason(struct __test_metadata *const _metadata,
			 struct _test_data_reason *const self,
			 const struct _fixture_variant_reason *const variant,
			 const uid_t uid)
{
	const struct world *const w = &self->w;
	int all, wanted;
	char pattern[192];
	const int dir = open(w->base, O_PATH | O_DIRECTORY | O_CLOEXEC);

	ASSERT_EQ(0, send_fd(given.pair[0], dir));
	ASSERT_EQ(0, send_fd(given.pair[0], dir));
	close(dir);
	EXPECT_EQ(0, perform(_metadata, w, variant->control, uid,
			     variant->attack, NULL));
	count_events(_metadata, &self->tracer, "jail_deny", "", &all, &wanted);
	EXPECT_EQ(0, all);

	EXPECT_EQ(variant->error, in_jail(w, uid, variant->attack, NULL));
	snprintf(pattern, sizeof(pattern),
		 "jid=%u reason=%s err=%d wall=%s object=%s", w->shared->jid,
		 variant->reason, -variant->error, variant->wall,
		 variant->object);
	count_events(_metadata, &self->tracer, "jail_deny", pattern, &all,
		     &wanted);
	EXPECT_LT(0, wanted)
	{
		TH_LOG("of %d events none is %s", all, pattern);
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

#define REASON(name, why, who, what, err, where, ...)                       \
	/* clang-format off */                                        \
	FIXTURE_VARIANT_ADD(reason, name) {     \
		/* clang-format on */                                       \
		.attack = attack_##name, .reason = why, .wall = who,        \
		.object = what, .error = err, .control = where, __VA_ARGS__ \
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

REASON(set_name, "capability", "jail_lacks_capability", "capability 21", EPERM,
       HOST, ROOT_ONLY);

static int attack_raise_limit(void *const arg)
{
	struct rlimit limit = { 64, 64 };

	if (setrlimit(RLIMIT_CORE, &limit))
		return UNREACHED;
	limit.rlim_max = 65;
	return RESULT(setrlimit(RLIMIT_CORE, &limit));
}

REASON(raise_limit, "capability", "jail_lacks_capability", "capability 24",
       EPERM, HOST, ROOT_ONLY);

/* namespace */

static int attack_new_user_namespace(void *const arg)
{
	return RESULT(unshare(CLONE_NEWUSER));
}

REASON(new_user_namespace, "namespace", "hook_userns_create", "user namespace",
       EPERM, HOST, UNROOTED);

static int attack_new_uts_namespace(void *const arg)
{
	return RESULT(unshare(CLONE_NEWUTS));
}

REASON(new_uts_namespace, "namespace", "__jail_change_namespaces", "namespaces",
       EPERM, CHROOT, MIGHTY);

static int attack_setns(void *const arg)
{
	const int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	return RESULT(setns(fd, CLONE_NEWUTS));
}

REASON(setns, "namespace", "__jail_change_namespaces", "namespaces", EPERM,
       CHROOT, MIGHTY);

/* process */

static int attack_kill(void *const arg)
{
	return RESULT(kill(foreign(), 0));
}

REASON(kill, "process", "__jail_filter_pid", "process *", ESRCH, CHROOT);

static int attack_getpriority(void *const arg)
{
	errno = 0;
	getpriority(PRIO_PROCESS, foreign());
	return errno;
}

REASON(getpriority, "process", "__jail_filter_task", "process *", ESRCH,
       CHROOT);

static int attack_pidfd_open(void *const arg)
{
	return opened(pidfd_open(foreign(), 0));
}

REASON(pidfd_open, "process", "__jail_filter_pid", "process *", ESRCH, CHROOT);

static int attack_stat_process(void *const arg)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", foreign());
	return RESULT(stat(path, &st));
}

REASON(stat_process, "process", "__jail_shows_task", "process *", ENOENT,
       CHROOT);

static int attack_clone_parent(void *const arg)
{
	const pid_t pid =
		syscall(__NR_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return RESULT(pid);
}

REASON(clone_parent, "process", "__jail_clone_parent", "process *", EPERM,
       CHROOT);

/* signal */

static int attack_set_signal(void *const arg)
{
	return RESULT(fcntl(given.owned[0], F_SETSIG, SIGWINCH));
}

REASON(set_signal, "signal", "__jail_set_signal", "owner of a file", EPERM,
       CHROOT);

/* ptrace */

static int attack_traceme(void *const arg)
{
	return RESULT(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

REASON(traceme, "ptrace", "hook_ptrace_traceme", "process *", EPERM, CHROOT);

/* procfs */

static int attack_proc_hidden(void *const arg)
{
	return opened(open("/proc/locks", O_RDONLY));
}

REASON(proc_hidden, "procfs", "__jail_shows_proc_entry", "/proc/*", ENOENT,
       CHROOT);

static int attack_proc_write(void *const arg)
{
	const int err = opened(open("/proc/version", O_WRONLY));

	/* It was opened, and cannot be written by anybody. */
	return err == EIO ? 0 : err;
}

REASON(proc_write, "procfs", "__jail_proc_write", "entry of /proc", EACCES,
       CHROOT, ROOT_ONLY);

static int attack_proc_mode(void *const arg)
{
	return RESULT(chmod("/proc/version", 0444));
}

REASON(proc_mode, "procfs", "__jail_proc_setattr", "entry of /proc", EPERM,
       CHROOT, ROOT_ONLY);

/* sysctl */

static int attack_sysctl(void *const arg)
{
	return opened(open("/proc/sys/kernel/panic", O_WRONLY));
}

REASON(sysctl, "sysctl", "__jail_sysctl_write", "sysctl", EPERM, CHROOT,
       ROOT_ONLY);

/* path */

static int attack_open_by_handle(void *const arg)
{
	const int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return opened(open_by_handle_at(root, &given.handle.handle, O_RDONLY));
}

REASON(open_by_handle, "path", "__jail_decode_handle", "file handle", EPERM,
       CHROOT, MIGHTY);

static int attack_program(void *const arg)
{
	return opened(open("/proc/self/exe", O_RDONLY));
}

REASON(program, "path", "__jail_start_at", "file *", EACCES, CHROOT);

static int attack_reopen(void *const arg)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", given.file);
	return opened(open(path, O_RDWR));
}

REASON(reopen, "path", "__jail_start_at", "file *", EACCES, CHROOT);

/* file */

static int attack_receive(void *const arg)
{
	const int fd = receive_fd(given.pair[1]);

	return opened(fd);
}

REASON(receive, "file", "hook_file_receive", "file *", EACCES, CHROOT);

static int attack_change_mode(void *const arg)
{
	return RESULT(fchmod(given.file, 06755));
}

REASON(change_mode, "file", "__jail_set_attributes", "file secret", EPERM,
       CHROOT, ROOT_ONLY);

static int attack_change_owner(void *const arg)
{
	return RESULT(fchown(given.file, UID_USER, -1));
}

REASON(change_owner, "file", "__jail_set_attributes", "file secret", EPERM,
       CHROOT, ROOT_ONLY);

/* mount */

static int attack_mount(void *const arg)
{
	if (mount("x", "/mnt", "tmpfs", 0, NULL))
		return errno;
	return RESULT(umount2("/mnt", 0));
}

REASON(mount, "mount", "__jail_mount", "mounts", EPERM, CHROOT, MIGHTY);

static int attack_fsopen(void *const arg)
{
	return opened(syscall(__NR_fsopen, "tmpfs", 0));
}

REASON(fsopen, "mount", "__jail_mount", "mounts", EPERM, CHROOT, MIGHTY);

/* device */

static int attack_mknod(void *const arg)
{
	if (mknod("/tmp/node", S_IFCHR | 0600, makedev(1, 1)))
		return errno;
	return RESULT(unlink("/tmp/node"));
}

REASON(mknod, "device", "hook_inode_mknod", "character device 1:*", EPERM,
       CHROOT, MIGHTY);

static int attack_open_device(void *const arg)
{
	return opened(open("/dev/kmsg", O_WRONLY));
}

REASON(open_device, "device", "__jail_use_device", "character device 1:11",
       EACCES, CHROOT);

static int attack_ustat(void *const arg)
{
	char answer[64];
	struct stat st;

	if (stat("/", &st))
		return UNREACHED;
	return RESULT(syscall(__NR_ustat, (unsigned int)st.st_dev, answer));
}

REASON(ustat, "device", "__jail_find_device", "file system of a device", EPERM,
       CHROOT);

/* tty */

static int attack_open_terminal(void *const arg)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/pts/%d", given.terminal);
	return opened(open(path, O_RDWR | O_NOCTTY));
}

REASON(open_terminal, "tty", "__jail_open_tty", "terminal *", EIO, CHROOT);

/* keyring */

static int attack_session_to_parent(void *const arg)
{
	if (syscall(__NR_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "attack") < 0)
		return UNREACHED;
	return RESULT(syscall(__NR_keyctl, KEYCTL_SESSION_TO_PARENT));
}

REASON(session_to_parent, "keyring", "__jail_set_keyring",
       "keyring of process *", EPERM, CHROOT, ROOT_ONLY);

/* socket */

static int attack_packet_socket(void *const arg)
{
	return opened(socket(AF_PACKET, SOCK_RAW, 0));
}

REASON(packet_socket, "socket", "hook_socket_create",
       "family 17 type * protocol *", EAFNOSUPPORT, CHROOT, MIGHTY);

static int attack_raw_socket(void *const arg)
{
	return opened(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

REASON(raw_socket, "socket", "hook_socket_create", "family 2 type 3 protocol *",
       EPERM, CHROOT, MIGHTY);

static int attack_netlink_socket(void *const arg)
{
	return opened(socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC));
}

REASON(netlink_socket, "socket", "hook_socket_create",
       "family 16 type * protocol *", EPROTONOSUPPORT, CHROOT);

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

REASON(source, "address", "__jail_inet_source", "address " ADDR_OTHER,
       EADDRNOTAVAIL, CHROOT);

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

REASON(netlink_request, "netlink", "__jail_rtnetlink_rcv", "message 90", EPERM,
       CHROOT);

static int attack_netlink_port(void *const arg)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_pid = foreign(),
	};
	const int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	return RESULT(bind(sock, (const void *)&addr, sizeof(addr)));
}

REASON(netlink_port, "netlink", "jail_netlink_bind", "port *", EADDRINUSE,
       CHROOT);

/* system */

static int attack_syslog(void *const arg)
{
	char text[64];

	/* SYSLOG_ACTION_READ_ALL */
	return RESULT(syscall(__NR_syslog, 3, text, sizeof(text)));
}

REASON(syslog, "system", "hook_syslog", "log of the kernel", EPERM, CHROOT);

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
	char path[128], text[8192], *at;
	struct tracer tracer;
	int count = 0;

	make_tracer(_metadata, &self->w, &tracer);
	snprintf(path, sizeof(path), "%s/events/jail/jail_deny/format",
		 tracer.path);
	ASSERT_EQ(0, read_file(path, text, sizeof(text)));
	remove_tracer(_metadata, &tracer);
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

/* A name that looks like the end of a record, and like another one. */
TEST_F(reasons, cannot_be_forged)
{
	const struct world *const w = &self->w;
	struct tracer tracer;
	int all, wanted;
	char path[64];

	snprintf(path, sizeof(path), "%s/a\"\nb", w->base);
	given.file = open(path, O_RDONLY | O_CREAT | O_EXCL, 0600);
	ASSERT_LE(0, given.file);
	make_tracer(_metadata, w, &tracer);
	trace_event(_metadata, &tracer, "jail_deny", "1");
	EXPECT_EQ(0, on_host(w, 0, attack_change_mode, NULL));
	EXPECT_EQ(EPERM, in_jail(w, 0, attack_change_mode, NULL));
	trace_event(_metadata, &tracer, "jail_deny", "0");
	count_events(_metadata, &tracer, "jail_deny", "*object=file a[?][?]b",
		     &all, &wanted);
	EXPECT_EQ(1, all);
	EXPECT_EQ(1, wanted);
	remove_tracer(_metadata, &tracer);
}

TEST_HARNESS_MAIN
