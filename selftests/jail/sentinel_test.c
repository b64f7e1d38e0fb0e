// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - What must never change
 *
 * Sentinels are processes and files of the host with known properties.  They
 * are looked at before and after other tests ran:
 *
 *	sentinel_test --around NAME COMMAND...
 *
 * and whatever an attack in a jail changed of them shows.  Here is also tested
 * that each change would be seen.
 */

#define _GNU_SOURCE
#include <linux/ioprio.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/xattr.h>

#include "common.h"

/* Where control groups are, if they are. */
#define GROUPS "/sys/fs/cgroup"

/* Lines "property: value". */
struct report {
	char text[8192];
	size_t size;
};

struct watched {
	pid_t pids[2];
	char folder[32];
};

/* In the memory of each process. */
static char canary[] = "tweet";

static void add_line(struct report *const report, const char *const format, ...)
{
	const size_t left = sizeof(report->text) - report->size;
	va_list list;

	va_start(list, format);
	report->size +=
		vsnprintf(report->text + report->size, left, format, list);
	va_end(list);
	if (report->size > sizeof(report->text) - 1)
		report->size = sizeof(report->text) - 1;
}

/* The lines of a file with a name of @names, or all if there are none. */
static void add_file(struct report *const report, const pid_t pid,
		     const char *const file, const char *const names)
{
	char path[64], text[4096], *line, *rest = text;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (read_file(path, text, sizeof(text)))
		snprintf(text, sizeof(text), "gone");
	while ((line = strsep(&rest, "\n"))) {
		char name[32] = " ";

		snprintf(name + 1, sizeof(name) - 2, "%.*s",
			 (int)strcspn(line, ":"), line);
		strcat(name, " ");
		if (!names || strstr(names, name))
			add_line(report, "%s %s\n", file, line);
	}
}

static void add_link(struct report *const report, const pid_t pid,
		     const char *const name)
{
	char path[64], target[128] = "gone";
	ssize_t size;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	size = readlink(path, target, sizeof(target) - 1);
	if (size > 0)
		target[size] = '\0';
	add_line(report, "%s: %s\n", name, target);
}

static void report_process(struct report *const report, const pid_t pid)
{
	char copy[sizeof(canary)] = "";
	const struct iovec local = { copy, sizeof(copy) };
	const struct iovec remote = { canary, sizeof(canary) };
	struct sched_param param = {};

	report->size = 0;
	add_line(report, "nice: %d\n", getpriority(PRIO_PROCESS, pid));
	add_line(report, "ioprio: %ld\n",
		 syscall(__NR_ioprio_get, IOPRIO_WHO_PROCESS, pid));
	add_line(report, "policy: %d\n", sched_getscheduler(pid));
	sched_getparam(pid, &param);
	add_line(report, "priority: %d\n", param.sched_priority);
	add_line(report, "group: %d\nsession: %d\n", getpgid(pid), getsid(pid));
	process_vm_readv(pid, &local, 1, &remote, 1, 0);
	add_line(report, "memory: %s\n", copy);
	add_file(report, pid, "status",
		 " Name Umask State Tgid Pid PPid TracerPid Uid Gid Groups "
		 "Threads SigPnd ShdPnd SigBlk SigIgn SigCgt CapInh CapPrm "
		 "CapEff CapBnd CapAmb NoNewPrivs Seccomp Cpus_allowed Jid ");
	add_file(report, pid, "limits", NULL);
	add_file(report, pid, "oom_score_adj", NULL);
	add_file(report, pid, "coredump_filter", NULL);
	add_file(report, pid, "timerslack_ns", NULL);
	add_file(report, pid, "cgroup", NULL);
	add_link(report, pid, "exe");
	add_link(report, pid, "cwd");
	add_link(report, pid, "root");
	add_link(report, pid, "fd/0");
	add_link(report, pid, "ns/mnt");
	add_link(report, pid, "ns/ipc");
	add_link(report, pid, "ns/uts");
}

static const char *const names[] = { "", "/root", "/user", "/link" };

