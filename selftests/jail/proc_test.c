// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - The proc file system
 */

#define _GNU_SOURCE
#include <ctype.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <sys/shm.h>
#include <time.h>

#include "common.h"

FIXTURE(proc)
{
	struct world w;
	struct sentinel sentinel;
};

FIXTURE_VARIANT(proc)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(proc, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(proc, user) {
	/* clang-format on */
	.uid = UID_USER,
};

FIXTURE_SETUP(proc)
{
	make_world(_metadata, &self->w);
	self->sentinel = start_sentinel(_metadata, variant->uid);
}

FIXTURE_TEARDOWN(proc)
{
	stop_sentinel(&self->sentinel);
	remove_world(&self->w);
}

/* F1: the list. */

static int count_processes(int *const count, const pid_t wanted,
			   bool *const found)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;

	if (!dir)
		return UNREACHED;
	*count = 0;
	*found = false;
	while ((entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]))
			continue;
		++*count;
		if (atoi(entry->d_name) == wanted)
			*found = true;
	}
	closedir(dir);
	return 0;
}

static int list_processes(void *const arg)
{
	bool found, own;
	pid_t child;
	int count, err;

	err = count_processes(&count, *(const pid_t *)arg, &found);
	if (err)
		return err;
	if (found)
		return 0;
	/* Nobody but itself, then also the child. */
	if (count != 1)
		return ERANGE;
	child = idle_child();
	err = count_processes(&count, child, &own);
	end_child(child);
	if (err || !own || count != 2)
		return UNREACHED;
	return ENOENT;
}

TEST_F(proc, list)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, list_processes,
			       &self->sentinel.pid));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, list_processes,
				  &self->sentinel.pid));
}

/* F2: a name that nobody has looked up. */

static int look_up(void *const arg)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", *(const pid_t *)arg);
	return RESULT(stat(path, &st));
}

TEST_F(proc, cold_lookup)
{
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, look_up,
				  &self->sentinel.pid));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, look_up,
			       &self->sentinel.pid));
}

/* F3: one that the host has just looked up, in the same file system. */

TEST_F(proc, warm_lookup)
{
	char path[128], text[16];
	struct stat before, after;

	snprintf(path, sizeof(path), "%s/proc/%d", self->w.root,
		 self->sentinel.pid);
	ASSERT_EQ(0, stat(path, &before));
	/* Something is mounted on it: it must still be afterwards. */
	ASSERT_EQ(0, mount("jail", path, "tmpfs", 0, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, look_up,
				  &self->sentinel.pid));
	ASSERT_EQ(0, stat(path, &after));
	EXPECT_NE(before.st_dev, after.st_dev);
	ASSERT_EQ(0, umount(path));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, look_up,
			       &self->sentinel.pid));
	snprintf(path, sizeof(path), "%s/proc/%d/comm", self->w.root,
		 self->sentinel.pid);
	EXPECT_EQ(0, read_file(path, text, sizeof(text)));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, look_up,
				  &self->sentinel.pid));
	EXPECT_EQ(0, read_file(path, text, sizeof(text)));
}

/*
 * A descriptor of the name alone, for which no permission is asked: what refuses
 * it is the lookup, of a name that is not in the cache and of one that is.
 */

static int hold_name(void *const arg)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", *(const pid_t *)arg);
	fd = open(path, O_PATH | O_CLOEXEC);
	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(proc, hold_name)
{
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, hold_name,
				  &self->sentinel.pid));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, hold_name,
			       &self->sentinel.pid));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, hold_name,
				  &self->sentinel.pid));
}

/* F4: what lies below. */

static const char *const below[] = {
	"status", "stat", "cmdline", "maps", "environ",	      "fd", "root",
	"cwd",	  "exe",  "ns",	     "task", "limits",	      "io", "mounts",
	"cgroup", "comm", "sched",   "net",  "oom_score_adj",
};

static int open_below(void *const arg)
{
	char path[64];
	size_t i;
	int fd, opened = 0;

	for (i = 0; i < ARRAY_SIZE(below); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", *(const pid_t *)arg,
			 below[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			opened++;
			close(fd);
		} else if (errno != ENOENT) {
			return errno;
		}
	}
	return opened ? 0 : ENOENT;
}

