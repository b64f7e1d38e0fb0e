// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Communication between processes, and the host name
 */

#define _GNU_SOURCE
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/utsname.h>

#include "race.h"

#define KEY 0x6a61696c

FIXTURE(ipc)
{
	struct world w;
	int shm, sem, msg;
};

/*
 * @own: The jail has objects of its own, and so a namespace of its own; else it
 *       has the empty one that a jail begins with.
 */
FIXTURE_VARIANT(ipc)
{
	uid_t uid;
	bool own;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(ipc, root) {
	/* clang-format on */
	.uid = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(ipc, user) {
	/* clang-format on */
	.uid = UID_USER,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(ipc, root_own) {
	/* clang-format on */
	.uid = 0,
	.own = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(ipc, user_own) {
	/* clang-format on */
	.uid = UID_USER,
	.own = true,
};

FIXTURE_SETUP(ipc)
{
	make_world(_metadata, &self->w);
	self->shm = shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0666);
	self->sem = semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0666);
	self->msg = msgget(KEY, IPC_CREAT | IPC_EXCL | 0666);
	ASSERT_LE(0, self->shm);
	ASSERT_LE(0, self->sem);
	ASSERT_LE(0, self->msg);
}

FIXTURE_TEARDOWN(ipc)
{
	shmctl(self->shm, IPC_RMID, NULL);
	semctl(self->sem, 0, IPC_RMID);
	msgctl(self->msg, IPC_RMID, NULL);
	remove_world(&self->w);
}

static attack_t second;

static int own_first(void *const arg)
{
	const int id = semget(IPC_PRIVATE, 1, 0600);

	return id < 0 || semctl(id, 0, IPC_RMID) ? UNREACHED : second(arg);
}

/* An attack from a jail as the variant says. */
static int inside(struct __test_metadata *const _metadata,
		  const struct _test_data_ipc *const self,
		  const struct _fixture_variant_ipc *const variant,
		  const attack_t attack, void *const arg)
{
	second = attack;
	return in_jail(&self->w, variant->uid,
		       variant->own ? own_first : attack, arg);
}

/* I1: by key and by number. */

static int find_shm(void *const arg)
{
	return RESULT(shmget(KEY, 0, 0));
}

static int attach_shm(void *const arg)
{
	return shmat(*(const int *)arg, NULL, 0) == (void *)-1 ? errno : 0;
}

static int find_sem(void *const arg)
{
	return RESULT(semget(KEY, 0, 0));
}

static int change_sem(void *const arg)
{
	return RESULT(semctl(*(const int *)arg, 0, SETVAL, 1));
}

static int find_msg(void *const arg)
{
	return RESULT(msgget(KEY, 0));
}

static int send_msg(void *const arg)
{
	const struct {
		long type;
		char text[1];
	} message = { 1, "x" };

	return RESULT(msgsnd(*(const int *)arg, &message, 1, IPC_NOWAIT));
}

TEST_F(ipc, shared_memory)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, find_shm, NULL));
	EXPECT_EQ(ENOENT, inside(_metadata, self, variant, find_shm, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, attach_shm, &self->shm));
	EXPECT_EQ(EINVAL,
		  inside(_metadata, self, variant, attach_shm, &self->shm));
}

TEST_F(ipc, semaphores)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, find_sem, NULL));
	EXPECT_EQ(ENOENT, inside(_metadata, self, variant, find_sem, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, change_sem, &self->sem));
	EXPECT_EQ(EINVAL,
		  inside(_metadata, self, variant, change_sem, &self->sem));
}

TEST_F(ipc, messages)
{
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, find_msg, NULL));
	EXPECT_EQ(ENOENT, inside(_metadata, self, variant, find_msg, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, send_msg, &self->msg));
	EXPECT_EQ(EINVAL,
		  inside(_metadata, self, variant, send_msg, &self->msg));
}

static int use_own(void *const arg)
{
	const int shm = shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600);

	if (shm < 0)
		return errno;
	return shmat(shm, NULL, 0) == (void *)-1 ? errno : 0;
}