static void report_files(struct report *const report, const char *const folder)
{
	size_t i;

	report->size = 0;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		char path[64], text[64] = "";
		struct stat st = {};

		snprintf(path, sizeof(path), "%s%s", folder, names[i]);
		/* The time of the last change tells of those not listed. */
		add_line(report, "file%s status: %d\n", names[i],
			 RESULT(lstat(path, &st)));
		add_line(report, "file%s mode: %o\n", names[i], st.st_mode);
		add_line(report, "file%s owner: %u %u\n", names[i], st.st_uid,
			 st.st_gid);
		add_line(report, "file%s inode: %lu\n", names[i], st.st_ino);
		add_line(report, "file%s links: %lu\n", names[i], st.st_nlink);
		add_line(report, "file%s times: %ld.%ld %ld.%ld\n", names[i],
			 st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
			 st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
		if (S_ISREG(st.st_mode))
			read_file(path, text, sizeof(text));
		else if (S_ISLNK(st.st_mode) &&
			 readlink(path, text, sizeof(text) - 1) < 0)
			text[0] = '\0';
		add_line(report, "file%s content: %s\n", names[i], text);
		text[0] = '\0';
		add_line(report, "file%s attributes: %zd\n", names[i],
			 llistxattr(path, NULL, 0));
	}
}

/* Joins a control group of its own, where there are any. */
static void join_group(const uid_t uid)
{
	char path[64], file[96], pid[16];

	snprintf(path, sizeof(path), GROUPS "/sentinel.%u", uid);
	mkdir(path, 0755);
	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	snprintf(pid, sizeof(pid), "%d", getpid());
	write_file(file, pid);
}

static int take_properties(const uid_t uid)
{
	const struct rlimit limit = { 123, 456 };
	const int level = uid ? 3 : -3;
	struct sched_param param = {};
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	join_group(uid);
	if (setsid() < 0 || detach_streams() ||
	    sched_setscheduler(0, SCHED_BATCH, &param) ||
	    setpriority(PRIO_PROCESS, 0, level) ||
	    syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS, 0,
		    IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 2)) ||
	    sched_setaffinity(0, sizeof(first), &first) ||
	    setrlimit(RLIMIT_NOFILE, &limit) ||
	    write_file("/proc/self/oom_score_adj", uid ? "321" : "-321") ||
	    prctl(PR_SET_NAME, uid ? "user sentinel" : "root sentinel"))
		return -1;
	syscall(__NR_close_range, 4, ~0U, 0);
	/* Not become(): it must not look like a task of the tests. */
	if (uid && (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
		    setresuid(uid, uid, uid)))
		return -1;
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) ||
			       prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ?
		       -1 :
		       0;
}

static pid_t start_process(const uid_t uid)
{
	int ready[2];
	pid_t pid;

	if (pipe(ready))
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(ready[1], 3);
		if (take_properties(uid) || !tell(3))
			_exit(1);
		close(3);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (pid > 0 && !hear(ready[0]))
		pid = -1;
	/* Closed by the process: it is about to sleep for ever. */
	hear(ready[0]);
	close(ready[0]);
	return pid;
}

static int make_file(const char *const folder, const char *const name,
		     const uid_t uid, const mode_t mode)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, name, strlen(name)) < 0 ||
	    fchown(fd, uid, uid) || fchmod(fd, mode))
		return -1;
	return close(fd);
}

static bool asleep(const pid_t pid)
{
	struct report report;
	int i;

	for (i = 0; i < PATIENCE; i++) {
		report_process(&report, pid);
		if (strstr(report.text, "State:\tS"))
			return true;
		usleep(1000);
	}
	return false;
}

static bool start_watched(struct watched *const watched)
{
	char link[64];

	snprintf(watched->folder, sizeof(watched->folder),
		 "/tmp/sentinel.XXXXXX");
	if (!mkdtemp(watched->folder) || chmod(watched->folder, 0755) ||
	    make_file(watched->folder, "/root", 0, 0600) ||
	    make_file(watched->folder, "/user", UID_USER, 0640))
		return false;
	snprintf(link, sizeof(link), "%s/link", watched->folder);
	if (symlink("root", link))
		return false;
	watched->pids[0] = start_process(0);
	watched->pids[1] = start_process(UID_USER);
	return watched->pids[0] > 0 && watched->pids[1] > 0 &&
	       asleep(watched->pids[0]) && asleep(watched->pids[1]);
}