TEST_F(proc, below)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, open_below,
			       &self->sentinel.pid));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, open_below,
				  &self->sentinel.pid));
}

/*
 * F4: a file that the host opened and sent in.  It is below the jail's root, as
 * the jail's own mount of proc is.
 */

static int read_received(void *const arg)
{
	const int fd = receive_fd(*(const int *)arg);
	char text[64];

	if (fd < 0)
		return errno;
	if (read(fd, text, sizeof(text)) < 0)
		return errno;
	return 0;
}

TEST_F(proc, open_file)
{
	static const char *const names[] = { "status", "cmdline", "maps",
					     "limits", "comm" };
	char path[128];
	int pair[2], fd, result;
	size_t i;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/proc/%d/%s", self->w.root,
			 self->sentinel.pid, names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, send_fd(pair[1], fd));
		EXPECT_EQ(0, in_chroot(&self->w, variant->uid, read_received,
				       &pair[0]));
		ASSERT_EQ(0, send_fd(pair[1], fd));
		close(fd);
		result = in_jail(&self->w, variant->uid, read_received,
				 &pair[0]);
		/* Refused on arrival or when it is used. */
		EXPECT_TRUE(result == ESRCH || result == EACCES)
		{
			TH_LOG("%s: %d", names[i], result);
		}
	}
	close(pair[0]);
	close(pair[1]);
}

/* F7 */

static int write_score(void *const arg)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj",
		 *(const pid_t *)arg);
	return write_file(path, "1000");
}

TEST_F(proc, write_below)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, write_score,
			       &self->sentinel.pid));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, write_score,
				  &self->sentinel.pid));
}

/* F5: links that lead to an object instead of a path. */

static int open_program(void *const arg)
{
	const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : RESULT(close(fd));
}

/* The program of this test lies outside. */
TEST_F(proc, link_to_program)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, open_program, NULL));
	EXPECT_EQ(EACCES, in_jail(&self->w, variant->uid, open_program, NULL));
}

static int reopen_for_writing(void *const arg)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", *(const int *)arg);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(proc, link_to_descriptor)
{
	int fd, pipes[2];

	ASSERT_EQ(0, chmod(self->w.secret, 0666));
	fd = open(self->w.secret, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0,
		  in_chroot(&self->w, variant->uid, reopen_for_writing, &fd));
	EXPECT_EQ(EACCES,
		  in_jail(&self->w, variant->uid, reopen_for_writing, &fd));
	close(fd);
	/* What has no path stays usable. */
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	ASSERT_EQ(0, fchmod(pipes[0], 0666));
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, reopen_for_writing,
			     &pipes[0]));
	close(pipes[0]);
	close(pipes[1]);
	fd = syscall(__NR_memfd_create, "jail", 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fchmod(fd, 0666));
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, reopen_for_writing, &fd));
	close(fd);
}

/* F6: the names of places outside. */

/* Returns 0 if a link or a map names something below @arg. */
static int name_of_descriptor(void *const arg)
{
	char path[32], name[256] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", *(const int *)arg);
	if (readlink(path, name, sizeof(name) - 1) < 0)
		return UNREACHED;
	return strstr(name, "secret") ? 0 : ENOENT;
}

static int name_of_program(void *const arg)
{
	char name[256] = "";

	if (readlink("/proc/self/exe", name, sizeof(name) - 1) < 0)
		return UNREACHED;
	return strstr(name, "proc_test") ? 0 : ENOENT;
}

static int name_in_maps(void *const arg)
{
	char text[4096];

	if (read_file("/proc/self/maps", text, sizeof(text)))
		return UNREACHED;
	return strstr(text, "proc_test") ? 0 : ENOENT;
}

TEST_F(proc, names)
{
	const int fd = open(self->w.secret, O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0,
		  in_chroot(&self->w, variant->uid, name_of_descriptor, &fd));
	EXPECT_EQ(ENOENT,
		  in_jail(&self->w, variant->uid, name_of_descriptor, &fd));
	close(fd);
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, name_of_program, NULL));
	EXPECT_EQ(ENOENT,
		  in_jail(&self->w, variant->uid, name_of_program, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, name_in_maps, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, name_in_maps, NULL));
}

