// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Ways out of the root directory
 */

#define _GNU_SOURCE
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/xattr.h>
#include <time.h>

#include "common.h"
#include "uring.h"

FIXTURE(path)
{
	struct world w;
	/* Parent and jailed task take turns. */
	int to_parent[2], to_child[2];
	/* Carries descriptors. */
	int pair[2];
	/* Of a process that reads slowly. */
	int uffd;
};

FIXTURE_SETUP(path)
{
	struct world *const w = &self->w;

	make_world(_metadata, w);
	make_dir(_metadata, w, "/sub", 0755);
	make_dir(_metadata, w, "/sub/inner", 0755);
	make_dir(_metadata, w, "/sub/inner/deep", 0755);
	ASSERT_EQ(0, pipe2(self->to_parent, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->to_child, O_CLOEXEC));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				self->pair));
}

FIXTURE_TEARDOWN(path)
{
	remove_world(&self->w);
}

/* Climbs as far as possible; returns 0 if that leads out of the jail's root. */
static int climb(void)
{
	struct stat st;
	int i;

	for (i = 0; i < 40; i++)
		if (chdir("..") || !stat("secret", &st))
			break;
	/* The root of the host has the process with number 1. */
	return stat("secret", &st) && stat("proc/1/status", &st) ? EACCES : 0;
}

static int reach_secret(const int dirfd, const char *const path)
{
	const int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : RESULT(close(fd));
}

/* Without tricks chroot() itself stops the climb. */

static int just_climb(void *const arg)
{
	return climb();
}

TEST_F(path, parent_of_root)
{
	EXPECT_EQ(0, on_host(&self->w, 0, just_climb, NULL));
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, just_climb, NULL));
}

/* V1: a second chroot leaves the working directory above its root. */

static int double_chroot(void *const arg)
{
	if (chroot("/sub"))
		return UNREACHED;
	return climb();
}

TEST_F(path, double_chroot)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, double_chroot, NULL));
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, double_chroot, NULL));
}

static int double_chroot_fchdir(void *const arg)
{
	const int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || chroot("/sub/inner") || chdir("/") || fchdir(fd))
		return UNREACHED;
	return climb();
}

TEST_F(path, double_chroot_fchdir)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, double_chroot_fchdir, NULL));
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, double_chroot_fchdir, NULL));
}

static int double_chroot_openat(void *const arg)
{
	const int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || chroot("/sub"))
		return UNREACHED;
	return reach_secret(fd, "../secret");
}

TEST_F(path, double_chroot_openat)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, double_chroot_openat, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, double_chroot_openat, NULL));
}

/* The same where the jail's root is the root of a mount. */
TEST_F(path, double_chroot_mount)
{
	ASSERT_EQ(0, mount(self->w.root, self->w.root, NULL, MS_BIND, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, double_chroot, NULL));
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, double_chroot, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, double_chroot_openat, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, double_chroot_openat, NULL));
}

/* From there `..` of the outer root is that root itself, as from everywhere. */

static int step_above_root(void *const arg)
{
	const int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat root, up;

	if (fd < 0 || chroot("/sub") || fstat(fd, &root))
		return UNREACHED;
	if (fstatat(fd, "..", &up, 0))
		return errno;
	return up.st_ino == root.st_ino && up.st_dev == root.st_dev ? ELOOP : 0;
}

TEST_F(path, step_above_root)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, step_above_root, NULL));
	EXPECT_EQ(ELOOP, in_jail(&self->w, 0, step_above_root, NULL));
}

/* Another task of the jail moves the working directory out of the inner root. */

static int rename_out_of_inner_root(void *const arg)
{
	int go[2], status;
	pid_t mover;

	if (pipe(go))
		return UNREACHED;
	mover = fork();
	if (mover == 0) {
		/* Still has the outer root. */
		_exit(!hear(go[0]) || rename("/sub/inner/deep", "/deep"));
	}
	if (mover < 0 || chroot("/sub/inner") || chdir("/deep"))
		return UNREACHED;
	if (!tell(go[1]) || waitpid(mover, &status, 0) != mover || status)
		return UNREACHED;
	return climb();
}