/* The same key is another segment inside. */
TEST_F(ipc, own_shared_memory)
{
	EXPECT_EQ(EEXIST, in_chroot(&self->w, variant->uid, use_own, NULL));
	EXPECT_EQ(0, inside(_metadata, self, variant, use_own, NULL));
	/* It went with its jail. */
	EXPECT_EQ(0, inside(_metadata, self, variant, use_own, NULL));
}

/* A segment that was attached at entry. */
static int use_attached(void *const arg)
{
	return RESULT(shmctl(*(const int *)arg, IPC_RMID, NULL));
}

TEST_F(ipc, remove_attached)
{
	void *const at = shmat(self->shm, NULL, 0);

	ASSERT_NE((void *)-1, at);
	EXPECT_EQ(EINVAL,
		  inside(_metadata, self, variant, use_attached, &self->shm));
	/* Only its owner may. */
	EXPECT_EQ(variant->uid ? EPERM : 0,
		  in_chroot(&self->w, variant->uid, use_attached, &self->shm));
	shmdt(at);
}

/* I2: POSIX message queues. */

static int open_queue(void *const arg)
{
	const int fd = syscall(__NR_mq_open, "jail-test", O_RDWR, 0, NULL);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(ipc, queue)
{
	const int fd = syscall(__NR_mq_open, "jail-test",
			       O_RDWR | O_CREAT | O_CLOEXEC, 0666, NULL);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fchmod(fd, 0666));
	close(fd);
	EXPECT_EQ(0, in_chroot(&self->w, variant->uid, open_queue, NULL));
	EXPECT_EQ(ENOENT, inside(_metadata, self, variant, open_queue, NULL));
	EXPECT_EQ(0, syscall(__NR_mq_unlink, "jail-test"));
}

/* I3: POSIX shared memory is files, in a file system of each jail's own. */

#define SEGMENT "/dev/shm/jail-test"

static int open_segment(void *const arg)
{
	const int fd = open(SEGMENT, O_RDWR | O_CLOEXEC);

	return fd < 0 ? errno : RESULT(close(fd));
}

static int make_segment(void *const arg)
{
	const int fd =
		open(SEGMENT, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(ipc, posix_shared_memory)
{
	struct stat st;

	ASSERT_EQ(0, mount("jail", "/dev/shm", "tmpfs", 0, "mode=1777"));
	make_dir(_metadata, &self->w, "/dev/shm", 01777);
	make_mount(_metadata, &self->w, "/dev/shm", "tmpfs", "mode=1777");
	ASSERT_EQ(0, make_segment(NULL));
	ASSERT_EQ(0, chmod(SEGMENT, 0666));
	EXPECT_EQ(0, on_host(&self->w, variant->uid, open_segment, NULL));
	EXPECT_EQ(ENOENT, in_jail(&self->w, variant->uid, open_segment, NULL));
	/* Nor does the host get to see those of the jail. */
	ASSERT_EQ(0, unlink(SEGMENT));
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, make_segment, NULL));
	EXPECT_EQ(-1, stat(SEGMENT, &st));
	EXPECT_EQ(0, on_host(&self->w, variant->uid, make_segment, NULL));
	EXPECT_EQ(0, stat(SEGMENT, &st));
}

/* I4: the name of the host. */

static int set_name(void *const arg)
{
	return RESULT(sethostname("attacked", 8));
}

static int set_domain(void *const arg)
{
	return RESULT(setdomainname("attacked", 8));
}

static int compare_name(void *const arg)
{
	struct utsname name;

	return uname(&name) || strcmp(name.nodename, arg) ? ENOENT : 0;
}

TEST_F(ipc, hostname)
{
	char before[65] = "", after[65] = "";

	ASSERT_EQ(0, sethostname("host", 4));
	ASSERT_EQ(0, gethostname(before, sizeof(before) - 1));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, set_name, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, set_domain, NULL));
	/* That of the host, which the jail shows, is not its own. */
	allow_everything(&self->w);
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, set_name, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, variant->uid, set_domain, NULL));
	if (!variant->uid) {
		self->w.args.hostname = ptr_to_u64("inmate");
		EXPECT_EQ(0, in_jail(&self->w, 0, set_name, NULL));
		EXPECT_EQ(0, in_jail(&self->w, 0, set_domain, NULL));
	}
	ASSERT_EQ(0, gethostname(after, sizeof(after) - 1));
	EXPECT_STREQ(before, after);
	if (!variant->uid) {
		EXPECT_EQ(0, in_chroot(&self->w, 0, set_domain, NULL));
		EXPECT_EQ(0, in_chroot(&self->w, 0, set_name, NULL));
		ASSERT_EQ(0, gethostname(after, sizeof(after) - 1));
		EXPECT_STREQ("attacked", after);
	}
}