/* What is below the root keeps its name. */
static int names_inside(void *const arg)
{
	const int fd = open("/tmp/named", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char path[32], name[256] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || readlink(path, name, sizeof(name) - 1) < 0)
		return UNREACHED;
	unlink("/tmp/named");
	return strcmp(name, "/tmp/named") ? ENOENT : 0;
}

TEST_F(proc, names_inside)
{
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, names_inside, NULL));
}

/*
 * The processes that a task sees have roots that are below its own.  So one that
 * calls chroot(2) in its jail loses sight of the others, also by what it has
 * opened before.
 */

FIXTURE(inner)
{
	struct world w;
};

/*
 * @path: What to open of a process whose root is above.
 * @flags: How.
 * @look: What to do with it after chroot(2).
 * @error: How that fails.
 */
FIXTURE_VARIANT(inner)
{
	const char *path;
	int flags;
	int (*look)(int fd);
	int error;
};

FIXTURE_SETUP(inner)
{
	make_world(_metadata, &self->w);
	make_dir(_metadata, &self->w, "/inner", 0755);
	make_dir(_metadata, &self->w, "/inner/proc", 0755);
	make_mount(_metadata, &self->w, "/inner/proc", "proc", NULL);
}

FIXTURE_TEARDOWN(inner)
{
	remove_world(&self->w);
}

/* A process with the outer root; it has a child and a timer. */
static pid_t sibling;

static bool start_sibling(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	int ready[2], timer;

	if (pipe(ready))
		return false;
	sibling = fork();
	if (sibling == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (syscall(__NR_timer_create, CLOCK_MONOTONIC, &event,
			    &timer) ||
		    idle_child() < 0 || !tell(ready[1]))
			_exit(1);
		for (;;)
			pause();
	}
	return sibling > 0 && hear(ready[0]);
}

static int look_from_inner_root(void *const arg)
{
	const struct _fixture_variant_inner *const variant = arg;
	char path[64];
	int fd, err;

	if (!start_sibling())
		return UNREACHED;
	snprintf(path, sizeof(path), variant->path, sibling, sibling);
	fd = open(path, variant->flags | O_CLOEXEC);
	if (fd < 0 || chroot("/inner") || chdir("/"))
		return UNREACHED;
	err = variant->look(fd);
	end_child(sibling);
	return err;
}

TEST_F(inner, hidden)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, look_from_inner_root, variant));
	EXPECT_EQ(variant->error,
		  in_jail(&self->w, 0, look_from_inner_root, variant));
}

#define INNER(name, its_path, its_flags, its_look, its_error)           \
	/* clang-format off */                                      \
	FIXTURE_VARIANT_ADD(inner, name) {   \
		/* clang-format on */                                   \
		.path = its_path, .flags = its_flags, .look = its_look, \
		.error = its_error,                                     \
	}

static int read_opened(const int fd)
{
	char text[4096];
	const ssize_t len = read(fd, text, sizeof(text));

	if (len < 0)
		return errno;
	return len ? 0 : ENODATA;
}

INNER(status, "/proc/%d/status", O_RDONLY, read_opened, ESRCH);
INNER(stat, "/proc/%d/stat", O_RDONLY, read_opened, ESRCH);
INNER(limits, "/proc/%d/limits", O_RDONLY, read_opened, ESRCH);
INNER(cmdline, "/proc/%d/cmdline", O_RDONLY, read_opened, ESRCH);
INNER(comm, "/proc/%d/comm", O_RDONLY, read_opened, ESRCH);
INNER(timers, "/proc/%d/timers", O_RDONLY, read_opened, ESRCH);
INNER(children, "/proc/%d/task/%d/children", O_RDONLY, read_opened, ENODATA);

static int stat_opened(const int fd)
{
	struct stat st;

	return RESULT(fstat(fd, &st));
}

INNER(directory, "/proc/%d", O_PATH, stat_opened, ENOENT);

static int open_in(const int dirfd, const char *const name)
{
	const int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : RESULT(close(fd));
}