static void stop_watched(const struct watched *const watched)
{
	char path[64];
	size_t i;

	end_child(watched->pids[0]);
	end_child(watched->pids[1]);
	for (i = ARRAY_SIZE(names); i--;) {
		snprintf(path, sizeof(path), "%s%s", watched->folder, names[i]);
		if (remove(path))
			fprintf(stderr, "# %s: %s\n", path, strerror(errno));
	}
	snprintf(path, sizeof(path), GROUPS "/sentinel.%u", 0);
	rmdir(path);
	snprintf(path, sizeof(path), GROUPS "/sentinel.%u", UID_USER);
	rmdir(path);
}

#define REPORTS 3

static const char *const report_names[REPORTS] = { "root", "user", "files" };

static void take_reports(struct report *const reports,
			 const struct watched *const watched)
{
	report_process(&reports[0], watched->pids[0]);
	report_process(&reports[1], watched->pids[1]);
	report_files(&reports[2], watched->folder);
}

/* The first line of @before that is another one in @after, or NULL. */
static const char *changed_line(const struct report *const before,
				const struct report *const after)
{
	static char line[256];
	size_t i, start = 0;

	for (i = 0; i < before->size && before->text[i] == after->text[i]; i++)
		if (before->text[i] == '\n')
			start = i + 1;
	if (i == before->size && i == after->size)
		return NULL;
	snprintf(line, sizeof(line), "%.*s",
		 (int)strcspn(before->text + start, "\n"),
		 before->text + start);
	return line;
}

/* Watches a command, and tells in KTAP which of the sentinels it changed. */
static int around(const char *const name, char *const *const argv)
{
	static struct report before[REPORTS], after[REPORTS];
	struct watched watched = {};
	int status = 0, failed = 0, i;
	const char *line;
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	if (!start_watched(&watched)) {
		fprintf(stderr, "sentinel: cannot be set up: %m\n");
		return 1;
	}
	take_reports(before, &watched);
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	take_reports(after, &watched);
	printf("### ktap sentinel\nTAP version 13\n1..%d\n", REPORTS);
	for (i = 0; i < REPORTS; i++) {
		line = changed_line(&before[i], &after[i]);
		if (line)
			printf("# was %s\n", line);
		printf("%sok %d after.%s.%s\n", line ? "not " : "", i + 1, name,
		       report_names[i]);
		failed |= !!line;
	}
	printf("### exit %d\n", failed);
	fflush(stdout);
	stop_watched(&watched);
	return failed ? 1 : WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

__attribute__((constructor)) static void start_around(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "--around"))
		_exit(around(argv[2], argv + 3));
}

/* Each change shows. */

FIXTURE(change)
{
	struct watched watched;
	struct report before[REPORTS], after[REPORTS];
};

FIXTURE_VARIANT(change)
{
	int (*make)(const struct watched *watched);
	/* Whose report tells of it, and how the line begins. */
	int report;
	const char *line;
};

static int change_nice(const struct watched *const watched)
{
	return setpriority(PRIO_PROCESS, watched->pids[1], 4);
}

static int change_ioprio(const struct watched *const watched)
{
	return syscall(__NR_ioprio_set, IOPRIO_WHO_PROCESS, watched->pids[1],
		       IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3));
}

static int change_policy(const struct watched *const watched)
{
	const struct sched_param param = {};

	return sched_setscheduler(watched->pids[0], SCHED_OTHER, &param);
}

static int change_affinity(const struct watched *const watched)
{
	cpu_set_t second;

	CPU_ZERO(&second);
	CPU_SET(1, &second);
	return sched_setaffinity(watched->pids[1], sizeof(second), &second);
}

static int change_limit(const struct watched *const watched)
{
	const struct rlimit limit = { 122, 456 };

	return prlimit(watched->pids[1], RLIMIT_NOFILE, &limit, NULL);
}

static int change_oom_score(const struct watched *const watched)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj",
		 watched->pids[1]);
	return write_file(path, "322") ? -1 : 0;
}

