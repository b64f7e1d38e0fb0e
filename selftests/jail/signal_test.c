// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Signals that leave the jail
 */

#define _GNU_SOURCE
#include "common.h"

FIXTURE(signal)
{
	struct world w;
	struct sentinel sentinel;
};

FIXTURE_VARIANT(signal)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(signal, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(signal, user) {
	/* clang-format on */
	.uid = UID_USER,
};

FIXTURE_SETUP(signal)
{
	make_world(_metadata, &self->w);
	self->sentinel = start_sentinel(_metadata, variant->uid);
}

FIXTURE_TEARDOWN(signal)
{
	stop_sentinel(&self->sentinel);
	remove_world(&self->w);
}

/* Sends a signal that is ignored unless somebody waits for it. */
static int send_everyone(void *const arg)
{
	return RESULT(kill(-1, SIGWINCH));
}

static int send_with_child(void *const arg)
{
	sigset_t set;
	pid_t child;
	int status, err;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	child = fork();
	if (child == 0)
		_exit(sigwaitinfo(&set, NULL) == SIGWINCH ? 0 : 1);
	err = send_everyone(arg);
	if (err) {
		end_child(child);
		return err;
	}
	if (waitpid(child, &status, 0) != child || status)
		return UNREACHED;
	return 0;
}

/* U1 */
TEST_F(signal, everyone)
{
	const struct sentinel *const sentinel = &self->sentinel;

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, send_everyone, NULL));
	EXPECT_TRUE(heard_signal(_metadata, sentinel, SIGWINCH));
	/* Nobody else is in the jail. */
	EXPECT_EQ(ESRCH, in_jail(&self->w, variant->uid, send_everyone, NULL));
	EXPECT_FALSE(heard_signal(_metadata, sentinel, SIGWINCH));
	/* Its own processes are reached. */
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, send_with_child, NULL));
	EXPECT_FALSE(heard_signal(_metadata, sentinel, SIGWINCH));
}

static int send_group(void *const arg)
{
	return RESULT(kill(-*(const pid_t *)arg, SIGWINCH));
}

/* P2 */
TEST_F(signal, group)
{
	const struct sentinel *const sentinel = &self->sentinel;

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, send_group,
			       &sentinel->pid));
	EXPECT_TRUE(heard_signal(_metadata, sentinel, SIGWINCH));
	EXPECT_EQ(ESRCH,
		  in_jail(&self->w, variant->uid, send_group, &sentinel->pid));
	EXPECT_FALSE(heard_signal(_metadata, sentinel, SIGWINCH));
}

static int send_process(void *const arg)
{
	return RESULT(kill(*(const pid_t *)arg, SIGWINCH));
}

/* P1 */
TEST_F(signal, process)
{
	const struct sentinel *const sentinel = &self->sentinel;

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, send_process,
			       &sentinel->pid));
	EXPECT_TRUE(heard_signal(_metadata, sentinel, SIGWINCH));
	EXPECT_EQ(ESRCH, in_jail(&self->w, variant->uid, send_process,
				 &sentinel->pid));
	EXPECT_FALSE(heard_signal(_metadata, sentinel, SIGWINCH));
}

/* P18: a signal for whoever reads the socket. */
static int send_owner(void *const arg)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
	    fcntl(pair[0], F_SETSIG, SIGWINCH))
		return UNREACHED;
	if (fcntl(pair[0], F_SETOWN, *(const pid_t *)arg))
		return errno;
	if (fcntl(pair[0], F_SETFL, O_ASYNC) || !tell(pair[1]))
		return UNREACHED;
	return 0;
}

TEST_F(signal, file_owner)
{
	const struct sentinel *const sentinel = &self->sentinel;

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, send_owner,
			       &sentinel->pid));
	EXPECT_TRUE(heard_signal(_metadata, sentinel, SIGWINCH));
	EXPECT_EQ(ESRCH,
		  in_jail(&self->w, variant->uid, send_owner, &sentinel->pid));
	EXPECT_FALSE(heard_signal(_metadata, sentinel, SIGWINCH));
}

/* O5: another signal for an owner whom the host has chosen. */

static int choose_signal(void *const arg)
{
	const int *const pair = arg;

	if (fcntl(pair[0], F_SETSIG, SIGWINCH))
		return errno;
	return tell(pair[1]) ? 0 : UNREACHED;
}