TEST_F(path, rename_out_of_inner_root)
{
	char moved[128], back[128];

	EXPECT_EQ(0, in_chroot(&self->w, 0, rename_out_of_inner_root, NULL));
	snprintf(moved, sizeof(moved), "%s/deep", self->w.root);
	snprintf(back, sizeof(back), "%s/sub/inner/deep", self->w.root);
	ASSERT_EQ(0, rename(moved, back));
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, rename_out_of_inner_root, NULL));
}

/* Rename and climb at the same time, for a good while. */

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static int rename_race(void *const arg)
{
	const time_t end = now() + *(const int *)arg;
	const pid_t mover = fork();
	int err = EACCES;

	if (mover == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;) {
			rename("/sub/inner/deep", "/deep");
			rename("/deep", "/sub/inner/deep");
		}
	}
	if (mover < 0 || chroot("/sub/inner"))
		return UNREACHED;
	while (err && now() <= end) {
		if (chdir("/deep"))
			continue;
		err = reach_secret(AT_FDCWD, "../../../secret") &&
				      reach_secret(AT_FDCWD, "../../secret") &&
				      reach_secret(AT_FDCWD, "../secret") ?
			      EACCES :
			      0;
	}
	end_child(mover);
	return err;
}

TEST_F(path, rename_race)
{
	/* The control ends at its first success. */
	const int patience = PATIENCE / 1000, seconds = 2;
	char moved[128], back[128];

	EXPECT_EQ(0, in_chroot(&self->w, 0, rename_race, &patience));
	snprintf(moved, sizeof(moved), "%s/deep", self->w.root);
	snprintf(back, sizeof(back), "%s/sub/inner/deep", self->w.root);
	if (rename(moved, back))
		ASSERT_EQ(ENOENT, errno);
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, rename_race, &seconds));
}

/* V9: the host moves the working directory out of the jail. */

static int climb_after_move(void *const arg)
{
	const struct _test_data_path *const self = arg;

	if (chdir("/sub/inner") || !tell(self->to_parent[1]) ||
	    !hear(self->to_child[0]))
		return UNREACHED;
	return reach_secret(AT_FDCWD, "../secret");
}

/* V4: the same by a descriptor. */
static int openat_after_move(void *const arg)
{
	const struct _test_data_path *const self = arg;
	const int fd = open("/sub/inner", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || !tell(self->to_parent[1]) || !hear(self->to_child[0]))
		return UNREACHED;
	return reach_secret(fd, "../secret");
}

/* V3 */
static int fchdir_after_move(void *const arg)
{
	const struct _test_data_path *const self = arg;
	const int fd = open("/sub/inner", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || !tell(self->to_parent[1]) || !hear(self->to_child[0]))
		return UNREACHED;
	return RESULT(fchdir(fd));
}

/* V4: without a step upwards, a file that the host put beside. */
static int openat_below_after_move(void *const arg)
{
	const struct _test_data_path *const self = arg;
	const int fd = open("/sub/inner", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || !tell(self->to_parent[1]) || !hear(self->to_child[0]))
		return UNREACHED;
	return reach_secret(fd, "deep");
}

/* The same without a descriptor. */
static int open_relative_after_move(void *const arg)
{
	const struct _test_data_path *const self = arg;

	if (chdir("/sub/inner") || !tell(self->to_parent[1]) ||
	    !hear(self->to_child[0]))
		return UNREACHED;
	return reach_secret(AT_FDCWD, "deep");
}

static int make_after_move(void *const arg)
{
	const struct _test_data_path *const self = arg;

	if (chdir("/sub/inner") || !tell(self->to_parent[1]) ||
	    !hear(self->to_child[0]))
		return UNREACHED;
	if (mkdir("made", 0700))
		return errno;
	return RESULT(rmdir("made"));
}

/* The same with an inner root directory. */
static int open_absolute_after_move(void *const arg)
{
	const struct _test_data_path *const self = arg;

	if (chroot("/sub/inner") || !tell(self->to_parent[1]) ||
	    !hear(self->to_child[0]))
		return UNREACHED;
	return reach_secret(AT_FDCWD, "/deep");
}