static int open_status(const int fd)
{
	return open_in(fd, "status");
}

INNER(below_directory, "/proc/%d", O_PATH, open_status, ESRCH);

static int open_devices(const int fd)
{
	return open_in(fd, "dev");
}

INNER(network, "/proc/%d/net", O_PATH, open_devices, ENOENT);

/* Nothing that was opened before. */

static int look_up_again(const int fd)
{
	return hold_name(&sibling);
}

INNER(name, "/proc", O_PATH, look_up_again, ENOENT);

static int list_again(const int fd)
{
	bool found, own;
	int count;

	if (count_processes(&count, sibling, &found) ||
	    count_processes(&count, getpid(), &own) || !own)
		return UNREACHED;
	return found ? 0 : ENOENT;
}

INNER(list, "/proc", O_PATH, list_again, ENOENT);

/*
 * No field of any file has the number of a process outside.  Two processes of
 * the host do all that could make their numbers show; a file that has both
 * numbers as words has them not by chance.
 */

FIXTURE(numbers)
{
	struct world w;
	pid_t pids[2];
};

FIXTURE_VARIANT(numbers)
{
	uid_t uid;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(numbers, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(numbers, user) {
	/* clang-format on */
	.uid = UID_USER,
};

/* Holds a lock, a netlink port, a flow label and shared memory. */
static int show_number(const struct world *const w, const int i)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_pid = getpid(),
	};
	struct flock lock = { .l_type = F_WRLCK, .l_start = i, .l_len = 1 };
	struct in6_flowlabel_req label = {
		.flr_dst = IN6ADDR_LOOPBACK_INIT,
		.flr_action = IPV6_FL_A_GET,
		.flr_share = IPV6_FL_S_PROCESS,
		.flr_flags = IPV6_FL_F_CREATE,
	};
	const int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	const int inet6 = socket(AF_INET6, SOCK_DGRAM, 0);
	const int fd = open(w->secret, O_RDWR);
	const int shm = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666);

	if (setsid() < 0 || bind(netlink, (const void *)&addr, sizeof(addr)) ||
	    fd < 0 || fcntl(fd, F_SETLK, &lock) || shm < 0 ||
	    shmat(shm, NULL, 0) == (void *)-1 || shmctl(shm, IPC_RMID, NULL))
		return -1;
	/* The kernel may be without IPv6. */
	if (inet6 >= 0 && setsockopt(inet6, IPPROTO_IPV6, IPV6_FLOWLABEL_MGR,
				     &label, sizeof(label)))
		return -1;
	return 0;
}