TEST_F(signal, inherited_owner)
{
	const struct sentinel *const sentinel = &self->sentinel;
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	ASSERT_EQ(0, fcntl(pair[0], F_SETOWN, sentinel->pid));
	ASSERT_EQ(0, fcntl(pair[0], F_SETFL, O_ASYNC));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, choose_signal, pair));
	EXPECT_FALSE(heard_signal(_metadata, sentinel, SIGWINCH));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, choose_signal, pair));
	EXPECT_TRUE(heard_signal(_metadata, sentinel, SIGWINCH));
	close(pair[0]);
	close(pair[1]);
}

/* O5: the signal that such an owner gets by default, where it expects none. */

static int switch_on(void *const arg)
{
	const int *const pair = arg;

	if (fcntl(pair[0], F_SETFL, O_RDWR | O_ASYNC))
		return errno;
	return tell(pair[1]) ? 0 : UNREACHED;
}

static int switch_on_by_ioctl(void *const arg)
{
	const int *const pair = arg;
	const int on = 1;

	if (ioctl(pair[0], FIOASYNC, &on))
		return errno;
	return tell(pair[1]) ? 0 : UNREACHED;
}

TEST_F(signal, switched_on)
{
	static const attack_t attacks[] = { switch_on, switch_on_by_ioctl };
	const struct sentinel *const sentinel = &self->sentinel;
	int pair[2];
	size_t i;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	ASSERT_EQ(0, fcntl(pair[0], F_SETOWN, sentinel->pid));
	for (i = 0; i < ARRAY_SIZE(attacks); i++) {
		EXPECT_EQ(EPERM,
			  in_jail(&self->w, variant->uid, attacks[i], pair));
		EXPECT_FALSE(heard_signal(_metadata, sentinel, SIGIO));
		EXPECT_EQ(0,
			  in_chroot(&self->w, variant->uid, attacks[i], pair));
		EXPECT_TRUE(heard_signal(_metadata, sentinel, SIGIO));
		ASSERT_EQ(0, fcntl(pair[0], F_SETFL, O_RDWR));
	}
	close(pair[0]);
	close(pair[1]);
}

/*
 * O1: a process that was reached without its number.  The peer of a socket pair
 * is the task that made the pair: here the test itself.
 */

static int send_peer(void *const arg)
{
	int pidfd = -1;
	socklen_t len = sizeof(pidfd);

	if (getsockopt(*(const int *)arg, SOL_SOCKET, SO_PEERPIDFD, &pidfd,
		       &len))
		return errno;
	return RESULT(syscall(__NR_pidfd_send_signal, pidfd, SIGURG, NULL, 0));
}

static int mrelease_peer(void *const arg)
{
	int pidfd = -1;
	socklen_t len = sizeof(pidfd);

	if (getsockopt(*(const int *)arg, SOL_SOCKET, SO_PEERPIDFD, &pidfd,
		       &len))
		return errno;
	/* EINVAL: it is alive. */
	if (!syscall(__NR_process_mrelease, pidfd, 0) || errno == EINVAL)
		return 0;
	return errno;
}

TEST_F(signal, peer)
{
	struct sentinel *const sentinel = &self->sentinel;
	int result, pair[2], ready[2];
	pid_t maker;

	/* Made by a process with the user and the few capabilities. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	maker = fork();
	ASSERT_LE(0, maker);
	if (maker == 0) {
		int inner[2];

		if (detach_streams() || reduce_caps(CEILING_DEFAULT) ||
		    become(variant->uid) ||
		    socketpair(AF_UNIX, SOCK_STREAM, 0, inner) ||
		    send_fd(pair[1], inner[0]))
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[0]);
	close(ready[1]);
	close(pair[1]);
	pair[1] = receive_fd(pair[0]);
	ASSERT_LE(0, pair[1]);

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, send_peer, &pair[1]));
	EXPECT_EQ(0,
		  in_chroot(&self->w, variant->uid, mrelease_peer, &pair[1]));
	result = in_jail(&self->w, variant->uid, send_peer, &pair[1]);
	EXPECT_TRUE(result == EPERM || result == ESRCH || result == ENODATA)
	{
		TH_LOG("result %d", result);
	}
	result = in_jail(&self->w, variant->uid, mrelease_peer, &pair[1]);
	EXPECT_TRUE(result == EPERM || result == ESRCH || result == ENODATA)
	{
		TH_LOG("result %d", result);
	}
	end_child(maker);
	EXPECT_FALSE(heard_signal(_metadata, sentinel, SIGURG));
}

/* O1: a signal for a child outside when its parent in the jail ends. */

static void wait_for_death(const int ready)
{
	const pid_t parent = getppid();
	const struct timespec none = {};
	sigset_t set;
	char got;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_PDEATHSIG, SIGWINCH, 0, 0, 0);
	setpgid(0, 0);
	if (!tell(ready))
		_exit(1);
	while (getppid() == parent)
		sched_yield();
	/* Waits for the lock under which the parent ended. */
	kill(0, 0);
	got = sigtimedwait(&set, NULL, &none) == SIGWINCH;
	_exit(write(ready, &got, 1) != 1);
}