static int with_move(struct __test_metadata *const _metadata,
		     struct _test_data_path *const self, const enum place place,
		     const attack_t attack)
{
	char from[128], to[128];
	struct runner runner;
	int result;

	snprintf(from, sizeof(from), "%s/sub/inner", self->w.root);
	snprintf(to, sizeof(to), "%s/outside", self->w.base);
	runner = start(_metadata, &self->w, place, 0, attack, self);
	EXPECT_TRUE(hear(self->to_parent[0]));
	EXPECT_EQ(0, rename(from, to));
	tell(self->to_child[1]);
	result = finish(_metadata, &self->w, &runner);
	EXPECT_EQ(0, rename(to, from));
	return result;
}

TEST_F(path, move_of_relative_names)
{
	EXPECT_EQ(0,
		  with_move(_metadata, self, CHROOT, open_relative_after_move));
	EXPECT_EQ(ENOENT,
		  with_move(_metadata, self, JAIL, open_relative_after_move));
	EXPECT_EQ(0, with_move(_metadata, self, CHROOT, make_after_move));
	EXPECT_EQ(ENOENT, with_move(_metadata, self, JAIL, make_after_move));
}

TEST_F(path, move_of_inner_root)
{
	EXPECT_EQ(0,
		  with_move(_metadata, self, CHROOT, open_absolute_after_move));
	EXPECT_EQ(ENOENT,
		  with_move(_metadata, self, JAIL, open_absolute_after_move));
}

TEST_F(path, move_of_working_directory)
{
	EXPECT_EQ(0, with_move(_metadata, self, CHROOT, climb_after_move));
	EXPECT_EQ(ENOENT, with_move(_metadata, self, JAIL, climb_after_move));
}

/*
 * V9: the host moves a directory out while a walk is below it.  The walk stands
 * still at a name that is just being made; who makes it waits for somebody who
 * reads the directory and waits for a page of his memory.
 */

/* Waits for the fault, says so, and provides the page when it is told. */
static void *provide_page(void *const arg)
{
	const struct _test_data_path *const self = arg;
	struct uffd_msg fault;
	struct uffdio_zeropage page = { .range.len = sysconf(_SC_PAGESIZE) };

	if (!readable(self->uffd) ||
	    read(self->uffd, &fault, sizeof(fault)) != sizeof(fault) ||
	    !tell(self->to_parent[1]) || !hear(self->to_child[0]))
		_exit(1);
	page.range.start = fault.arg.pagefault.address & -page.range.len;
	ioctl(self->uffd, UFFDIO_ZEROPAGE, &page);
	return NULL;
}

static int read_slowly(struct _test_data_path *const self,
		       const char *const path)
{
	const size_t size = sysconf(_SC_PAGESIZE);
	void *const page = mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = ptr_to_u64(page), .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	const int fd = open(path, O_RDONLY | O_DIRECTORY);
	pthread_t thread;

	self->uffd = syscall(__NR_userfaultfd, O_NONBLOCK);
	if (fd < 0 || page == MAP_FAILED || self->uffd < 0 ||
	    ioctl(self->uffd, UFFDIO_API, &api) ||
	    ioctl(self->uffd, UFFDIO_REGISTER, &range) ||
	    pthread_create(&thread, NULL, provide_page, self))
		return 1;
	return syscall(__NR_getdents64, fd, page, size) < 0 ||
	       pthread_join(thread, NULL);
}

/* Waits until the task waits for a lock of the kernel. */
static bool stands_still(const pid_t pid)
{
	const time_t end = now() + PATIENCE / 1000;

	while (now() <= end) {
		if (is_in_state(pid, 'D'))
			return true;
		sched_yield();
	}
	return false;
}

static int walk_up_after_move(void *const arg)
{
	return reach_secret(AT_FDCWD, "/sub/inner/late/../../../secret");
}