FIXTURE_SETUP(numbers)
{
	int i, ready[2];

	make_world(_metadata, &self->w);
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	for (i = 0; i < 2; i++) {
		/* Numbers that few other things have. */
		pid_t wanted = 21871 + i * 5646;

		do
			self->pids[i] = fork_as(wanted);
		while (self->pids[i] < 0 && errno == EEXIST && wanted++);
		ASSERT_LE(0, self->pids[i]);
		if (self->pids[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
			if (detach_streams() || show_number(&self->w, i) ||
			    !tell(ready[1]))
				_exit(1);
			for (;;)
				pause();
		}
		ASSERT_TRUE(hear(ready[0]));
	}
	close(ready[0]);
	close(ready[1]);
}

FIXTURE_TEARDOWN(numbers)
{
	end_child(self->pids[0]);
	end_child(self->pids[1]);
	remove_world(&self->w);
}

static bool has_word(const char *const text, const pid_t number)
{
	const char *at = text;
	char word[16];
	size_t len;

	len = snprintf(word, sizeof(word), "%d", number);
	while ((at = strstr(at, word))) {
		if ((at == text || !isxdigit(at[-1])) && !isxdigit(at[len]))
			return true;
		at += len;
	}
	return false;
}

struct walk {
	const pid_t *pids;
	/* How many files were read, how many had both, and the last of these. */
	struct {
		int read, found;
		char path[192];
	} * result;
};

static void read_numbers(const struct walk *const walk, const int dirfd,
			 const char *const path, const char *const name)
{
	static char text[1 << 18];
	const int fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	if (fd < 0)
		return;
	while (len < sizeof(text) - 1 &&
	       (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += got;
	close(fd);
	text[len] = '\0';
	if (len)
		walk->result->read++;
	if (!has_word(text, walk->pids[0]) || !has_word(text, walk->pids[1]))
		return;
	walk->result->found++;
	snprintf(walk->result->path, sizeof(walk->result->path), "%.120s/%.60s",
		 path, name);
}

static void walk_directory(const struct walk *const walk, const int fd,
			   const char *const path)
{
	DIR *const dir = fdopendir(fd);
	const struct dirent *entry;
	char names[1 << 14] = "", inner[256];

	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (strlen(names) + strlen(entry->d_name) + 2 < sizeof(names)) {
			strcat(names, entry->d_name);
			strcat(names, "\n");
		}
		if (entry->d_type == DT_REG) {
			read_numbers(walk, fd, path, entry->d_name);
		} else if (entry->d_type == DT_DIR) {
			const int child =
				openat(fd, entry->d_name,
				       O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					       O_CLOEXEC);

			snprintf(inner, sizeof(inner), "%.120s/%.60s", path,
				 entry->d_name);
			if (child >= 0)
				walk_directory(walk, child, inner);
		}
	}
	/* The names in a directory are read as well. */
	if (has_word(names, walk->pids[0]) && has_word(names, walk->pids[1]))
		walk->result->found++;
	closedir(dir);
}

static int walk_proc(void *const arg)
{
	static const char *const starts[] = { "/proc/self", "/proc/net",
					      "/proc" };
	const struct walk *const walk = arg;
	size_t i;

	walk->result->read = 0;
	walk->result->found = 0;
	walk->result->path[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		const int fd =
			open(starts[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			return UNREACHED;
		walk_directory(walk, fd, starts[i]);
	}
	return 0;
}

TEST_F_TIMEOUT(numbers, in_files, 300)
{
	const struct walk walk = {
		.pids = self->pids,
		.result = (void *)self->w.shared->values,
	};

	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, walk_proc, &walk));
	/* At least in the list, with the locks, with the netlink sockets. */
	EXPECT_LE(3, walk.result->found);
	EXPECT_LE(100, walk.result->read);
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, walk_proc, &walk));
	EXPECT_EQ(0, walk.result->found)
	{
		TH_LOG("%s", walk.result->path);
	}
	EXPECT_LE(100, walk.result->read);
}

/* Fields with one number only: that of the newest process. */

static int know_newest(void *const arg)
{
	const int *const values = arg;
	char load[64], last[32], *at;

	if (!tell(values[0]) || !hear(values[1]))
		return UNREACHED;
	if (read_file("/proc/loadavg", load, sizeof(load)) ||
	    read_file("/proc/sys/kernel/ns_last_pid", last, sizeof(last)))
		return UNREACHED;
	at = strrchr(load, ' ');
	if (!at)
		return UNREACHED;
	return atoi(at) == values[2] || atoi(last) == values[2] ? 0 : ESRCH;
}

static int start_and_make_newest(struct __test_metadata *const _metadata,
				 const struct world *const w,
				 const enum place place, const uid_t uid)
{
	int ready[2], go[2], *const values = w->shared->values;
	struct runner runner;
	pid_t newest;
	int result;

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	values[0] = ready[1];
	values[1] = go[0];
	runner = start(_metadata, w, place, uid, know_newest, values);
	EXPECT_TRUE(hear(ready[0]));
	newest = idle_child();
	values[2] = newest;
	EXPECT_TRUE(tell(go[1]));
	result = finish(_metadata, w, &runner);
	end_child(newest);
	close(ready[0]);
	close(ready[1]);
	close(go[0]);
	close(go[1]);
	return result;
}

TEST_F(numbers, newest)
{
	EXPECT_EQ(0, start_and_make_newest(_metadata, &self->w, CHROOT,
					   variant->uid));
	EXPECT_EQ(ESRCH, start_and_make_newest(_metadata, &self->w, JAIL,
					       variant->uid));
}

/* F10: files of the whole system that root may write. */

FIXTURE(proc_global)
{
	struct world w;
};

