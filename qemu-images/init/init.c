// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first process of a guest.
 *
 * Mounts what a Linux system has, gives the network its test addresses, runs
 * /guest/command with sh as root, and reports through named virtio-serial
 * ports, as the console belongs to the kernel's messages:
 *
 *   jail.output  what the command prints
 *   jail.status  the command's exit status, as a line "exit N"
 *   jail.dmesg   the whole kernel log
 *
 * Where /guest/shell exists, an interactive shell on the console runs in place
 * of the command.
 *
 * In a guest with a disk, whose first process is another one, it is a service
 * that does the second half of this: its argument is the folder in the place of
 * /guest.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/reboot.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void write_all(const int fd, const char *text, size_t size)
{
	while (size) {
		const ssize_t n = write(fd, text, size);

		if (n <= 0)
			return;
		text += n;
		size -= n;
	}
}

/* Not dprintf(3): it seeks first, which /dev/kmsg refuses. */
static void message(const char *const format, ...)
{
	char text[512] = "<3>guest: ";
	const size_t head = strlen(text);
	const int error = errno;
	va_list list;
	int fd;

	va_start(list, format);
	errno = error;
	vsnprintf(text + head, sizeof(text) - head - 1, format, list);
	va_end(list);
	strcat(text, "\n");
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	write_all(fd < 0 ? STDERR_FILENO : fd, text, strlen(text));
	if (fd >= 0)
		close(fd);
}

static void mount_at(const char *const type, const char *const target,
		     const unsigned long flags, const char *const options)
{
	mkdir(target, 0755);
	if (mount(type, target, type, flags, options))
		message("mount %s on %s: %m", type, target);
}

/*
 * A task whose root is the initial rootfs cannot pivot_root(2).  A bind mount
 * of the same files on top of it is a root like that of any system.
 */