TEST_F(ipc, own_hostname)
{
	ASSERT_EQ(0, sethostname("host", 4));
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, compare_name, "host"));
	self->w.args.hostname = ptr_to_u64("inmate.example.org");
	EXPECT_EQ(0, in_jail(&self->w, variant->uid, compare_name,
			     "inmate.example.org"));
	EXPECT_EQ(0, on_host(&self->w, variant->uid, compare_name, "host"));
}

/* Jails begin with one empty IPC namespace, which none of them can fill. */

#define LAZY_KEY (KEY + 1)
#define LAZY_QUEUE "jail-lazy"

FIXTURE(lazy)
{
	struct world w, other;
};

FIXTURE_SETUP(lazy)
{
	struct world *const other = &self->other;

	make_world(_metadata, &self->w);
	*other = self->w;
	set_addr(&other->addr, ADDR_OTHER);
	other->args.addrs = ptr_to_u64(&other->addr);
	other->shared = mmap(NULL, sizeof(*other->shared),
			     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			     -1, 0);
	ASSERT_NE(MAP_FAILED, other->shared);
}

FIXTURE_TEARDOWN(lazy)
{
	remove_world(&self->w);
}

/* Each of them has a wall of its own. */
enum kind { SHM, SEM, MSG, QUEUE, KINDS };

static enum kind kind;

/* Makes what does not exist, or finds what does. */
static int reach(const int flags)
{
	int queue;

	switch (kind) {
	case SHM:
		return RESULT(shmget(LAZY_KEY, flags ? 4096 : 0, flags | 0600));
	case SEM:
		return RESULT(semget(LAZY_KEY, 1, flags | 0600));
	case MSG:
		return RESULT(msgget(LAZY_KEY, flags | 0600));
	default:
		queue = syscall(__NR_mq_open, LAZY_QUEUE,
				O_RDWR | (flags & IPC_CREAT ? O_CREAT : 0) |
					(flags & IPC_EXCL ? O_EXCL : 0),
				0600, NULL);
		return queue < 0 ? errno : RESULT(close(queue));
	}
}

static void unmake(void)
{
	syscall(__NR_mq_unlink, LAZY_QUEUE);
	shmctl(shmget(LAZY_KEY, 0, 0), IPC_RMID, NULL);
	semctl(semget(LAZY_KEY, 0, 0), 0, IPC_RMID);
	msgctl(msgget(LAZY_KEY, 0), IPC_RMID, NULL);
}

/* How far an inmate has come, and may go. */
enum { STARTED, MADE, MAY_MAKE, MAY_END };

static int make_when_told(void *const arg)
{
	struct shared *const shared = arg;

	poke(&shared->values[0], STARTED);
	if (await(&shared->values[1], PENDING) != MAY_MAKE)
		return UNREACHED;
	if (reach(IPC_CREAT | IPC_EXCL) || reach(0))
		return UNREACHED;
	poke(&shared->values[0], MADE);
	return await(&shared->values[1], MAY_MAKE) == MAY_END ? 0 : UNREACHED;
}

static struct runner start_maker(struct __test_metadata *const _metadata,
				 const struct world *const w,
				 const enum place place)
{
	struct runner runner;

	w->shared->values[0] = PENDING;
	w->shared->values[1] = PENDING;
	runner = start(_metadata, w, place, 0, make_when_told, w->shared);
	EXPECT_EQ(STARTED, await(&w->shared->values[0], PENDING));
	return runner;
}