static int change_group(const struct watched *const watched)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", watched->pids[1]);
	return write_file(GROUPS "/cgroup.procs", pid) ? -1 : 0;
}

static int change_memory(const struct watched *const watched)
{
	char other[] = "shout";
	const struct iovec local = { other, sizeof(other) };
	const struct iovec remote = { canary, sizeof(canary) };

	return process_vm_writev(watched->pids[1], &local, 1, &remote, 1, 0) ==
			       sizeof(other) ?
		       0 :
		       -1;
}

static int change_signals(const struct watched *const watched)
{
	int i;

	if (kill(watched->pids[0], SIGSTOP))
		return -1;
	for (i = 0; i < PATIENCE; i++) {
		struct report report;

		report_process(&report, watched->pids[0]);
		if (strstr(report.text, "State:\tT"))
			return 0;
		usleep(1000);
	}
	return -1;
}

static int change_life(const struct watched *const watched)
{
	siginfo_t info;

	/* Stays a zombie. */
	return kill(watched->pids[0], SIGKILL) ||
	       waitid(P_PID, watched->pids[0], &info, WEXITED | WNOWAIT);
}

static void path_of(char *const path, const struct watched *const watched,
		    const char *const name)
{
	snprintf(path, 64, "%s%s", watched->folder, name);
}

static int change_mode(const struct watched *const watched)
{
	char path[64];

	path_of(path, watched, "/root");
	return chmod(path, 04600);
}

static int change_owner(const struct watched *const watched)
{
	char path[64];

	path_of(path, watched, "/root");
	return chown(path, UID_USER, -1);
}

static int change_content(const struct watched *const watched)
{
	char path[64];

	path_of(path, watched, "/user");
	return write_file(path, "/USER") ? -1 : 0;
}

static int change_attributes(const struct watched *const watched)
{
	char path[64];

	path_of(path, watched, "/root");
	return setxattr(path, "trusted.jail", "x", 1, 0);
}

static int change_link(const struct watched *const watched)
{
	char path[64];

	path_of(path, watched, "/link");
	return remove(path) || symlink("user", path);
}

static int change_nothing(const struct watched *const watched)
{
	return 0;
}

#define CHANGE(name, number, text)                                     \
	/* clang-format off */                 \
	FIXTURE_VARIANT_ADD(change, name) {                       \
		/* clang-format on */                                  \
		.make = change_##name, .report = number, .line = text, \
	}

CHANGE(nothing, 0, NULL);
CHANGE(nice, 1, "nice");
CHANGE(ioprio, 1, "ioprio");
CHANGE(policy, 0, "policy");
CHANGE(affinity, 1, "status Cpus_allowed");
CHANGE(limit, 1, "limits Max open files");
CHANGE(oom_score, 1, "oom_score_adj");
CHANGE(group, 1, "cgroup");
CHANGE(memory, 1, "memory");
CHANGE(signals, 0, "status State");
CHANGE(life, 0, "ioprio");
CHANGE(mode, 2, "file/root mode");
CHANGE(owner, 2, "file/root owner");
/* The times first, unless the clock has not moved since they were made. */
CHANGE(content, 2, "file/user ");
CHANGE(attributes, 2, "file/root ");
CHANGE(link, 2, "file");

FIXTURE_SETUP(change)
{
	ASSERT_TRUE(start_watched(&self->watched));
	take_reports(self->before, &self->watched);
}

FIXTURE_TEARDOWN(change)
{
	stop_watched(&self->watched);
}

TEST_F(change, shows)
{
	int i;

	ASSERT_EQ(0, variant->make(&self->watched));
	take_reports(self->after, &self->watched);
	for (i = 0; i < REPORTS; i++) {
		const char *const line =
			changed_line(&self->before[i], &self->after[i]);

		if (i != variant->report || !variant->line) {
			EXPECT_EQ(NULL, line)
			{
				TH_LOG("%s: %s", report_names[i], line);
			}
			continue;
		}
		ASSERT_NE(NULL, line);
		EXPECT_EQ(0,
			  strncmp(line, variant->line, strlen(variant->line)))
		{
			TH_LOG("%s", line);
		}
	}
}

TEST_HARNESS_MAIN