static void leave_rootfs(void)
{
	if (mount("/", "/root", NULL, MS_BIND, NULL) || chdir("/root") ||
	    mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		message("new root: %m");
}

static void write_file(const char *const path, const char *const text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		message("write %s: %m", path);
	close(fd);
}

static void mount_all(void)
{
	leave_rootfs();
	mount_at("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
	mount_at("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_at("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_at("securityfs", "/sys/kernel/security",
		 MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_at("cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		 NULL);
	write_file("/sys/fs/cgroup/cgroup.subtree_control",
		   "+memory +pids +cpu");
	if (!access("/sys/kernel/debug", F_OK))
		mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount_at("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
		 "mode=0620,gid=5,ptmxmode=0666");
	mount_at("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
	mount_at("mqueue", "/dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		 NULL);
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
	/* Debian's own switch; the unjailed controls need it on. */
	write_file("/proc/sys/kernel/unprivileged_userns_clone", "1");
	/* As Debian has it: Yama must not refuse what the walls are to refuse. */
	write_file("/proc/sys/kernel/yama/ptrace_scope", "0");
	write_file("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
}

static pid_t start(char *const argv[], const int in, const int out,
		   const bool terminal)
{
	const pid_t child = fork();

	if (child < 0)
		message("fork: %m");
	if (child)
		return child;
	setsid();
	if (terminal)
		ioctl(out, TIOCSCTTY, 1);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "guest: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Reaps what has ended; answers whether @child has, and its status. */
static bool ended(const pid_t child, const int flags, int *const result)
{
	int status;

	for (;;) {
		const pid_t pid = waitpid(-1, &status, flags);

		if (pid <= 0)
			return pid < 0 && errno == ECHILD;
		if (pid != child)
			continue;
		*result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
						WEXITSTATUS(status);
		return true;
	}
}

static int run(char *const argv[], const int in, const int out,
	       const bool terminal)
{
	int status = 125;

	ended(start(argv, in, out, terminal), 0, &status);
	return status;
}

static bool relay(const int from, const int to)
{
	char buffer[65536];
	const ssize_t size = read(from, buffer, sizeof(buffer));

	if (size > 0)
		write_all(to, buffer, size);
	return size > 0;
}

static void on_child(int number)
{
	(void)number;
}

/*
 * Runs a command with /dev/null and a pipe as on any machine: the port itself
 * would be a device of the host in its hands.
 */
static int run_relayed(char *const argv[], const int null, const int port)
{
	const struct sigaction action = { .sa_handler = on_child };
	sigset_t blocked, open;
	int pipes[2], status = 125;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return 125;
	fcntl(pipes[1], F_SETFL, 0);
	child = start(argv, null, pipes[1], false);
	close(pipes[1]);
	/* Wakes up ppoll() and nothing else. */
	sigemptyset(&open);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	sigaction(SIGCHLD, &action, NULL);
	while (!ended(child, WNOHANG, &status)) {
		struct pollfd ready = { .fd = pipes[0], .events = POLLIN };

		if (ppoll(&ready, 1, NULL, &open) > 0 &&
		    !relay(pipes[0], port)) {
			/* All closed it: only the end is left to wait for. */
			ppoll(NULL, 0, NULL, &open);
		}
	}
	while (relay(pipes[0], port))
		;
	return status;
}

static void set_up_network(void)
{
	static const char *const commands[] = {
		"ip link set lo up",
		"ip link set dummy0 up",
		"ip addr add 10.2.3.1/24 dev dummy0",
		"ip addr add 10.2.3.4/24 dev dummy0",
		"ip addr add 10.2.3.5/24 dev dummy0",
		"ip addr add 10.2.3.6/24 dev dummy0",
	};
	char script[512] = "set -e";
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		strcat(script, "\n");
		strcat(script, commands[i]);
	}
	char *const argv[] = { "/bin/sh", "-c", script, NULL };

	if (run(argv, STDIN_FILENO, STDERR_FILENO, false))
		message("the network could not be set up");
}

static int open_port(const char *const wanted)
{
	static const char class[] = "/sys/class/virtio-ports";
	char path[300], name[64] = "";
	struct dirent *entry;
	DIR *const dir = opendir(class);
	int fd = -1;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s/name", class,
			 entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%63s", name) == 1 && !strcmp(name, wanted)) {
			snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
			fd = open(path, O_WRONLY | O_CLOEXEC);
		}
		fclose(file);
	}
	if (dir)
		closedir(dir);
	if (fd < 0)
		message("no virtio-serial port %s", wanted);
	return fd;
}

static void send_kernel_log(const int fd)
{
	const int size = klogctl(10, NULL, 0);
	char *const text = malloc(size > 0 ? size : 1);
	const int got = text ? klogctl(3, text, size) : -1;

	if (fd >= 0 && got > 0)
		write_all(fd, text, got);
	free(text);
}

/* Scans twice: what was freed through RCU a moment ago is no leak. */
static void look_for_leaks(void)
{
	static const char path[] = "/sys/kernel/debug/kmemleak";
	char text[4096];
	ssize_t n;
	int fd;

	if (access(path, F_OK))
		return;
	write_file(path, "scan");
	sleep(6);
	write_file(path, "scan");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n > 0) {
		text[n] = 0;
		message("memory leaked:\n%s", text);
	}
	if (fd >= 0)
		close(fd);
}

static void power_off(void)
{
	if (getpid() != 1) {
		execl("/bin/systemctl", "systemctl", "reboot", NULL);
		message("systemctl: %m");
		return;
	}
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

int main(const int count, char *const args[])
{
	char command[64] = "/guest/command", terminal[64] = "/guest/shell";
	char *const argv[] = { "/bin/sh", command, NULL };
	char *const shell[] = { "/bin/sh", "-l", NULL };
	const struct rlimit core = { 0, RLIM_INFINITY };
	int null, out, port, log, status;

	if (count > 1) {
		snprintf(command, sizeof(command), "%s/command", args[1]);
		snprintf(terminal, sizeof(terminal), "%s/shell", args[1]);
	}
	umask(022);
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setrlimit(RLIMIT_CORE, &core);
	if (getpid() == 1) {
		mount_all();
		sethostname("guest", 5);
		set_up_network();
	}

	if (!access(terminal, F_OK)) {
		setenv("TERM", "vt102", 0);
		out = open("/dev/ttyS0", O_RDWR | O_CLOEXEC | O_NOCTTY);
		run(shell, out, out, true);
		power_off();
		return 0;
	}
	/* All now: a command may leave another root behind. */
	out = open_port("jail.output");
	port = open_port("jail.status");
	log = open_port("jail.dmesg");
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	status = run_relayed(argv, null, out < 0 ? STDERR_FILENO : out);
	look_for_leaks();
	send_kernel_log(log);
	if (port >= 0)
		dprintf(port, "exit %d\n", status);
	power_off();
}