FIXTURE_SETUP(proc_global)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(proc_global)
{
	remove_world(&self->w);
}

static const char *const writable[] = {
	"sysrq-trigger",
	"irq/default_smp_affinity",
	"timer_list",
	"mtrr",
	"dynamic_debug/control",
	"acpi/wakeup",
	"bus/pci/00/00.0",
	"scsi/scsi",
	"slabinfo",
	"profile",
	"latency_stats",
	"pressure/cpu",
};

static int open_writable(void *const arg)
{
	int *const opened = arg;
	char path[64];
	size_t i;

	*opened = 0;
	for (i = 0; i < ARRAY_SIZE(writable); i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%s", writable[i]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd >= 0) {
			++*opened;
			close(fd);
		}
	}
	return 0;
}

TEST_F(proc_global, write)
{
	int *const opened = &self->w.shared->values[0];

	EXPECT_EQ(0, in_chroot(&self->w, 0, open_writable, opened));
	EXPECT_LT(0, *opened);
	EXPECT_EQ(0, in_jail(&self->w, 0, open_writable, opened));
	EXPECT_EQ(0, *opened);
	allow_everything(&self->w);
	EXPECT_EQ(0, in_jail(&self->w, 0, open_writable, opened));
	EXPECT_EQ(0, *opened);
}

static int write_visible(void *const arg)
{
	const int fd = open("/proc/version", O_WRONLY | O_CLOEXEC);

	return fd < 0 ? errno : RESULT(close(fd));
}

/* Mode 0444 does not stop CAP_DAC_OVERRIDE. */
TEST_F(proc_global, write_visible)
{
	const int control = in_chroot(&self->w, 0, write_visible, NULL);

	EXPECT_TRUE(control == 0 || control == EIO);
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, write_visible, NULL));
}

/* F11: the mode of such a file is that for everybody. */

static int change_mode(void *const arg)
{
	return RESULT(chmod("/proc/version", 0444));
}

static int change_owner(void *const arg)
{
	return RESULT(chown("/proc/version", 0, 0));
}

TEST_F(proc_global, mode)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, change_mode, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, change_mode, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, change_owner, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, change_owner, NULL));
}

/* The same of its root and of its symbolic links. */

static int change_root(void *const arg)
{
	return RESULT(chmod("/proc", 0555));
}

static int change_root_owner(void *const arg)
{
	return RESULT(chown("/proc", 0, 0));
}

static int change_link_owner(void *const arg)
{
	return RESULT(lchown("/proc/self", 0, 0));
}

static int change_sysctl_owner(void *const arg)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_NOW },
					   { .tv_nsec = UTIME_NOW } };

	return RESULT(utimensat(AT_FDCWD, "/proc/sys", times, 0));
}

TEST_F(proc_global, root_mode)
{
	static const attack_t attacks[] = {
		change_root,
		change_root_owner,
		change_link_owner,
		change_sysctl_owner,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attacks); i++) {
		EXPECT_EQ(0, in_chroot(&self->w, 0, attacks[i], NULL));
		EXPECT_EQ(EPERM, in_jail(&self->w, 0, attacks[i], NULL));
	}
}

/* F12: what tells of the host. */

static const char *const hidden[] = {
	"kallsyms",   "iomem",	    "ioports",	    "interrupts",
	"modules",    "timer_list", "vmallocinfo",  "slabinfo",
	"kpageflags", "kpagecount", "pagetypeinfo", "buddyinfo",
	"zoneinfo",   "swaps",	    "partitions",   "diskstats",
	"locks",      "key-users",  "keys",	    "consoles",
	"devices",    "misc",	    "dma",	    "execdomains",
	"kcore",      "kmsg",	    "config.gz",    "sysrq-trigger",
	"tty",	      "irq",	    "bus",	    "driver",
	"fs",	      "schedstat",  "softirqs",	    "jails",
};

/* Counts what can be seen by name. */
static int see_hidden(void *const arg)
{
	int *const seen = arg;
	char path[64];
	struct stat st;
	size_t i;

	*seen = 0;
	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		snprintf(path, sizeof(path), "/proc/%s", hidden[i]);
		if (!stat(path, &st))
			++*seen;
		else if (errno != ENOENT)
			return errno;
	}
	return 0;
}