static void let_make(struct __test_metadata *const _metadata,
		     const struct world *const w)
{
	poke(&w->shared->values[1], MAY_MAKE);
	EXPECT_EQ(MADE, await(&w->shared->values[0], STARTED));
}

static void let_end(struct __test_metadata *const _metadata,
		    const struct world *const w,
		    const struct runner *const runner)
{
	poke(&w->shared->values[1], MAY_END);
	EXPECT_EQ(0, finish(_metadata, w, runner));
}

static int find(void *const arg)
{
	return reach(0);
}

static void check_objects(struct __test_metadata *const _metadata,
			  const struct world *const w,
			  const struct world *const other)
{
	struct runner runner;

	runner = start_maker(_metadata, w, HOST);
	EXPECT_EQ(ENOENT, in_chroot(other, 0, find, NULL));
	let_make(_metadata, w);
	EXPECT_EQ(0, in_chroot(other, 0, find, NULL));
	unmake();
	let_end(_metadata, w, &runner);

	/* No jail can be entered with a descriptor of another one. */
	runner = start_maker(_metadata, w, JAIL);
	close(runner.jailfd);
	let_make(_metadata, w);
	EXPECT_EQ(ENOENT, in_jail(other, 0, find, NULL));
	EXPECT_EQ(ENOENT, on_host(other, 0, find, NULL));
	runner.jailfd = jail_open(w->shared->jid, 0);
	let_end(_metadata, w, &runner);
}

TEST_F(lazy, objects_of_another_jail)
{
	for (kind = SHM; kind < KINDS; kind++)
		check_objects(_metadata, &self->w, &self->other);
}

/* A child of the first task made the namespace that all of them have then. */
static int share_with_child(void *const arg)
{
	int status;
	const pid_t pid = fork();

	if (pid == 0)
		_exit(reach(IPC_CREAT | IPC_EXCL) ? 1 : 0);
	if (waitpid(pid, &status, 0) != pid || status)
		return UNREACHED;
	return reach(0);
}

TEST_F(lazy, objects_of_a_child)
{
	EXPECT_EQ(0, on_host(&self->w, 0, share_with_child, NULL));
	unmake();
	EXPECT_EQ(0, in_jail(&self->w, 0, share_with_child, NULL));
	/* They went with their jail. */
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, find, NULL));
}

#define RACERS 4

/* All make the namespace at once, and must have made one. */
static int race_to_be_first(void *const arg)
{
	struct sembuf one = { .sem_op = 1 };
	int *const ready = arg;
	pid_t pids[RACERS];
	int i, status;

	*ready = 0;
	for (i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			__atomic_add_fetch(ready, 1, __ATOMIC_SEQ_CST);
			while (peek(ready) < RACERS)
				sched_yield();
			_exit(semop(semget(LAZY_KEY, 1, IPC_CREAT | 0600), &one,
				    1) ?
				      1 :
				      0);
		}
	}
	for (i = 0; i < RACERS; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			return UNREACHED;
	return semctl(semget(LAZY_KEY, 1, 0), 0, GETVAL);
}

TEST_F_TIMEOUT(lazy, race_to_be_first, RACE_TIMEOUT)
{
	const int rounds = count_rounds() / 10;
	int i;

	for (i = 0; i < rounds; i++)
		ASSERT_EQ(RACERS, in_jail(&self->w, 0, race_to_be_first,
					  &self->w.shared->values[2]));
}

static int enter_ipc_of(void *const arg)
{
	char path[48];
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%d/ns/ipc", *(const pid_t *)arg);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return UNREACHED;
	err = RESULT(setns(fd, CLONE_NEWIPC));
	close(fd);
	return err ?: find(NULL);
}

/* Somebody in it could fill it. */
TEST_F(lazy, entry_from_outside)
{
	const struct world *const w = &self->w;
	const struct runner runner = start_maker(_metadata, w, JAIL);

	EXPECT_EQ(EINVAL, on_host(&self->other, 0, enter_ipc_of, &runner.pid));
	let_make(_metadata, w);
	EXPECT_EQ(0, on_host(&self->other, 0, enter_ipc_of, &runner.pid));
	let_end(_metadata, w, &runner);
}

TEST_HARNESS_MAIN