struct death {
	const struct world *w;
	bool enter_it;
	int ready[2];
};

static int end_as_parent(void *const arg)
{
	const struct death *const death = arg;
	const struct world *const w = death->w;
	const pid_t child = fork();

	if (child == 0)
		wait_for_death(death->ready[1]);
	if (child < 0 || !hear(death->ready[0]) ||
	    (death->enter_it && jail(&w->args, sizeof(w->args), 0) < 0))
		return UNREACHED;
	return 0;
}

/* True if the child got the signal. */
static bool signals_by_death(struct __test_metadata *const _metadata,
			     const struct world *const w, const bool enter_it)
{
	struct death death = { .w = w, .enter_it = enter_it };
	char got = -1;

	ASSERT_EQ(0, pipe(death.ready));
	EXPECT_EQ(0, on_host(w, 0, end_as_parent, &death));
	EXPECT_TRUE(readable(death.ready[0]));
	EXPECT_EQ(1, read(death.ready[0], &got, 1));
	close(death.ready[0]);
	close(death.ready[1]);
	return got == 1;
}

TEST_F(signal, parent_death)
{
	/* A signal from root to root either way. */
	EXPECT_TRUE(signals_by_death(_metadata, &self->w, false));
	EXPECT_FALSE(signals_by_death(_metadata, &self->w, true));
}

/* Who has sent something: 0 where that is nobody of the jail. */

static int know_peer(void *const arg)
{
	const int *const values = arg;
	struct ucred ucred;
	socklen_t len = sizeof(ucred);

	if (getsockopt(values[0], SOL_SOCKET, SO_PEERCRED, &ucred, &len))
		return UNREACHED;
	if (ucred.pid == values[1])
		return 0;
	return ucred.pid ? UNREACHED : ESRCH;
}

static int know_sender_of_message(void *const arg)
{
	const int *const values = arg;
	char control[CMSG_SPACE(sizeof(struct ucred))] = {};
	struct ucred ucred;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	if (recvmsg(values[0], &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return UNREACHED;
	memcpy(&ucred, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(ucred));
	if (ucred.pid == values[1])
		return 0;
	return ucred.pid ? UNREACHED : ESRCH;
}

static int know_peer_by_descriptor(void *const arg)
{
	int pidfd = -1;
	socklen_t len = sizeof(pidfd);

	return RESULT(getsockopt(*(const int *)arg, SOL_SOCKET, SO_PEERPIDFD,
				 &pidfd, &len));
}

static int know_owner(void *const arg)
{
	const int *const values = arg;
	const int owner = fcntl(values[0], F_GETOWN);

	if (owner == values[1])
		return 0;
	return owner ? UNREACHED : ESRCH;
}

TEST_F(signal, known_sender)
{
	int pair[2], values[2];
	const int one = 1;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	values[0] = pair[0];
	values[1] = getpid();
	ASSERT_EQ(0, setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one,
				sizeof(one)));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, know_peer, values));
	EXPECT_EQ(ESRCH, in_jail(&self->w, variant->uid, know_peer, values));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, know_peer_by_descriptor,
			       values));
	EXPECT_EQ(ENODATA, in_jail(&self->w, variant->uid,
				   know_peer_by_descriptor, values));
	ASSERT_TRUE(tell(pair[1]));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, know_sender_of_message,
			       values));
	ASSERT_TRUE(tell(pair[1]));
	EXPECT_EQ(ESRCH, in_jail(&self->w, variant->uid, know_sender_of_message,
				 values));
	ASSERT_EQ(0, fcntl(pair[0], F_SETOWN, getpid()));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, know_owner, values));
	EXPECT_EQ(ESRCH, in_jail(&self->w, variant->uid, know_owner, values));
	close(pair[0]);
	close(pair[1]);
}