/* Counts what the list has. */
static int list_hidden(void *const arg)
{
	DIR *dir = opendir("/proc");
	int *const seen = arg;
	const struct dirent *entry;
	size_t i;

	if (!dir)
		return UNREACHED;
	*seen = 0;
	while ((entry = readdir(dir)))
		for (i = 0; i < ARRAY_SIZE(hidden); i++)
			*seen += !strcmp(entry->d_name, hidden[i]);
	closedir(dir);
	return 0;
}

TEST_F(proc_global, hidden)
{
	int *const seen = &self->w.shared->values[0];

	EXPECT_EQ(0, in_chroot(&self->w, 0, see_hidden, seen));
	EXPECT_LE(10, *seen);
	/* Now all of them are in the cache. */
	EXPECT_EQ(0, in_jail(&self->w, 0, see_hidden, seen));
	EXPECT_EQ(0, *seen);
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, see_hidden, seen));
	EXPECT_EQ(0, *seen);
	EXPECT_EQ(0, in_chroot(&self->w, 0, list_hidden, seen));
	EXPECT_LE(10, *seen);
	EXPECT_EQ(0, in_jail(&self->w, 0, list_hidden, seen));
	EXPECT_EQ(0, *seen);
}

/* A name that nobody has looked up: in the instance of a new PID namespace. */

static void mount_unseen(struct __test_metadata *const _metadata,
			 const struct world *const w)
{
	int status;
	pid_t pid;

	make_dir(_metadata, w, "/unseen", 0755);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		char path[64];

		snprintf(path, sizeof(path), "%s/unseen", w->root);
		_exit(unshare(CLONE_NEWPID) ||
		      mount("proc", path, "proc", 0, NULL));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
}

static int look_at_unseen(void *const arg)
{
	struct stat st;

	return RESULT(stat("/unseen/cmdline", &st));
}

TEST_F(proc_global, unseen)
{
	mount_unseen(_metadata, &self->w);
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, look_at_unseen, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, UID_USER, look_at_unseen, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, look_at_unseen, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, look_at_unseen, NULL));
}

static int read_visible(void *const arg)
{
	static const char *const names[] = {
		"cpuinfo",     "meminfo",
		"stat",	       "uptime",
		"loadavg",     "version",
		"mounts",      "filesystems",
		"self/status", "thread-self/status",
	};
	char path[64], text[4096];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/proc/%s", names[i]);
		if (read_file(path, text, sizeof(text)))
			return 1000 + i;
	}
	return 0;
}

/* What programs cannot do without. */
TEST_F(proc_global, visible)
{
	EXPECT_EQ(0, in_jail(&self->w, 0, read_visible, NULL));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, read_visible, NULL));
}

/* The number of the jail in the status of a process. */

static int read_jid(void *const arg)
{
	char text[4096], *line;

	if (read_file("/proc/self/status", text, sizeof(text)))
		return UNREACHED;
	line = strstr(text, "\nJid:\t");
	if (!line)
		return ENOENT;
	return strtoul(line + 6, NULL, 10) == *(const __u32 *)arg ? 0 : EXDEV;
}

TEST_F(proc_global, jid)
{
	const __u32 zero = 0;

	EXPECT_EQ(0, on_host(&self->w, 0, read_jid, &zero));
	EXPECT_EQ(0, in_jail(&self->w, 0, read_jid, &self->w.shared->jid));
	EXPECT_EQ(EXDEV, in_jail(&self->w, 0, read_jid, &zero));
}

/* F14: mounts above the root are not shown. */

static int see_host_mounts(void *const arg)
{
	char text[8192];

	if (read_file("/proc/self/mountinfo", text, sizeof(text)))
		return UNREACHED;
	return strstr(text, arg) ? 0 : ENOENT;
}

TEST_F(proc_global, mounts)
{
	EXPECT_EQ(0, on_host(&self->w, 0, see_host_mounts, self->w.base));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, see_host_mounts, self->w.base));
}

TEST_HARNESS_MAIN
