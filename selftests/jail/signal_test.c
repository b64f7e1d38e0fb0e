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

/*
 * O1: a process that was reached without its number.  The peer of a socket pair
 * is the task that made the pair: here the test itself.
 */

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

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