struct sender {
	pid_t pid;
	int ready;
};

static int know_sender_of_signal(void *const arg)
{
	const struct sender *const sender = arg;
	siginfo_t info = {};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (!tell(sender->ready) || sigwaitinfo(&set, &info) != SIGWINCH)
		return UNREACHED;
	if (info.si_pid == sender->pid)
		return 0;
	return info.si_pid ? UNREACHED : ESRCH;
}

static int send_and_finish(struct __test_metadata *const _metadata,
			   const struct world *const w, const enum place place,
			   const uid_t uid, const bool queued)
{
	const union sigval value = {};
	struct sender sender = { .pid = getpid() };
	struct runner runner;
	int ready[2];

	ASSERT_EQ(0, pipe(ready));
	sender.ready = ready[1];
	runner =
		start(_metadata, w, place, uid, know_sender_of_signal, &sender);
	EXPECT_TRUE(hear(ready[0]));
	EXPECT_EQ(0, queued ? sigqueue(runner.pid, SIGWINCH, value) :
			      kill(runner.pid, SIGWINCH));
	close(ready[0]);
	close(ready[1]);
	return finish(_metadata, w, &runner);
}

TEST_F(signal, known_sender_of_signal)
{
	int queued;

	for (queued = 0; queued < 2; queued++) {
		EXPECT_EQ(0, send_and_finish(_metadata, &self->w, CHROOT,
					     variant->uid, queued));
		EXPECT_EQ(ESRCH, send_and_finish(_metadata, &self->w, JAIL,
						 variant->uid, queued));
	}
}

/* Of many who get the same signal, only those in a jail do not learn it. */

static int know_sender_after(struct __test_metadata *const _metadata,
			     const struct world *const w,
			     const enum place place, const uid_t uid)
{
	struct world outside = *w;
	struct sender sender = { .pid = getpid() };
	struct runner before, after;
	int ready[2], result;

	ASSERT_EQ(0, pipe(ready));
	sender.ready = ready[1];
	outside.shared = mmap(NULL, sizeof(*outside.shared),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, outside.shared);
	before =
		start(_metadata, w, place, uid, know_sender_of_signal, &sender);
	EXPECT_TRUE(hear(ready[0]));
	after = start(_metadata, &outside, HOST, uid, know_sender_of_signal,
		      &sender);
	EXPECT_TRUE(hear(ready[0]));
	/* In the order in which they were made. */
	EXPECT_EQ(0, kill(-1, SIGWINCH));
	EXPECT_EQ(place == JAIL ? ESRCH : 0, finish(_metadata, w, &before));
	result = finish(_metadata, &outside, &after);
	close(ready[0]);
	close(ready[1]);
	return result;
}

TEST_F(signal, known_sender_outside)
{
	EXPECT_EQ(0,
		  know_sender_after(_metadata, &self->w, CHROOT, variant->uid));
	EXPECT_EQ(0,
		  know_sender_after(_metadata, &self->w, JAIL, variant->uid));
}

/* The host reaches into the jail. */

static int wait_for_signal(void *const arg)
{
	const struct world *const w = arg;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	tell(w->shared->values[0]);
	return sigwaitinfo(&set, NULL) == SIGWINCH ? 0 : UNREACHED;
}

TEST_F(signal, from_host)
{
	struct runner runner;
	int ready[2];

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	self->w.shared->values[0] = ready[1];
	runner = start(_metadata, &self->w, JAIL, variant->uid, wait_for_signal,
		       &self->w);
	ASSERT_TRUE(hear(ready[0]));
	EXPECT_EQ(0, kill(runner.pid, SIGWINCH));
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
}

TEST_HARNESS_MAIN
