// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Life and end of a jail
 */

#define _GNU_SOURCE
#include <sys/ptrace.h>
#include <time.h>

#include "common.h"

FIXTURE(lifetime)
{
	struct world w;
	struct jail_info info;
	int jailfd;
};

FIXTURE_SETUP(lifetime)
{
	make_world(_metadata, &self->w);
	self->w.args.name = ptr_to_u64("lifetime");
	self->w.args.hostname = ptr_to_u64("life.example.org");
	self->jailfd = jail(&self->w.args, sizeof(self->w.args), JAIL_NO_ENTER);
	ASSERT_LE(0, self->jailfd);
	ASSERT_EQ(0, ioctl(self->jailfd, JAIL_IOC_INFO, &self->info));
}

FIXTURE_TEARDOWN(lifetime)
{
	close(self->jailfd);
	remove_world(&self->w);
}

/* A process in the jail that does what its parent says by the pipe. */
struct inmate {
	pid_t pid;
	int ready, go;
};

static void do_nothing(void)
{
}

/* Closes all descriptors but the standard ones and these. */
static void keep_two(const int a, const int b)
{
	int fd;

	for (fd = 3; fd < 64; fd++)
		if (fd != a && fd != b)
			close(fd);
}

static struct inmate start_inmate(struct __test_metadata *const _metadata,
				  const int jailfd, void (*const act)(void))
{
	struct inmate inmate;
	int ready[2], go[2];

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	inmate.pid = fork();
	ASSERT_LE(0, inmate.pid);
	if (inmate.pid == 0) {
		close(ready[0]);
		close(go[1]);
		if (detach_streams() || jail_attach(jailfd, 0))
			_exit(1);
		/*
		 * Neither the jail nor another inmate's pipe must be kept by
		 * this task.
		 */
		close(jailfd);
		keep_two(ready[1], go[0]);
		act();
		tell(ready[1]);
		hear(go[0]);
		_exit(0);
	}
	close(ready[1]);
	close(go[0]);
	inmate.ready = ready[0];
	inmate.go = go[1];
	ASSERT_TRUE(hear(inmate.ready));
	return inmate;
}

static int end_inmate(struct inmate *const inmate)
{
	int status = -1;

	close(inmate->go);
	close(inmate->ready);
	waitpid(inmate->pid, &status, 0);
	return status;
}

/* True if /proc/jails has a line of this jail; fills in that line. */
static bool listed(const __u32 jid, char *const line, const size_t size)
{
	FILE *const file = fopen("/proc/jails", "re");
	bool found = false;

	if (!file)
		return false;
	/* The first line names the columns. */
	if (fgets(line, size, file))
		while (!found && fgets(line, size, file))
			found = strtoul(line, NULL, 10) == jid;
	fclose(file);
	return found;
}

TEST_F(lifetime, information)
{
	const struct jail_info *const info = &self->info;
	struct timespec now;

	EXPECT_EQ(0, info->flags);
	EXPECT_EQ(CEILING_DEFAULT, info->cap_ceiling);
	EXPECT_LT(0, info->jid);
	EXPECT_EQ(0, info->parent_jid);
	EXPECT_EQ(JAIL_STATE_ACTIVE, info->state);
	EXPECT_EQ(0, info->nr_processes);
	EXPECT_EQ(1, info->naddrs);
	EXPECT_EQ(0,
		  memcmp(&info->addrs[0], &self->w.addr, sizeof(self->w.addr)));
	EXPECT_STREQ("lifetime", info->name);
	EXPECT_STREQ("life.example.org", info->hostname);
	ASSERT_EQ(0, clock_gettime(CLOCK_BOOTTIME, &now));
	EXPECT_LT(0, info->start_time);
	EXPECT_LE(info->start_time, now.tv_sec * 1000000000ULL + now.tv_nsec);
}

TEST_F(lifetime, default_name)
{
	struct jail_args args = self->w.args;
	struct jail_info info;
	char jid[16];
	int fd;

	args.name = 0;
	args.addrs = 0;
	args.naddrs = 0;
	fd = jail(&args, sizeof(args), JAIL_NO_ENTER);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, JAIL_IOC_INFO, &info));
	snprintf(jid, sizeof(jid), "%u", info.jid);
	EXPECT_STREQ(jid, info.name);
	EXPECT_EQ(0, info.naddrs);
	close(fd);
}