static int with_move_during_walk(struct __test_metadata *const _metadata,
				 struct _test_data_path *const self,
				 const enum place place)
{
	char inner[128], late[128], from[128], to[128];
	struct runner runner;
	pid_t reader, maker;
	int result, status;

	snprintf(inner, sizeof(inner), "%s/sub/inner", self->w.root);
	snprintf(late, sizeof(late), "%s/sub/inner/late", self->w.root);
	snprintf(from, sizeof(from), "%s/sub", self->w.root);
	snprintf(to, sizeof(to), "%s/outside", self->w.base);
	reader = fork();
	ASSERT_LE(0, reader);
	if (reader == 0)
		_exit(read_slowly(self, inner));
	ASSERT_TRUE(hear(self->to_parent[0]));
	maker = fork();
	ASSERT_LE(0, maker);
	if (maker == 0)
		_exit(RESULT(mkdir(late, 0755)));
	EXPECT_TRUE(stands_still(maker));
	runner = start(_metadata, &self->w, place, 0, walk_up_after_move, NULL);
	EXPECT_TRUE(stands_still(runner.pid));
	EXPECT_EQ(0, rename(from, to));
	EXPECT_TRUE(tell(self->to_child[1]));
	result = finish(_metadata, &self->w, &runner);
	ASSERT_EQ(maker, waitpid(maker, &status, 0));
	EXPECT_EQ(0, status);
	ASSERT_EQ(reader, waitpid(reader, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, rename(to, from));
	EXPECT_EQ(0, rmdir(late));
	return result;
}

TEST_F(path, move_during_walk)
{
	EXPECT_EQ(0, with_move_during_walk(_metadata, self, CHROOT));
	EXPECT_EQ(ENOENT, with_move_during_walk(_metadata, self, JAIL));
}

TEST_F(path, openat_outside)
{
	EXPECT_EQ(0, with_move(_metadata, self, CHROOT, openat_after_move));
	EXPECT_EQ(EACCES, with_move(_metadata, self, JAIL, openat_after_move));
	EXPECT_EQ(0,
		  with_move(_metadata, self, CHROOT, openat_below_after_move));
	EXPECT_EQ(EACCES,
		  with_move(_metadata, self, JAIL, openat_below_after_move));
}

TEST_F(path, fchdir_outside)
{
	EXPECT_EQ(0, with_move(_metadata, self, CHROOT, fchdir_after_move));
	EXPECT_EQ(EPERM, with_move(_metadata, self, JAIL, fchdir_after_move));
}

/* V5: descriptors that come in by a socket. */

static int receive(void *const arg)
{
	const int fd = receive_fd(*(const int *)arg);

	return fd < 0 ? errno : RESULT(close(fd));
}

static int receive_and_climb(void *const arg)
{
	const int fd = receive_fd(*(const int *)arg);

	if (fd < 0)
		return errno;
	if (fchdir(fd))
		return errno;
	return climb();
}

/* Sends @fd to a receiver in each place. */
static void check_receive(struct __test_metadata *const _metadata,
			  struct _test_data_path *const self, const int fd,
			  const attack_t attack, const int expected)
{
	uid_t uid;

	ASSERT_LE(0, fd);
	for (uid = 0; uid <= UID_USER; uid += UID_USER) {
		ASSERT_EQ(0, send_fd(self->pair[1], fd));
		EXPECT_EQ(0, in_chroot(&self->w, uid, attack, &self->pair[0]));
		ASSERT_EQ(0, send_fd(self->pair[1], fd));
	}
	/* A jail must not be entered with an outside descriptor open. */
	close(fd);
	for (uid = 0; uid <= UID_USER; uid += UID_USER)
		EXPECT_EQ(expected,
			  in_jail(&self->w, uid, attack, &self->pair[0]));
}

TEST_F(path, receive_directory)
{
	check_receive(_metadata, self,
		      open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		      receive_and_climb, EACCES);
}

TEST_F(path, receive_path)
{
	check_receive(_metadata, self, open(self->w.secret, O_PATH | O_CLOEXEC),
		      receive, EACCES);
}

TEST_F(path, receive_file)
{
	check_receive(_metadata, self, open(self->w.secret, O_RDWR | O_CLOEXEC),
		      receive, EACCES);
}

TEST_F(path, receive_device)
{
	check_receive(_metadata, self, open("/dev/kmsg", O_RDWR | O_CLOEXEC),
		      receive, EACCES);
}

TEST_F(path, receive_namespace)
{
	check_receive(_metadata, self,
		      open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), receive,
		      EACCES);
}

TEST_F(path, receive_pidfd)
{
	check_receive(_metadata, self, pidfd_open(getpid(), 0), receive,
		      EACCES);
}

