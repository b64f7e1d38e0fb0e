// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Terminals
 */

#define _GNU_SOURCE
#include <sys/ioctl.h>

#include "common.h"

FIXTURE(tty)
{
	struct world w;
	/* A terminal of the host, in the instance that the jail sees too. */
	int slave, number;
	/* Has its master, with which no jail can be entered. */
	pid_t holder;
};

static int open_master(const char *const root)
{
	char path[64];
	int fd, unlock = 0;

	snprintf(path, sizeof(path), "%s/dev/pts/ptmx", root);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && ioctl(fd, TIOCSPTLCK, &unlock))
		return -1;
	return fd;
}

static int open_slave(const char *const root, const int number)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/dev/pts/%d", root, number);
	return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static void hold_master(const struct world *const w, const int ready)
{
	const int master = open_master(w->root);

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (master < 0 || ioctl(master, TIOCGPTN, &w->shared->values[0]) ||
	    !tell(ready))
		_exit(1);
	for (;;)
		pause();
}

FIXTURE_SETUP(tty)
{
	struct world *const w = &self->w;
	int ready[2];

	make_world(_metadata, w);
	make_dir(_metadata, w, "/dev/pts", 0755);
	make_mount(_metadata, w, "/dev/pts", "devpts",
		   "newinstance,ptmxmode=0666,mode=0666");
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	self->holder = fork();
	ASSERT_LE(0, self->holder);
	if (self->holder == 0)
		hold_master(w, ready[1]);
	close(ready[1]);
	ASSERT_TRUE(hear(ready[0]));
	close(ready[0]);
	self->number = w->shared->values[0];
	self->slave = open_slave(w->root, self->number);
	ASSERT_LE(0, self->slave);
	/* The terminal of an interactive shell. */
	w->stream = self->slave;
}

FIXTURE_TEARDOWN(tty)
{
	close(self->slave);
	end_child(self->holder);
	remove_world(&self->w);
}

/* T1: typing into a terminal that was open at entry. */

static int inject(void *const arg)
{
	return RESULT(ioctl(0, TIOCSTI, "x"));
}

/* The same as its controlling terminal. */
static int inject_own(void *const arg)
{
	if (ioctl(0, TIOCSCTTY, 0))
		return errno;
	return inject(arg);
}

TEST_F(tty, inject)
{
	int result;

	EXPECT_EQ(0, in_chroot(&self->w, 0, inject_own, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, inject_own, NULL));
	result = in_jail(&self->w, 0, inject, NULL);
	EXPECT_TRUE(result == EIO || result == EPERM);
	/* CAP_SYS_ADMIN would do without a controlling terminal. */
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, inject, NULL));
	EXPECT_EQ(EIO, in_jail(&self->w, 0, inject, NULL));
}

/* T2: taking a terminal of the host. */

static int take(void *const arg)
{
	return RESULT(ioctl(0, TIOCSCTTY, 0));
}

static int take_by_open(void *const arg)
{
	char path[64];
	int fd;

	/* Without O_NOCTTY. */
	snprintf(path, sizeof(path), "/dev/pts/%d", *(const int *)arg);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	return RESULT(tcgetpgrp(fd));
}

TEST_F(tty, take)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, take, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, take, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, take, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, take_by_open, &self->number));
	EXPECT_EQ(EIO, in_jail(&self->w, 0, take_by_open, &self->number));
}

/* O5: signals that the terminal itself sends to its foreground group. */

/* A session of the host on the terminal; notes come as from a sentinel. */
static struct sentinel start_session(struct __test_metadata *const _metadata,
				     const int slave)
{
	struct sentinel session;
	int notes[2];

	ASSERT_EQ(0, pipe2(notes, O_CLOEXEC));
	session.pid = fork();
	ASSERT_LE(0, session.pid);
	if (session.pid == 0) {
		sigset_t set;
		char signal;

		sigemptyset(&set);
		sigaddset(&set, SIGURG);
		sigaddset(&set, SIGNAL_MARK);
		sigprocmask(SIG_BLOCK, &set, NULL);
		if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0))
			_exit(1);
		for (signal = 0; write(notes[1], &signal, 1) == 1;)
			signal = sigwaitinfo(&set, NULL);
		_exit(0);
	}
	close(notes[1]);
	session.notes = notes[0];
	ASSERT_TRUE(hear(session.notes));
	return session;
}

/* Asks for a signal of its choice whenever something is typed. */
static int ask_for_signals(void *const arg)
{
	const int *const values = arg;
	int err = RESULT(fcntl(0, F_SETSIG, SIGURG));

	if (!err)
		err = RESULT(fcntl(0, F_SETFL, O_RDWR | O_ASYNC));
	return tell(values[0]) && hear(values[1]) ? err : UNREACHED;
}

/* True if typing a key signals the session of the host. */
static bool signals_session(struct __test_metadata *const _metadata,
			    struct _test_data_tty *const self,
			    const enum place place)
{
	const struct sentinel session = start_session(_metadata, self->slave);
	int ready[2], go[2], values[2];
	struct runner runner;
	bool heard;

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	values[0] = ready[1];
	values[1] = go[0];
	runner = start(_metadata, &self->w, place, 0, ask_for_signals, values);
	EXPECT_TRUE(hear(ready[0]));
	/* What it sends it has sent when the call is over. */
	EXPECT_EQ(0, ioctl(self->slave, TIOCSTI, "\n"));
	heard = heard_signal(_metadata, &session, SIGURG);
	EXPECT_TRUE(tell(go[1]));
	finish(_metadata, &self->w, &runner);
	close(ready[0]);
	close(ready[1]);
	close(go[0]);
	close(go[1]);
	stop_sentinel(&session);
	return heard;
}

