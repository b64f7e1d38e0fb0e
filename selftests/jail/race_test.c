// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Two at the same time
 */

#define _GNU_SOURCE
#include <pthread.h>

#include "inet.h"
#include "race.h"

#define NAME "race"

FIXTURE(race)
{
	struct world w;
	int rounds;
};

FIXTURE_SETUP(race)
{
	make_world(_metadata, &self->w);
	self->rounds = count_rounds();
	ASSERT_LT(0, self->rounds);
	/* What a race leaves behind is this task's to find. */
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

FIXTURE_TEARDOWN(race)
{
	remove_world(&self->w);
}

/*
 * Aims at the moment when either of two may be the first: @both tells whether
 * each has been so far, and it cannot be far away any more.
 */
static int adjust(const int delay, const bool longer, const bool both)
{
	if (!longer)
		return delay - (both ? delay / 8 : delay / 2);
	/* A second or so, whatever the machine. */
	if (delay > 1 << 28)
		return delay;
	return delay + (both ? delay / 8 + 1 : delay + 1);
}

/* A jail that nobody is in. */
static int make_jail(struct __test_metadata *const _metadata,
		     const struct world *const w)
{
	const int fd = jail(&w->args, sizeof(w->args), JAIL_NO_ENTER);

	ASSERT_LE(0, fd)
	{
		TH_LOG("jail: %s", strerror(errno));
	}
	return fd;
}

/* True if all others have closed the other end, and so have ended. */
static bool all_gone(const int fd)
{
	struct pollfd pollfd = { .fd = fd };

	return poll(&pollfd, 1, 0) == 1 && pollfd.revents & POLLHUP;
}

static void reap_all(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

static void expect_dead(struct __test_metadata *const _metadata,
			const int jailfd)
{
	struct pollfd pollfd = { .fd = jailfd, .events = POLLIN };
	struct jail_info info;

	ASSERT_EQ(0, ioctl(jailfd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(0, info.nr_processes);
	EXPECT_EQ(JAIL_STATE_DYING, info.state);
	EXPECT_EQ(1, poll(&pollfd, 1, 0));
}

/* A fork bomb against JAIL_IOC_KILL. */

/*
 * Each process forks one that goes on in a session of its own, and ends: whoever
 * follows comes too late.  Bounded by the number of such chains.
 */
static void explode(const int alive, const int *const stop)
{
	int chain;

	for (chain = 0; chain < 3; chain++)
		if (fork() == 0)
			break;
	for (;;) {
		const pid_t pid = fork();

		if (pid > 0 || peek(stop))
			_exit(0);
		if (pid == 0) {
			setsid();
			if (chain == 0)
				tell(alive);
			chain = -1;
		}
	}
}

struct bomb {
	pid_t pid;
	/* Closed when the last process has ended. */
	int alive;
};

/* In a jail, or outside if there is none. */
static struct bomb start_bomb(struct __test_metadata *const _metadata,
			      const struct world *const w, const int jailfd)
{
	int *const stop = &w->shared->values[0];
	struct bomb bomb;
	int alive[2];

	poke(stop, 0);
	ASSERT_EQ(0, pipe2(alive, O_CLOEXEC));
	bomb.pid = fork();
	ASSERT_LE(0, bomb.pid);
	if (bomb.pid == 0) {
		close(alive[0]);
		if (jailfd < 0)
			setpgid(0, 0);
		if (detach_streams() || (jailfd >= 0 && jail_attach(jailfd, 0)))
			_exit(1);
		close(jailfd);
		explode(alive[1], stop);
	}
	close(alive[1]);
	bomb.alive = alive[0];
	ASSERT_TRUE(hear(bomb.alive));
	return bomb;
}

static void stop_bomb(const struct world *const w,
		      const struct bomb *const bomb)
{
	poke(&w->shared->values[0], 1);
	reap_all();
	close(bomb->alive);
}

TEST_F_TIMEOUT(race, kill_fork_bomb, RACE_TIMEOUT)
{
	struct bomb bomb;
	int round, fd;

	/* Outside, who kills the process group comes too late. */
	for (round = 0; round < 10; round++) {
		bomb = start_bomb(_metadata, &self->w, -1);
		kill(-bomb.pid, SIGKILL);
		EXPECT_FALSE(all_gone(bomb.alive));
		stop_bomb(&self->w, &bomb);
	}
	for (round = 0; round < self->rounds; round++) {
		fd = make_jail(_metadata, &self->w);
		bomb = start_bomb(_metadata, &self->w, fd);
		spin(round % 100 * 100);
		EXPECT_EQ(0, RESULT(ioctl(fd, JAIL_IOC_KILL, 0)));
		EXPECT_TRUE(all_gone(bomb.alive))
		{
			TH_LOG("round %d", round);
		}
		expect_dead(_metadata, fd);
		stop_bomb(&self->w, &bomb);
		close(fd);
	}
}

/* jail_attach() against JAIL_IOC_KILL. */

/* What one who attaches shares with its killer. */
struct attacher {
	int ready, go, result;
};

static pid_t start_attacher(struct __test_metadata *const _metadata,
			    struct attacher *const attacher, const int jailfd)
{
	pid_t pid;

	poke(&attacher->ready, 0);
	poke(&attacher->go, 0);
	poke(&attacher->result, PENDING);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		int err;

		/* Ends it with another signal than JAIL_IOC_KILL does. */
		alarm(PATIENCE / 1000);
		if (detach_streams())
			_exit(1);
		poke(&attacher->ready, 1);
		await(&attacher->go, 0);
		err = RESULT(jail_attach(jailfd, 0));
		poke(&attacher->result, err);
		close(jailfd);
		while (!err)
			pause();
		_exit(0);
	}
	EXPECT_EQ(1, await(&attacher->ready, 0));
	return pid;
}

TEST_F_TIMEOUT(race, kill_attaching, RACE_TIMEOUT)
{
	struct attacher *const attacher = (void *)self->w.shared->values;
	int round, fd, status, inside = 0, late = 0, delay = 1000;
	struct jail_info info;
	pid_t pid;

	/* Without a killer it gets in. */
	fd = make_jail(_metadata, &self->w);
	pid = start_attacher(_metadata, attacher, fd);
	poke(&attacher->go, 1);
	EXPECT_EQ(0, await(&attacher->result, PENDING));
	ASSERT_EQ(0, ioctl(fd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(1, info.nr_processes);
	EXPECT_EQ(0, RESULT(ioctl(fd, JAIL_IOC_KILL, 0)));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	close(fd);

	for (round = 0; round < self->rounds; round++) {
		fd = make_jail(_metadata, &self->w);
		pid = start_attacher(_metadata, attacher, fd);
		poke(&attacher->go, 1);
		spin(delay);
		EXPECT_EQ(0, RESULT(ioctl(fd, JAIL_IOC_KILL, 0)));
		expect_dead(_metadata, fd);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		if (WIFSIGNALED(status)) {
			EXPECT_EQ(SIGKILL, WTERMSIG(status));
			inside++;
		} else {
			EXPECT_EQ(ESRCH, peek(&attacher->result));
			late++;
		}
		delay = adjust(delay, !WIFSIGNALED(status), inside && late);
		close(fd);
	}
	EXPECT_LT(0, inside);
	EXPECT_LT(0, late);
	TH_LOG("%d rounds: %d in time, %d too late", round, inside, late);
}

/* Two attach at once: both get in. */
TEST_F_TIMEOUT(race, attach_together, RACE_TIMEOUT)
{
	struct attacher *const attachers = (void *)self->w.shared->values;
	struct jail_info info;
	int round, fd, i, status;
	pid_t pids[2];

	for (round = 0; round < self->rounds; round++) {
		fd = make_jail(_metadata, &self->w);
		for (i = 0; i < 2; i++)
			pids[i] = start_attacher(_metadata, &attachers[i], fd);
		for (i = 0; i < 2; i++)
			poke(&attachers[i].go, 1);
		for (i = 0; i < 2; i++)
			EXPECT_EQ(0, await(&attachers[i].result, PENDING));
		ASSERT_EQ(0, ioctl(fd, JAIL_IOC_INFO, &info));
		EXPECT_EQ(2, info.nr_processes);
		EXPECT_EQ(0, RESULT(ioctl(fd, JAIL_IOC_KILL, 0)));
		expect_dead(_metadata, fd);
		for (i = 0; i < 2; i++) {
			ASSERT_EQ(pids[i], waitpid(pids[i], &status, 0));
			EXPECT_TRUE(WIFSIGNALED(status) &&
				    WTERMSIG(status) == SIGKILL);
		}
		close(fd);
	}
}

/* Two want the same address, or the same name: one gets it. */

struct maker {
	int ready, go, result, end;
};

static pid_t start_maker(struct __test_metadata *const _metadata,
			 const struct world *const w, struct maker *const maker)
{
	pid_t pid;

	memset(maker, 0, sizeof(*maker));
	poke(&maker->result, PENDING);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		if (detach_streams())
			_exit(1);
		poke(&maker->ready, 1);
		await(&maker->go, 0);
		poke(&maker->result,
		     RESULT(jail(&w->args, sizeof(w->args), 0)));
		await(&maker->end, 0);
		_exit(0);
	}
	EXPECT_EQ(1, await(&maker->ready, 0));
	return pid;
}

static void check_makers(struct __test_metadata *const _metadata,
			 struct _test_data_race *const self, const int refusal)
{
	struct maker *const makers = (void *)self->w.shared->values;
	int round, i, won[2] = {};
	pid_t pids[2];

	for (round = 0; round < self->rounds; round++) {
		for (i = 0; i < 2; i++)
			pids[i] = start_maker(_metadata, &self->w, &makers[i]);
		for (i = 0; i < 2; i++)
			poke(&makers[i].go, 1);
		for (i = 0; i < 2; i++)
			await(&makers[i].result, PENDING);
		for (i = 0; i < 2; i++) {
			if (makers[i].result == 0) {
				won[i]++;
				EXPECT_EQ(refusal, makers[!i].result);
			} else {
				EXPECT_EQ(0, makers[!i].result);
			}
			poke(&makers[i].end, 1);
		}
		for (i = 0; i < 2; i++)
			ASSERT_EQ(pids[i], waitpid(pids[i], NULL, 0));
	}
	EXPECT_EQ(self->rounds, won[0] + won[1]);
	TH_LOG("%d rounds: won %d to %d", round, won[0], won[1]);
}

TEST_F_TIMEOUT(race, same_address, RACE_TIMEOUT)
{
	check_makers(_metadata, self, EADDRINUSE);
}

TEST_F_TIMEOUT(race, same_name, RACE_TIMEOUT)
{
	self->w.args.addrs = 0;
	self->w.args.naddrs = 0;
	self->w.args.name = ptr_to_u64(NAME);
	check_makers(_metadata, self, EEXIST);
}

/* Threads: none may enter as long as there is another one. */

struct entrant {
	const struct world *w;
	int rounds;
	/* Calls that did not fail in the expected way. */
	int wrong;
	int done;
};

static void *enter_in_vain(void *const arg)
{
	struct entrant *const entrant = arg;
	int round;

	for (round = 0; round < entrant->rounds; round++)
		entrant->wrong += jail(&entrant->w->args,
				       sizeof(entrant->w->args), 0) != -1 ||
				  errno != EINVAL;
	poke(&entrant->done, 1);
	return NULL;
}

static void *end_at_once(void *const arg)
{
	return arg;
}

/* Two threads want to enter while the first one makes more of them. */
static int enter_with_threads(void *const arg)
{
	const struct _test_data_race *const self = arg;
	struct entrant entrants[2] = {};
	pthread_t threads[2], more;
	int i;

	for (i = 0; i < 2; i++) {
		entrants[i].w = &self->w;
		entrants[i].rounds = self->rounds;
		if (pthread_create(&threads[i], NULL, enter_in_vain,
				   &entrants[i]))
			return UNREACHED;
	}
	while (!peek(&entrants[0].done) || !peek(&entrants[1].done))
		if (pthread_create(&more, NULL, end_at_once, NULL) ||
		    pthread_join(more, NULL))
			return UNREACHED;
	for (i = 0; i < 2; i++)
		if (pthread_join(threads[i], NULL) || entrants[i].wrong)
			return entrants[i].wrong ? EEXIST : UNREACHED;
	/* Alone it works, as soon as the others are completely gone. */
	while (jail(&self->w.args, sizeof(self->w.args), 0) < 0)
		if (errno != EINVAL)
			return errno;
	return 0;
}

TEST_F_TIMEOUT(race, threads_entering, RACE_TIMEOUT)
{
	EXPECT_EQ(0, on_host(&self->w, 0, enter_with_threads, self));
}

/* A thread wants to enter while the first one ends. */

static struct entrant last_entrant;

static void *enter_as_last(void *const arg)
{
	struct entrant *const entrant = arg;

	enter_in_vain(entrant);
	entrant->w->shared->result = entrant->wrong ? EEXIST : 0;
	_exit(0);
}

static int leave_to_thread(void *const arg)
{
	const struct _test_data_race *const self = arg;
	pthread_t thread;

	last_entrant.w = &self->w;
	last_entrant.rounds = self->rounds;
	if (pthread_create(&thread, NULL, enter_as_last, &last_entrant))
		return UNREACHED;
	/* Some tries before, the others after. */
	usleep(1000);
	pthread_exit(NULL);
}

TEST_F_TIMEOUT(race, leader_leaving, RACE_TIMEOUT)
{
	EXPECT_EQ(0, on_host(&self->w, 0, leave_to_thread, self));
}

/* The other thread ends meanwhile: who gets in then is alone. */

static void *end_when_told(void *const arg)
{
	await(arg, 0);
	return NULL;
}

static int count_threads(void)
{
	DIR *const dir = opendir("/proc/self/task");
	const struct dirent *entry;
	int count = 0;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static int enter_after_thread(const struct world *const w, int *const refused)
{
	static int go;
	pthread_t thread;
	int fd;

	if (pthread_create(&thread, NULL, end_when_told, &go))
		return UNREACHED;
	if (jail(&w->args, sizeof(w->args), 0) >= 0 || errno != EINVAL)
		return UNREACHED;
	poke(&go, 1);
	while ((fd = jail(&w->args, sizeof(w->args), 0)) < 0) {
		if (errno != EINVAL)
			return errno;
		(*refused)++;
		sched_yield();
	}
	return count_threads() == 1 ? 0 : EEXIST;
}

TEST_F_TIMEOUT(race, thread_ending, RACE_TIMEOUT)
{
	int *const refused = &self->w.shared->values[0];
	int round, status;
	pid_t pid;

	for (round = 0; round < self->rounds; round++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (pid == 0)
			_exit(detach_streams() ||
			      enter_after_thread(&self->w, refused));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFEXITED(status));
		EXPECT_EQ(0, WEXITSTATUS(status));
	}
	TH_LOG("%d rounds: refused %d times", round, *refused);
}

/*
 * A process outside has the same table of files and the same directories, and
 * opens and changes them while the other one enters.
 */

/* In memory that both have. */
struct sibling {
	const struct world *w;
	enum place place;
	int rounds;
	/* Where the other one puts a directory. */
	int fd;
	int done;
	/* How often one was there, kept the door shut, and did not. */
	int foreign, refused, entered;
};

static bool is_directory(const int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISDIR(st.st_mode);
}

static int enter_as_sibling(void *const arg)
{
	struct sibling *const sibling = arg;
	const struct world *const w = sibling->w;
	struct stat root, cwd;
	int tries;

	/* One try: whatever it ends with, the two share nothing any more. */
	if (sibling->place == JAIL && jail(&w->args, sizeof(w->args), 0) < 0) {
		sibling->refused++;
		poke(&sibling->done, errno);
		_exit(0);
	}
	sibling->entered++;
	/* What the other one does now must not matter. */
	for (tries = 0; tries < 20; tries++)
		sibling->foreign += is_directory(sibling->fd) ||
				    stat("/", &root) || stat(".", &cwd) ||
				    root.st_ino != cwd.st_ino;
	poke(&sibling->done, EBUSY);
	_exit(0);
}

static int share_with_sibling(void *const arg)
{
	struct sibling *const sibling = arg;
	const char *const base = sibling->w->base;
	static long stack[8 * 1024];
	int round, fd;
	pid_t pid;

	for (round = 0; round < sibling->rounds; round++) {
		poke(&sibling->done, 0);
		pid = clone(enter_as_sibling, stack + ARRAY_SIZE(stack),
			    CLONE_FILES | CLONE_FS | SIGCHLD, sibling);
		if (pid < 0)
			return UNREACHED;
		while (!peek(&sibling->done)) {
			fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (dup2(fd, sibling->fd) < 0 || chdir(base))
				return UNREACHED;
			sched_yield();
			if (close(fd) || close(sibling->fd) || chdir("/"))
				return UNREACHED;
			sched_yield();
		}
		if (peek(&sibling->done) != EBUSY)
			return peek(&sibling->done);
		waitpid(pid, NULL, 0);
	}
	return 0;
}

TEST_F_TIMEOUT(race, shared_files, RACE_TIMEOUT)
{
	struct sibling *const sibling = (void *)self->w.shared->values;

	*sibling = (struct sibling){
		.w = &self->w,
		.place = HOST,
		.rounds = 100,
		.fd = 100,
	};
	EXPECT_EQ(0, on_host(&self->w, 0, share_with_sibling, sibling));
	EXPECT_LT(0, sibling->foreign);
	sibling->place = JAIL;
	sibling->rounds = self->rounds;
	sibling->foreign = 0;
	sibling->entered = 0;
	EXPECT_EQ(0, on_host(&self->w, 0, share_with_sibling, sibling));
	EXPECT_EQ(0, sibling->foreign);
	EXPECT_LT(0, sibling->entered);
	EXPECT_LT(0, sibling->refused);
	TH_LOG("%d rounds: entered %d, refused %d", self->rounds,
	       sibling->entered, sibling->refused);
}

/* The parent makes it a leader of a process group, and takes that back. */
TEST_F_TIMEOUT(race, process_group, RACE_TIMEOUT)
{
	struct maker *const maker = (void *)self->w.shared->values;
	int round, err, refused = 0, entered = 0;
	pid_t pid;

	for (round = 0; round < self->rounds; round++) {
		pid = start_maker(_metadata, &self->w, maker);
		poke(&maker->go, 1);
		while (peek(&maker->result) == PENDING) {
			setpgid(pid, pid);
			setpgid(pid, getpgrp());
		}
		err = peek(&maker->result);
		if (err == 0) {
			entered++;
			/* In a session of its own, out of reach. */
			EXPECT_EQ(pid, getsid(pid));
			EXPECT_EQ(-1, setpgid(pid, getpgrp()));
			EXPECT_EQ(EPERM, errno);
		} else {
			refused++;
			EXPECT_EQ(EPERM, err);
			EXPECT_EQ(getsid(0), getsid(pid));
		}
		poke(&maker->end, 1);
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	}
	EXPECT_LT(0, entered);
	EXPECT_LT(0, refused);
	TH_LOG("%d rounds: entered %d, refused %d", round, entered, refused);
}

/* One task moves the directory in which the other one goes up. */

static int reach(const char *const path)
{
	const int fd = open(path, O_PATH | O_CLOEXEC);

	return fd < 0 ? errno : RESULT(close(fd));
}

static time_t seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static int climb_while_moved(void *const arg)
{
	static const char *const paths[] = { "../../../secret", "../../secret",
					     "../secret",
					     "../../../../root/../secret" };
	const int *const rounds = arg;
	const time_t end = seconds() + RACE_TIMEOUT / 3;
	const pid_t mover = fork();
	int round, i, err = EACCES;

	if (mover == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;) {
			rename("/sub/inner/deep", "/deep");
			rename("/deep", "/sub/inner/deep");
		}
	}
	if (mover < 0 || chroot("/sub/inner"))
		return UNREACHED;
	for (round = 0; err && round < *rounds;) {
		if (seconds() > end) {
			err = UNREACHED;
			break;
		}
		/* There half of the time; moved while the paths are walked. */
		if (chdir("/deep"))
			continue;
		round++;
		for (i = 0; i < ARRAY_SIZE(paths); i++)
			if (!reach(paths[i]))
				err = 0;
	}
	end_child(mover);
	return err;
}

TEST_F_TIMEOUT(race, rename_and_climb, RACE_TIMEOUT)
{
	/* The control ends at its first success. */
	const int many = INT_MAX;
	char moved[128], back[128];

	make_dir(_metadata, &self->w, "/sub", 0755);
	make_dir(_metadata, &self->w, "/sub/inner", 0755);
	make_dir(_metadata, &self->w, "/sub/inner/deep", 0755);
	EXPECT_EQ(0, in_chroot(&self->w, 0, climb_while_moved, &many));
	snprintf(moved, sizeof(moved), "%s/deep", self->w.root);
	snprintf(back, sizeof(back), "%s/sub/inner/deep", self->w.root);
	if (rename(moved, back))
		ASSERT_EQ(ENOENT, errno);
	EXPECT_EQ(EACCES,
		  in_jail(&self->w, 0, climb_while_moved, &self->rounds));
}

/*
 * Host and jailed task look up the same number in the same mount of /proc; the
 * number belongs to a process of the host and to one of the jail in turn.
 */

struct lookups {
	/* Odd while the observer is to look, even when it has, then negative. */
	int turn;
	int number;
	/* Whether the process is one of the jail. */
	int mine;
	/* Answers that were wrong. */
	int wrong;
	struct attacher attacher;
};

static bool answers(const char *const root, const int number, const bool seen)
{
	char path[80];
	struct stat st;
	int err, fd;

	snprintf(path, sizeof(path), "%s/proc/%d", root, number);
	err = RESULT(stat(path, &st));
	if (err != (seen ? 0 : ENOENT))
		return false;
	strcat(path, "/stat");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? errno : RESULT(close(fd));
	return err == (seen ? 0 : ENOENT);
}

static int observe(void *const arg)
{
	struct lookups *const lookups = arg;
	int turn, i;

	for (turn = 1; await(&lookups->turn, turn - 1) == turn; turn += 2) {
		for (i = 0; i < 3; i++)
			lookups->wrong +=
				!answers("", lookups->number, lookups->mine);
		poke(&lookups->turn, turn + 1);
	}
	return 0;
}

/* A process with that number, in the jail or on the host. */
static pid_t start_number(struct __test_metadata *const _metadata,
			  struct lookups *const lookups, const int jailfd)
{
	struct attacher *const attacher = &lookups->attacher;
	pid_t pid;

	poke(&attacher->result, PENDING);
	pid = fork_as(lookups->number);
	if (pid == 0) {
		if (lookups->mine &&
		    (detach_streams() || jail_attach(jailfd, 0)))
			_exit(1);
		/* Else its files are not for the user of the observer. */
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		poke(&attacher->result, 0);
		for (;;)
			pause();
	}
	ASSERT_EQ(lookups->number, pid);
	EXPECT_EQ(0, await(&attacher->result, PENDING));
	return pid;
}

static void check_lookups(struct __test_metadata *const _metadata,
			  struct _test_data_race *const self,
			  const enum place place, int *const wrong)
{
	struct lookups *const lookups = (void *)self->w.shared->values;
	const int rounds = place == JAIL ? self->rounds : 10;
	struct runner runner;
	int round, i, jailfd;
	pid_t pid;

	memset(lookups, 0, sizeof(*lookups));
	lookups->number = unused_pid(_metadata);
	runner = start(_metadata, &self->w, place, 0, observe, lookups);
	jailfd = runner.jailfd;
	for (round = 0; round < rounds; round++) {
		lookups->mine = place == JAIL && round % 2;
		pid = start_number(_metadata, lookups, jailfd);
		poke(&lookups->turn, 2 * round + 1);
		for (i = 0; i < 3; i++)
			EXPECT_TRUE(answers(self->w.root, pid, true));
		EXPECT_EQ(2 * round + 2, await(&lookups->turn, 2 * round + 1));
		/* The other kind of miss: nobody has the number. */
		end_child(pid);
		EXPECT_TRUE(answers(self->w.root, pid, false));
	}
	*wrong = lookups->wrong;
	poke(&lookups->turn, PENDING);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
}

TEST_F_TIMEOUT(race, proc_lookup, RACE_TIMEOUT)
{
	int wrong;

	/* Outside nothing is hidden: each answer is wrong. */
	check_lookups(_metadata, self, CHROOT, &wrong);
	EXPECT_EQ(3 * 10, wrong);
	check_lookups(_metadata, self, JAIL, &wrong);
	EXPECT_EQ(0, wrong);
}

/*
 * A socket of the host gets the address of the jail as it connects, while one of
 * the jail is bound to the same port.
 */

struct binder {
	/* Four in a round: to bind, bound, to close, closed; then negative. */
	int turn;
	in_port_t port;
	int result;
};

static int bind_in_turns(void *const arg)
{
	struct binder *const binder = arg;
	int turn, fd;

	for (turn = 1; await(&binder->turn, turn - 1) == turn; turn += 4) {
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		if (fd < 0)
			return UNREACHED;
		binder->result = RESULT(bind_to(fd, "0.0.0.0", binder->port));
		poke(&binder->turn, turn + 1);
		/* Holds it until the other one has looked. */
		if (await(&binder->turn, turn + 1) != turn + 2)
			return UNREACHED;
		close(fd);
		poke(&binder->turn, turn + 3);
	}
	return 0;
}

TEST_F_TIMEOUT(race, udp_connect, RACE_TIMEOUT)
{
	struct binder *const binder = (void *)self->w.shared->values;
	int round, turn, fd, err, bound = 0, connected = 0, delay = 1000;
	struct runner runner;

	memset(binder, 0, sizeof(*binder));
	binder->port = unused_port();
	ASSERT_EQ(0, change_address(ADDR_LOST, true));
	set_addr(&self->w.addr, ADDR_LOST);
	runner = start(_metadata, &self->w, JAIL, 0, bind_in_turns, binder);
	for (round = 0; round < self->rounds; round++) {
		turn = 4 * round;
		fd = open_server(SOCK_DGRAM, "0.0.0.0", binder->port);
		ASSERT_LE(0, fd);
		poke(&binder->turn, turn + 1);
		spin(delay);
		err = RESULT(connect_to(fd, ADDR_LOST, 9));
		ASSERT_EQ(turn + 2, await(&binder->turn, turn + 1));
		/* One of them, and not both. */
		if (err) {
			EXPECT_EQ(EADDRINUSE, err);
			EXPECT_EQ(0, binder->result);
			bound++;
		} else {
			EXPECT_EQ(EADDRINUSE, binder->result);
			connected++;
		}
		delay = adjust(delay, !err, bound && connected);
		close(fd);
		poke(&binder->turn, turn + 3);
		ASSERT_EQ(turn + 4, await(&binder->turn, turn + 3));
	}
	poke(&binder->turn, PENDING);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
	ASSERT_EQ(0, change_address(ADDR_LOST, false));
	EXPECT_LT(0, bound);
	EXPECT_LT(0, connected);
	TH_LOG("%d rounds: bound %d, connected %d", round, bound, connected);
}

/* The same socket tries again and again, to hear in between. */

struct listener {
	in_port_t port;
	/* Datagrams that a side has heard. */
	int jail, host;
	int tries, end;
};

static int serve_datagrams(void *const arg)
{
	struct listener *const listener = arg;
	const int fd = open_server(SOCK_DGRAM, "0.0.0.0", listener->port);
	char byte;

	if (fd < 0)
		return UNREACHED;
	poke(&listener->jail, 0);
	while (recv(fd, &byte, 1, 0) == 1)
		poke(&listener->jail, peek(&listener->jail) + 1);
	return 0;
}

static int listen_between(void *const arg)
{
	struct listener *const listener = arg;
	const int fd = open_server(SOCK_DGRAM, "0.0.0.0", listener->port);
	char byte;

	if (fd < 0)
		return UNREACHED;
	poke(&listener->host, 0);
	while (!peek(&listener->end)) {
		if (!connect_to(fd, ADDR_LOST, 9) || errno != EADDRINUSE)
			return UNREACHED;
		listener->tries++;
		if (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
			poke(&listener->host, peek(&listener->host) + 1);
	}
	return 0;
}

TEST_F_TIMEOUT(race, udp_connect_again, RACE_TIMEOUT)
{
	struct listener *const listener = (void *)self->w.shared->values;
	const struct timespec moment = { .tv_nsec = 1000000 };
	struct world outside = self->w;
	struct runner inmate, thief;
	int round, fd, i;

	outside.shared = mmap(NULL, sizeof(*outside.shared),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, outside.shared);
	memset(listener, 0, sizeof(*listener));
	listener->port = unused_port();
	listener->jail = PENDING;
	listener->host = PENDING;
	ASSERT_EQ(0, change_address(ADDR_LOST, true));
	set_addr(&self->w.addr, ADDR_LOST);
	inmate = start(_metadata, &self->w, JAIL, 0, serve_datagrams, listener);
	ASSERT_EQ(0, await(&listener->jail, PENDING));
	thief = start(_metadata, &outside, HOST, UID_USER, listen_between,
		      listener);
	ASSERT_EQ(0, await(&listener->host, PENDING));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (round = 0; round < self->rounds; round++) {
		EXPECT_EQ(1, send_to(fd, ADDR_LOST, listener->port, 0));
		for (i = 0;
		     i < PATIENCE &&
		     peek(&listener->jail) + peek(&listener->host) <= round;
		     i++)
			syscall(__NR_futex, &listener->jail, FUTEX_WAIT,
				peek(&listener->jail), &moment, NULL, 0);
		ASSERT_GT(PATIENCE, i);
	}
	EXPECT_EQ(0, listener->host);
	EXPECT_EQ(self->rounds, listener->jail);
	poke(&listener->end, 1);
	EXPECT_EQ(0, finish(_metadata, &outside, &thief));
	EXPECT_LT(0, listener->tries);
	ioctl(inmate.jailfd, JAIL_IOC_KILL, 0);
	EXPECT_EQ(-SIGKILL, finish(_metadata, &self->w, &inmate));
	ASSERT_EQ(0, change_address(ADDR_LOST, false));
	close(fd);
	TH_LOG("%d rounds: %d tries", round, listener->tries);
}

TEST_HARNESS_MAIN