TEST_F(path, receive_jail)
{
	struct jail_args args = self->w.args;

	args.addrs = 0;
	args.naddrs = 0;
	check_receive(_metadata, self, jail(&args, sizeof(args), JAIL_NO_ENTER),
		      receive, EACCES);
}

/* D2: a node below the root, which the jail cannot open, but the host can. */
TEST_F(path, receive_inner_device)
{
	char path[64];

	make_node(_metadata, &self->w, "/dev/kmsg", S_IFCHR, 1, 11);
	snprintf(path, sizeof(path), "%s/dev/kmsg", self->w.root);
	check_receive(_metadata, self, open(path, O_RDWR | O_CLOEXEC), receive,
		      EACCES);
}

/* I2: it has no place below any root. */
TEST_F(path, receive_message_queue)
{
	const int fd = syscall(__NR_mq_open, "jail-receive",
			       O_RDWR | O_CREAT | O_CLOEXEC, 0600, NULL);

	ASSERT_EQ(0, syscall(__NR_mq_unlink, "jail-receive"));
	check_receive(_metadata, self, fd, receive, EACCES);
}

/* What is below the root, or nowhere, may come in. */
TEST_F(path, receive_harmless)
{
	char path[64];
	int fd, pipes[2];

	snprintf(path, sizeof(path), "%s/sub", self->w.root);
	check_receive(_metadata, self,
		      open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), receive,
		      0);
	snprintf(path, sizeof(path), "%s/tmp/file", self->w.root);
	check_receive(_metadata, self,
		      open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644), receive,
		      0);
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	check_receive(_metadata, self, pipes[0], receive, 0);
	close(pipes[1]);
	fd = syscall(__NR_memfd_create, "jail", MFD_CLOEXEC);
	check_receive(_metadata, self, fd, receive, 0);
}

/* V6: a host file that was open at entry, such as a log on stdout. */

static int make_setuid(void *const arg)
{
	return RESULT(fchmod(*(const int *)arg, 06755));
}

static int change_owner(void *const arg)
{
	return RESULT(fchown(*(const int *)arg, 0, 0));
}

TEST_F(path, inherited_file)
{
	const int fd = open(self->w.secret, O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, in_chroot(&self->w, 0, make_setuid, &fd));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, make_setuid, &fd));
	EXPECT_EQ(0, in_chroot(&self->w, 0, change_owner, &fd));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, change_owner, &fd));
	close(fd);
}

static int set_attribute(void *const arg)
{
	return RESULT(fsetxattr(*(const int *)arg, "trusted.jail", "x", 1, 0));
}

static int set_attribute_by_uring(void *const arg)
{
	static const char name[] = "trusted.jail";
	const struct io_uring_sqe request = {
		.opcode = IORING_OP_FSETXATTR,
		.fd = *(const int *)arg,
		.addr = ptr_to_u64(name),
		.addr2 = ptr_to_u64("x"),
		.len = 1,
	};

	return abs(submit(&request));
}

static int remove_attribute(void *const arg)
{
	const int err = RESULT(fremovexattr(*(const int *)arg, "trusted.jail"));

	return err == ENODATA ? 0 : err;
}

static int set_flags(void *const arg)
{
	int flags;

	if (ioctl(*(const int *)arg, FS_IOC_GETFLAGS, &flags))
		return UNREACHED;
	flags ^= FS_NODUMP_FL;
	return RESULT(ioctl(*(const int *)arg, FS_IOC_SETFLAGS, &flags));
}

static int set_times(void *const arg)
{
	static const struct timespec times[2];

	return RESULT(futimens(*(const int *)arg, times));
}

static int set_flags_and_project(void *const arg)
{
	struct fsxattr attributes;

	if (ioctl(*(const int *)arg, FS_IOC_FSGETXATTR, &attributes))
		return UNREACHED;
	attributes.fsx_xflags ^= FS_XFLAG_NODUMP;
	return RESULT(ioctl(*(const int *)arg, FS_IOC_FSSETXATTR, &attributes));
}