TEST_F(tty, signals)
{
	EXPECT_TRUE(signals_session(_metadata, self, CHROOT));
	EXPECT_FALSE(signals_session(_metadata, self, JAIL));
}

/* It need not come so far: there is no asking. */

static int switch_on_signals(void *const arg)
{
	return RESULT(fcntl(0, F_SETFL, O_RDWR | O_ASYNC));
}

TEST_F(tty, switch_on_signals)
{
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, switch_on_signals, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, switch_on_signals, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, switch_on_signals, NULL));
}

/* T3: opening one by its name. */

static int open_by_name(void *const arg)
{
	const int fd = open_slave("", *(const int *)arg);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(tty, open)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, open_by_name, &self->number));
	EXPECT_EQ(0,
		  in_chroot(&self->w, UID_USER, open_by_name, &self->number));
	EXPECT_EQ(EIO, in_jail(&self->w, 0, open_by_name, &self->number));
	EXPECT_EQ(EIO,
		  in_jail(&self->w, UID_USER, open_by_name, &self->number));
}

/* Terminals of the jail's own work. */

static int use_own(void *const arg)
{
	const int master = open_master("");
	char byte = 0;
	int slave, number;

	if (master < 0 || ioctl(master, TIOCGPTN, &number))
		return errno;
	slave = open_slave("", number);
	if (slave < 0)
		return errno;
	if (ioctl(slave, TIOCSCTTY, 0))
		return EBUSY;
	if (open("/dev/tty", O_RDWR) < 0)
		return ENXIO;
	if (write(slave, "y", 1) != 1 || read(master, &byte, 1) != 1 ||
	    byte != 'y')
		return EIO;
	return RESULT(ioctl(slave, TIOCSTI, "x"));
}

TEST_F(tty, own)
{
	make_node(_metadata, &self->w, "/dev/tty", S_IFCHR, 5, 0);
	EXPECT_EQ(0, in_jail(&self->w, 0, use_own, NULL));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, use_own, NULL));
}

/*
 * A terminal of the jail, at a place where a service of the host opens a file:
 * it must not become the controlling terminal, or the jail could interrupt it.
 */

static int offer_terminal(void *const arg)
{
	int *const values = arg;
	const int master = open_master("");

	if (master < 0 || ioctl(master, TIOCGPTN, &values[2]) ||
	    !tell(values[0]) || !hear(values[1]))
		return UNREACHED;
	return 0;
}

/* Returns 0 if a session of the host gets the terminal by opening it. */
static int host_takes(const struct world *const w, const int number)
{
	const pid_t pid = fork();
	char path[64];
	int status;

	if (pid == 0) {
		snprintf(path, sizeof(path), "%s/dev/pts/%d", w->root, number);
		if (setsid() < 0 || open(path, O_RDONLY) < 0)
			_exit(255);
		_exit(RESULT(open("/dev/tty", O_RDONLY)));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return UNREACHED;
	return WEXITSTATUS(status);
}

TEST_F(tty, offered)
{
	int ready[2], go[2], *const values = self->w.shared->values;
	enum place place;

	for (place = CHROOT; place <= JAIL; place++) {
		struct runner runner;

		ASSERT_EQ(0, pipe(ready));
		ASSERT_EQ(0, pipe(go));
		values[0] = ready[1];
		values[1] = go[0];
		runner = start(_metadata, &self->w, place, 0, offer_terminal,
			       values);
		EXPECT_TRUE(hear(ready[0]));
		EXPECT_EQ(place == JAIL ? ENXIO : 0,
			  host_takes(&self->w, values[2]));
		EXPECT_TRUE(tell(go[1]));
		EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
		close(ready[0]);
		close(ready[1]);
		close(go[0]);
		close(go[1]);
	}
}

/* A serial line of the host as standard input: its loopback is input, too. */

static int set_modem_line(void *const arg)
{
	const int line = TIOCM_DTR;

	return RESULT(ioctl(0, TIOCMBIS, &line));
}

TEST_F(tty, modem_line)
{
	const int line =
		open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (line < 0)
		SKIP(return, "There is no serial line");
	close(self->slave);
	self->slave = line;
	self->w.stream = line;
	EXPECT_EQ(0, in_chroot(&self->w, 0, set_modem_line, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_modem_line, NULL));
}

/* P19: which process groups there are. */

static int ask_group(void *const arg)
{
	const pid_t *const groups = arg;
	const int master = open_master("");
	int slave, number, i, answers[2];

	if (master < 0 || ioctl(master, TIOCGPTN, &number))
		return UNREACHED;
	slave = open_slave("", number);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0))
		return UNREACHED;
	for (i = 0; i < 2; i++)
		answers[i] = RESULT(ioctl(slave, TIOCSPGRP, &groups[i]));
	/* 0: the answers tell one that exists from one that does not. */
	return answers[0] == answers[1] ? answers[0] : 0;
}

TEST_F(tty, group)
{
	const struct sentinel sentinel = start_sentinel(_metadata, 0);
	const pid_t groups[2] = { sentinel.pid, unused_pid(_metadata) };

	EXPECT_EQ(0, in_chroot(&self->w, 0, ask_group, groups));
	EXPECT_EQ(ESRCH, in_jail(&self->w, 0, ask_group, groups));
	stop_sentinel(&sentinel);
}

TEST_HARNESS_MAIN
