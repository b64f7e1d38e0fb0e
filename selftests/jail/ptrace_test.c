// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Control over processes outside
 */

#define _GNU_SOURCE
#include <sys/ptrace.h>

#include "common.h"

FIXTURE(ptrace)
{
	struct world w;
	/* A process outside, and a socket whose peer it is. */
	pid_t pid;
	int sock;
};

FIXTURE_VARIANT(ptrace)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(ptrace, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(ptrace, user) {
	/* clang-format on */
	.uid = UID_USER,
};

FIXTURE_SETUP(ptrace)
{
	int pair[2];

	make_world(_metadata, &self->w);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (self->pid == 0) {
		int inner[2];

		if (detach_streams() || reduce_caps(CEILING_DEFAULT) ||
		    become(variant->uid) ||
		    socketpair(AF_UNIX, SOCK_STREAM, 0, inner) ||
		    send_fd(pair[1], inner[0]))
			_exit(1);
		for (;;)
			pause();
	}
	close(pair[1]);
	self->sock = receive_fd(pair[0]);
	ASSERT_LE(0, self->sock);
	close(pair[0]);
}

FIXTURE_TEARDOWN(ptrace)
{
	close(self->sock);
	end_child(self->pid);
	remove_world(&self->w);
}

/* O2: by a descriptor that came without a number. */

static int steal_descriptor(void *const arg)
{
	int pidfd = -1, fd;
	socklen_t len = sizeof(pidfd);

	if (getsockopt(*(const int *)arg, SOL_SOCKET, SO_PEERPIDFD, &pidfd,
		       &len))
		return errno;
	fd = syscall(__NR_pidfd_getfd, pidfd, 0, 0);
	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(ptrace, pidfd_getfd)
{
	int result;

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, steal_descriptor,
			       &self->sock));
	result = in_jail(&self->w, variant->uid, steal_descriptor, &self->sock);
	EXPECT_TRUE(result == EPERM || result == ESRCH || result == ENODATA)
	{
		TH_LOG("result %d", result);
	}
}

/* O3: the parent outside becomes the tracer. */

static int trace_me(void *const arg)
{
	return RESULT(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

TEST_F(ptrace, traceme)
{
	/* The control's parent traces it till it ends. */
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, trace_me, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, trace_me, NULL));
}

/*
 * The other way round: a child that its parent left outside, with no capability
 * that the parent has not.
 */

static int trace_from_outside(const struct world *const w, const bool enter_it)
{
	int go[2], status;
	pid_t child;

	if (pipe(go))
		return UNREACHED;
	child = fork();
	if (child == 0)
		_exit(!reduce_caps(CEILING_DEFAULT) && hear(go[0]) ?
			      trace_me(NULL) :
			      255);
	if (child < 0 || (enter_it && jail(&w->args, sizeof(w->args), 0) < 0))
		return UNREACHED;
	if (!tell(go[1]) || waitpid(-1, &status, 0) < 0 || !WIFEXITED(status))
		return UNREACHED;
	return WEXITSTATUS(status);
}

static int trace_outside(void *const arg)
{
	return trace_from_outside(arg, false);
}

static int trace_inside(void *const arg)
{
	return trace_from_outside(arg, true);
}

TEST_F(ptrace, child_outside)
{
	EXPECT_EQ(0, on_host(&self->w, 0, trace_outside, &self->w));
	EXPECT_EQ(EPERM, on_host(&self->w, 0, trace_inside, &self->w));
}

/* Inside all is as usual. */

static int trace_own_child(void *const arg)
{
	const pid_t child = fork();
	int status;

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0))
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		return UNREACHED;
	if (ptrace(PTRACE_CONT, child, 0, 0))
		return errno;
	return waitpid(child, &status, 0) == child && !status ? 0 : UNREACHED;
}

TEST_F(ptrace, own_child)
{
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, trace_own_child, NULL));
}

/* By its number and its files. */

static int read_memory(void *const arg)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", *(const pid_t *)arg);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(ptrace, memory)
{
	EXPECT_EQ(0,
		  in_chroot(&self->w, variant->uid, read_memory, &self->pid));
	EXPECT_EQ(ENOENT,
		  in_jail(&self->w, variant->uid, read_memory, &self->pid));
}

TEST_HARNESS_MAIN