static int set_times_inside(void *const arg)
{
	const int fd = open("/tmp/times", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? UNREACHED : set_times((void *)&fd);
}

/* Files that are verified become read-only for ever, by who may read them. */
static int enable_verity(void *const arg)
{
	const struct fsverity_enable_arg how = { .version = 1 };
	const int err =
		RESULT(ioctl(*(const int *)arg, FS_IOC_ENABLE_VERITY, &how));

	/* The file system was asked, and does not know it. */
	return err == ENOTTY || err == EOPNOTSUPP ? 0 : err;
}

/* An access list is one of the attributes. */
TEST_F(path, inherited_file_attributes)
{
	static const attack_t attacks[] = {
		set_attribute, set_attribute_by_uring, remove_attribute,
		set_flags,     set_flags_and_project,  set_times,
		enable_verity,
	};
	const int fd = open(self->w.secret, O_RDWR | O_CLOEXEC);
	size_t i;

	ASSERT_LE(0, fd);
	allow_everything(&self->w);
	for (i = 0; i < ARRAY_SIZE(attacks); i++) {
		EXPECT_EQ(0, in_chroot(&self->w, 0, attacks[i], &fd));
		EXPECT_EQ(EPERM, in_jail(&self->w, 0, attacks[i], &fd));
	}
	/* What is below the root has the same file system. */
	EXPECT_EQ(0, in_jail(&self->w, 0, set_times_inside, NULL));
	close(fd);
}

/* V4: an empty path on such a file. */

static int chmod_empty_path(void *const arg)
{
	return RESULT(syscall(__NR_fchmodat2, *(const int *)arg, "", 06755,
			      AT_EMPTY_PATH));
}

static int link_empty_path(void *const arg)
{
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", *(const int *)arg);
	err = RESULT(
		linkat(AT_FDCWD, path, AT_FDCWD, "/linked", AT_SYMLINK_FOLLOW));
	if (!err)
		unlink("/linked");
	return err;
}

TEST_F(path, inherited_file_empty_path)
{
	const int fd = open(self->w.secret, O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, in_chroot(&self->w, 0, chmod_empty_path, &fd));
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, chmod_empty_path, &fd));
	/* V13 */
	EXPECT_EQ(0, in_chroot(&self->w, 0, link_empty_path, &fd));
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, link_empty_path, &fd));
	close(fd);
}

/* V8: a file by its number. */

struct handle {
	struct file_handle handle;
	unsigned char bytes[128];
};

static struct handle secret_handle;

static int open_handle(void *const arg)
{
	const int mount_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (mount_fd < 0)
		return UNREACHED;
	fd = open_by_handle_at(mount_fd, &secret_handle.handle, O_RDONLY);
	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(path, file_handle)
{
	int mount_id;

	secret_handle.handle.handle_bytes = sizeof(secret_handle.bytes);
	ASSERT_EQ(0, name_to_handle_at(AT_FDCWD, self->w.secret,
				       &secret_handle.handle, &mount_id, 0));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, open_handle, NULL));
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, open_handle, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, open_handle, NULL));
}

/* A symbolic link with an absolute target stays below the root. */

static int follow_link(void *const arg)
{
	const struct world *const w = arg;

	unlink("/tmp/link");
	if (symlink(w->secret, "/tmp/link"))
		return UNREACHED;
	return reach_secret(AT_FDCWD, "/tmp/link");
}

TEST_F(path, symbolic_link)
{
	EXPECT_EQ(0, on_host(&self->w, 0, follow_link, &self->w));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, follow_link, &self->w));
	unlink("/tmp/link");
}

/* Inside, `..` is what it always was. */

static int walk_inside(void *const arg)
{
	struct stat a, b;
	int fd;

	fd = open("/sub/inner/deep", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstatat(fd, "../../..", &a, 0) || stat("/", &b) ||
	    a.st_ino != b.st_ino)
		return ENOENT;
	if (chdir("/sub/inner/deep") || chdir("../..") || stat(".", &a) ||
	    stat("/sub", &b) || a.st_ino != b.st_ino)
		return ENOTDIR;
	if (stat("/../../sub/../proc/../sub", &a) || a.st_ino != b.st_ino)
		return EXDEV;
	return chroot("/sub") || chdir("/inner/..") || stat(".", &a) ||
			       a.st_ino != b.st_ino ?
		       EPERM :
		       0;
}

TEST_F(path, inside)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, walk_inside, NULL));
	EXPECT_EQ(0, in_jail(&self->w, 0, walk_inside, NULL));
}

TEST_HARNESS_MAIN