TEST_F(lifetime, process_count)
{
	struct inmate first, second;
	struct jail_info info;

	first = start_inmate(_metadata, self->jailfd, do_nothing);
	second = start_inmate(_metadata, self->jailfd, do_nothing);
	ASSERT_EQ(0, ioctl(self->jailfd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(2, info.nr_processes);
	end_inmate(&first);
	ASSERT_EQ(0, ioctl(self->jailfd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(1, info.nr_processes);
	end_inmate(&second);
	ASSERT_EQ(0, ioctl(self->jailfd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(0, info.nr_processes);
}

TEST_F(lifetime, list)
{
	char line[512], expected[512], root[128];
	struct inmate inmate;

	inmate = start_inmate(_metadata, self->jailfd, do_nothing);
	ASSERT_TRUE(listed(self->info.jid, line, sizeof(line)));
	snprintf(root, sizeof(root), "%s", self->w.root);
	snprintf(expected, sizeof(expected),
		 "%u 0 active 1 %016llx %s lifetime life.example.org %s\n",
		 self->info.jid, CEILING_DEFAULT, ADDR_JAIL, root);
	EXPECT_STREQ(expected, line);
	end_inmate(&inmate);
}

/* Blanks and the like in a path are octal, as in /proc/mounts. */
TEST_F(lifetime, list_escapes)
{
	struct jail_args args = self->w.args;
	char path[64], line[512];
	struct jail_info info;
	int fd;

	snprintf(path, sizeof(path), "%s/a b\n\t\\", self->w.base);
	ASSERT_EQ(0, mkdir(path, 0755));
	args.path = ptr_to_u64(path);
	args.name = 0;
	args.addrs = 0;
	args.naddrs = 0;
	fd = jail(&args, sizeof(args), JAIL_NO_ENTER);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, JAIL_IOC_INFO, &info));
	ASSERT_TRUE(listed(info.jid, line, sizeof(line)));
	EXPECT_NE(NULL, strstr(line, "/a\\040b\\012\\011\\134\n"))
	{
		TH_LOG("%s", line);
	}
	close(fd);
}

static int read_list(void *const arg)
{
	char text[4096];

	return read_file("/proc/jails", text, sizeof(text));
}

TEST_F(lifetime, list_is_hidden_inside)
{
	close(self->jailfd);
	self->jailfd = -1;
	self->w.args.name = 0;
	EXPECT_EQ(0, on_host(&self->w, UID_USER, read_list, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, read_list, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, read_list, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, UID_USER, read_list, NULL));
}

/* Whether it is hidden or not: nobody in a jail reads of another one. */

static int read_of_other(void *const arg)
{
	char text[4096];

	if (read_file("/proc/jails", text, sizeof(text)))
		return ENOENT;
	return strstr(text, " lifetime ") ? 0 : ENOENT;
}

TEST_F(lifetime, list_has_no_others_inside)
{
	const pid_t keeper = idle_child();

	close(self->jailfd);
	self->jailfd = -1;
	self->w.args.name = 0;
	self->w.args.addrs = 0;
	self->w.args.naddrs = 0;
	EXPECT_EQ(0, in_chroot(&self->w, 0, read_of_other, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, read_of_other, NULL));
	end_child(keeper);
}

TEST_F(lifetime, descriptor_keeps)
{
	struct inmate inmate;
	int fd;

	inmate = start_inmate(_metadata, self->jailfd, do_nothing);
	end_inmate(&inmate);
	/* Empty, but there is a descriptor. */
	fd = jail_open(self->info.jid, 0);
	EXPECT_LE(0, fd);
	close(self->jailfd);
	self->jailfd = fd;
	inmate = start_inmate(_metadata, self->jailfd, do_nothing);
	end_inmate(&inmate);
}

TEST_F(lifetime, process_keeps)
{
	struct inmate inmate;

	inmate = start_inmate(_metadata, self->jailfd, do_nothing);
	close(self->jailfd);
	self->jailfd = jail_open(self->info.jid, 0);
	EXPECT_LE(0, self->jailfd);
	end_inmate(&inmate);
}

TEST_F(lifetime, last_one_ends_it)
{
	char line[512];

	close(self->jailfd);
	self->jailfd = -1;
	EXPECT_EQ(-1, jail_open(self->info.jid, 0));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_FALSE(listed(self->info.jid, line, sizeof(line)));
}

/* poll() tells of the end, not of a jail that is yet to begin. */
TEST_F(lifetime, poll)
{
	struct pollfd pollfd = { .fd = self->jailfd, .events = POLLIN };
	struct inmate inmate;

	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	inmate = start_inmate(_metadata, self->jailfd, do_nothing);
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	end_inmate(&inmate);
	EXPECT_TRUE(readable(self->jailfd));
}

/* A zombie that nobody waited for is no process of the jail any more. */
TEST_F(lifetime, poll_with_zombie)
{
	struct inmate inmate;

	inmate = start_inmate(_metadata, self->jailfd, do_nothing);
	close(inmate.go);
	EXPECT_TRUE(readable(self->jailfd));
	EXPECT_EQ(inmate.pid, waitpid(inmate.pid, NULL, 0));
	close(inmate.ready);
}

static void fork_some(void)
{
	int i;

	for (i = 0; i < 20; i++)
		idle_child();
}

TEST_F(lifetime, kill)
{
	struct jail_info info;
	struct inmate inmate;
	int status;

	inmate = start_inmate(_metadata, self->jailfd, fork_some);
	ASSERT_EQ(0, ioctl(self->jailfd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(21, info.nr_processes);
	EXPECT_EQ(0, RESULT(ioctl(self->jailfd, JAIL_IOC_KILL, 0)));
	ASSERT_EQ(0, ioctl(self->jailfd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(0, info.nr_processes);
	EXPECT_EQ(JAIL_STATE_DYING, info.state);
	EXPECT_TRUE(readable(self->jailfd));
	status = end_inmate(&inmate);
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
	/* Once more is no error. */
	EXPECT_EQ(0, RESULT(ioctl(self->jailfd, JAIL_IOC_KILL, 0)));
}

static void fork_bomb(void)
{
	int i;

	/* Bounded: eight processes at a time that fork and end for ever. */
	for (i = 0; i < 8; i++) {
		if (fork())
			continue;
		for (;;) {
			const pid_t pid = fork();

			if (pid > 0)
				_exit(0);
		}
	}
}

/* L16: nothing slips through while the jail is killed. */
TEST_F(lifetime, kill_while_forking)
{
	struct jail_info info;
	struct inmate inmate;

	inmate = start_inmate(_metadata, self->jailfd, fork_bomb);
	EXPECT_EQ(0, RESULT(ioctl(self->jailfd, JAIL_IOC_KILL, 0)));
	ASSERT_EQ(0, ioctl(self->jailfd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(0, info.nr_processes);
	end_inmate(&inmate);
}

static int attack_kill(void *const arg)
{
	return RESULT(ioctl(*(const int *)arg, JAIL_IOC_KILL, 0));
}

TEST_F(lifetime, kill_needs_privilege)
{
	EXPECT_EQ(EPERM,
		  on_host(&self->w, UID_USER, attack_kill, &self->jailfd));
	EXPECT_EQ(0, on_host(&self->w, 0, attack_kill, &self->jailfd));
}

/* By the descriptor that its maker got, with every capability. */

static int kill_made(const struct world *const w, const unsigned int flags)
{
	const int fd = jail(&w->args, sizeof(w->args), flags);

	return fd < 0 ? UNREACHED : RESULT(ioctl(fd, JAIL_IOC_KILL, 0));
}

static int kill_from_outside(void *const arg)
{
	return kill_made(arg, JAIL_NO_ENTER);
}

static int kill_from_inside(void *const arg)
{
	return kill_made(arg, 0);
}

TEST_F(lifetime, kill_from_inside)
{
	close(self->jailfd);
	self->jailfd = -1;
	allow_everything(&self->w);
	EXPECT_EQ(0, on_host(&self->w, 0, kill_from_outside, &self->w));
	EXPECT_EQ(EPERM, on_host(&self->w, 0, kill_from_inside, &self->w));
}

/*
 * A process that another one in the jail traces, which does not wait for it:
 * whoever waits outside goes on when the jail is killed.
 */

static pid_t tracee;

static void be_traced(void)
{
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void trace(void)
{
	if (ptrace(PTRACE_SEIZE, tracee, 0, 0))
		_exit(1);
}

TEST_F(lifetime, kill_tracer)
{
	struct inmate traced, tracer;
	int status;

	traced = start_inmate(_metadata, self->jailfd, be_traced);
	tracee = traced.pid;
	tracer = start_inmate(_metadata, self->jailfd, trace);
	close(traced.go);
	while (!is_in_state(traced.pid, 'Z'))
		sched_yield();
	EXPECT_EQ(0, waitpid(traced.pid, &status, WNOHANG));
	EXPECT_EQ(0, RESULT(ioctl(self->jailfd, JAIL_IOC_KILL, 0)));
	EXPECT_EQ(traced.pid, waitpid(traced.pid, &status, 0));
	EXPECT_EQ(0, status);
	close(traced.ready);
	end_inmate(&tracer);
}

static int enter_and_leave(const int jailfd)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(detach_streams() ? 255 : RESULT(jail_attach(jailfd, 0)));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return UNREACHED;
	return WEXITSTATUS(status);
}

/* L16: a jail that was killed takes nobody in while its tasks are on their way. */
TEST_F(lifetime, attach_while_it_ends)
{
	struct inmate inmate;
	int status = -1;
	pid_t killer;

	inmate = start_inmate(_metadata, self->jailfd, do_nothing);
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, inmate.pid, 0, PTRACE_O_TRACEEXIT));
	EXPECT_EQ(0, enter_and_leave(self->jailfd));

	killer = fork();
	if (killer == 0)
		_exit(RESULT(ioctl(self->jailfd, JAIL_IOC_KILL, 0)));
	ASSERT_LE(0, killer);
	/* It stops at the door. */
	ASSERT_EQ(inmate.pid, waitpid(inmate.pid, &status, 0));
	ASSERT_EQ(SIGTRAP | PTRACE_EVENT_EXIT << 8, status >> 8);
	EXPECT_EQ(ESRCH, enter_and_leave(self->jailfd));

	ASSERT_EQ(0, ptrace(PTRACE_CONT, inmate.pid, 0, 0));
	EXPECT_EQ(killer, waitpid(killer, &status, 0));
	EXPECT_EQ(0, status);
	status = end_inmate(&inmate);
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* The host can take the file system away as soon as the jail has ended. */
TEST_F(lifetime, unmount_at_once)
{
	struct inmate inmate;
	char path[64];
	int round;

	close(self->jailfd);
	snprintf(path, sizeof(path), "%s/mount", self->w.base);
	ASSERT_EQ(0, mkdir(path, 0755));
	self->w.args.path = ptr_to_u64(path);
	for (round = 0; round < 20; round++) {
		ASSERT_EQ(0, mount("jail", path, "tmpfs", 0, NULL));
		self->jailfd = jail(&self->w.args, sizeof(self->w.args),
				    JAIL_NO_ENTER);
		ASSERT_LE(0, self->jailfd);
		inmate = start_inmate(_metadata, self->jailfd, do_nothing);
		EXPECT_EQ(-1, umount2(path, 0));
		EXPECT_EQ(EBUSY, errno);
		if (round % 2) {
			EXPECT_EQ(0, RESULT(ioctl(self->jailfd, JAIL_IOC_KILL,
						  0)));
		} else {
			/* The descriptor would let others enter: close it. */
			close(inmate.go);
			inmate.go = -1;
			EXPECT_TRUE(readable(self->jailfd));
			close(self->jailfd);
			self->jailfd = -1;
		}
		EXPECT_EQ(0, umount2(path, 0))
		{
			TH_LOG("round %d: %s", round, strerror(errno));
		}
		end_inmate(&inmate);
		close(self->jailfd);
	}
	self->jailfd = -1;
}

/* The address is free as soon as the jail has ended. */
TEST_F(lifetime, address_at_once)
{
	struct jail_args args = self->w.args;
	int fd;

	args.name = 0;
	EXPECT_EQ(-1, jail(&args, sizeof(args), JAIL_NO_ENTER));
	EXPECT_EQ(EADDRINUSE, errno);
	ASSERT_EQ(0, RESULT(ioctl(self->jailfd, JAIL_IOC_KILL, 0)));
	fd = jail(&args, sizeof(args), JAIL_NO_ENTER);
	EXPECT_LE(0, fd);
	close(fd);
}

/* Many jails one after the other: numbers and memory come back. */
TEST_F(lifetime, many)
{
	struct jail_args args = self->w.args;
	int fds[100], i;

	args.name = 0;
	args.addrs = 0;
	args.naddrs = 0;
	for (i = 0; i < 100; i++) {
		fds[i] = jail(&args, sizeof(args), JAIL_NO_ENTER);
		ASSERT_LE(0, fds[i]);
	}
	for (i = 0; i < 100; i++)
		EXPECT_EQ(0, close(fds[i]));
}

TEST_HARNESS_MAIN
