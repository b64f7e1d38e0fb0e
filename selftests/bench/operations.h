/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jail benchmarks - The single operations that are measured
 */

#ifndef SELFTESTS_OPERATIONS_H
#define SELFTESTS_OPERATIONS_H

#include <dirent.h>
#include <sys/ptrace.h>

#include "bench.h"

#define MOST 64

#define FILE_NAME "/bench/file"
#define DIR_NAME "/bench/a/b/c/d"

static int fds[MOST], peers[MOST];
static int descriptor, listener, client;
static pid_t child;
static struct sockaddr_in server;

/* Where several processes do the same at a time, each has ports of its own. */
static unsigned int worker;

static pid_t start_idle(void (*const enter)(unsigned int),
			const unsigned int nth)
{
	int ready[2];
	char byte;
	pid_t pid;

	MUST(pipe2(ready, O_CLOEXEC));
	pid = MUST(fork());
	if (!pid) {
		MUST(prctl(PR_SET_PDEATHSIG, SIGKILL));
		if (enter)
			enter(nth);
		MUST(prctl(PR_SET_DUMPABLE, 1));
		MUST(write(ready[1], "", 1));
		close(ready[0]);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (MUST(read(ready[0], &byte, 1)) != 1)
		die("an idle process");
	close(ready[0]);
	return pid;
}

static void end_idle(const pid_t pid)
{
	MUST(kill(pid, SIGKILL));
	MUST(waitpid(pid, NULL, 0));
}

static struct sockaddr_in loopback(const unsigned short port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
}

/* Reads a whole directory; answers the number of entries. */
static unsigned int read_directory(const int fd, __u64 *const time)
{
	static char buffer[32768];
	unsigned int entries = 0;
	const __u64 start = now();
	ssize_t size;

	MUST(lseek(fd, 0, SEEK_SET));
	while ((size = MUST(getdents64(fd, buffer, sizeof(buffer))))) {
		const char *at;

		for (at = buffer; at < buffer + size; entries++)
			at += ((const struct dirent64 *)at)->d_reclen;
	}
	*time = now() - start;
	return entries;
}

/* Operations: each does @n of them. */

static void do_getpid(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		syscall(__NR_getpid);
}

static void do_open(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		close(MUST(open(FILE_NAME, O_RDONLY)));
}

static void stat_path(const char *const path, const unsigned int n)
{
	struct stat status;
	unsigned int i;

	for (i = 0; i < n; i++)
		MUST(stat(path, &status));
}

static void do_stat(const unsigned int n)
{
	stat_path(FILE_NAME, n);
}

static void do_dotdot(const unsigned int n)
{
	stat_path(DIR_NAME "/../../../../file", n);
}

static void do_read(const unsigned int n)
{
	char text[64];
	unsigned int i;

	for (i = 0; i < n; i++)
		MUST(pread(descriptor, text, sizeof(text), 0));
}

static void do_fork(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const pid_t pid = MUST(fork());

		if (!pid)
			_exit(0);
		wait_for(pid);
	}
}

static void do_exec(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const pid_t pid = MUST(fork());

		if (!pid)
			exec_true();
		wait_for(pid);
	}
}

static void do_kill(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		MUST(kill(child, 0));
}

static void do_ptrace(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		MUST(ptrace(PTRACE_ATTACH, child, NULL, NULL));
		MUST(waitpid(child, NULL, __WALL));
		MUST(ptrace(PTRACE_DETACH, child, NULL, NULL));
	}
}

static void do_setuid(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		MUST(setuid(0));
}

static void make_sockets(const int family, const int type, const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		fds[i] = MUST(socket(family, type, 0));
}

static void close_sockets(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		close(fds[i]);
}

static void do_socket(const int family, const int type, const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		close(MUST(socket(family, type, 0)));
}

static void do_socket_tcp(const unsigned int n)
{
	do_socket(AF_INET, SOCK_STREAM, n);
}

static void do_socket_udp(const unsigned int n)
{
	do_socket(AF_INET, SOCK_DGRAM, n);
}

static void do_socket_unix(const unsigned int n)
{
	do_socket(AF_UNIX, SOCK_STREAM, n);
}

static void make_udp(const unsigned int n)
{
	make_sockets(AF_INET, SOCK_DGRAM, n);
}

static void make_tcp(const unsigned int n)
{
	make_sockets(AF_INET, SOCK_STREAM, n);
}

static void bind_to(const in_addr_t address, const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const struct sockaddr_in name = {
			.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(address),
			.sin_port = htons(20000 + MOST * worker + i),
		};

		MUST(bind(fds[i], (const struct sockaddr *)&name,
			  sizeof(name)));
	}
}

static void do_bind_any(const unsigned int n)
{
	bind_to(INADDR_ANY, n);
}

/* That of the jail, where it is one. */
static void do_bind(const unsigned int n)
{
	bind_to(0x0a080001, n);
}

static void do_connect(const unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		MUST(connect(fds[i], (struct sockaddr *)&server,
			     sizeof(server)));
}

/* Connects to oneself, asks, answers. */
static void do_tcp(const unsigned int n)
{
	const struct linger reset = { .l_onoff = 1 };
	char text[64] = "";
	unsigned int i;

	for (i = 0; i < n; i++) {
		MUST(connect(fds[i], (struct sockaddr *)&server,
			     sizeof(server)));
		peers[i] = MUST(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
		MUST(write(fds[i], text, sizeof(text)));
		MUST(read(peers[i], text, sizeof(text)));
		MUST(write(peers[i], text, sizeof(text)));
		MUST(read(fds[i], text, sizeof(text)));
	}
	/* No connection stays behind that the next one would have to pass by. */
	for (i = 0; i < n; i++)
		MUST(setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset,
				sizeof(reset)));
}

static void close_tcp(const unsigned int n)
{
	unsigned int i;

	close_sockets(n);
	for (i = 0; i < n; i++)
		close(peers[i]);
}

static void do_udp(const unsigned int n)
{
	struct sockaddr_in from;
	char text[64] = "";
	unsigned int i;

	for (i = 0; i < n; i++) {
		socklen_t size = sizeof(from);

		MUST(sendto(client, text, sizeof(text), 0,
			    (struct sockaddr *)&server, sizeof(server)));
		MUST(recvfrom(descriptor, text, sizeof(text), 0,
			      (struct sockaddr *)&from, &size));
		MUST(sendto(descriptor, text, sizeof(text), 0,
			    (struct sockaddr *)&from, size));
		MUST(recv(client, text, sizeof(text), 0));
	}
}

/* What surrounds the samples of an operation. */

static void with_file(const bool on)
{
	if (on)
		descriptor = MUST(open(FILE_NAME, O_RDONLY | O_CLOEXEC));
	else
		close(descriptor);
}

static void with_child(const bool on)
{
	if (on)
		child = start_idle(NULL, 0);
	else
		end_idle(child);
}

static void with_listener(const bool on)
{
	if (!on) {
		close(listener);
		return;
	}
	server = loopback(8000 + 2 * worker);
	listener = MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	MUST(bind(listener, (struct sockaddr *)&server, sizeof(server)));
	MUST(listen(listener, MOST));
}

static void with_udp(const bool on)
{
	if (!on) {
		close(descriptor);
		close(client);
		return;
	}
	server = loopback(8001 + 2 * worker);
	descriptor = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	client = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	MUST(bind(descriptor, (struct sockaddr *)&server, sizeof(server)));
}

/**
 * struct operation - Something to measure
 *
 * @name: Its name.
 * @n: How many make a sample, at most MOST.
 * @run: Does @n of them; this is what is measured.
 * @around: Called before the first sample and behind the last, or NULL.
 * @before: Called before each sample, or NULL.
 * @after: Called after each sample, or NULL.
 */
struct operation {
	const char *name;
	unsigned int n;
	void (*run)(unsigned int n);
	void (*around)(bool on);
	void (*before)(unsigned int n);
	void (*after)(unsigned int n);
};

static const struct operation operations[] = {
	{ "getpid", 64, do_getpid },
	{ "open+close", 64, do_open },
	{ "stat", 64, do_stat },
	{ "stat with 4 ..", 64, do_dotdot },
	{ "read", 64, do_read, with_file },
	{ "fork+exit+wait", 8, do_fork },
	{ "fork+exec+wait", 8, do_exec },
	{ "kill", 64, do_kill, with_child },
	{ "ptrace attach+detach", 16, do_ptrace, with_child },
	{ "setuid", 64, do_setuid },
	{ "socket+close TCP", 32, do_socket_tcp },
	{ "socket+close UDP", 32, do_socket_udp },
	{ "socket+close unix", 32, do_socket_unix },
	{ "bind UDP", 32, do_bind, NULL, make_udp, close_sockets },
	{ "bind TCP", 32, do_bind, NULL, make_tcp, close_sockets },
	{ "bind UDP to any", 32, do_bind_any, NULL, make_udp, close_sockets },
	{ "bind TCP to any", 32, do_bind_any, NULL, make_tcp, close_sockets },
	/*
	 * A connection takes random numbers out of batches of 24 and 48 that
	 * are costly to fill: each sample has to use up whole ones.
	 */
	{ "connect UDP", 48, do_connect, with_udp, make_udp, close_sockets },
	{ "connect+request+response TCP", 16, do_tcp, with_listener, make_tcp,
	  close_tcp },
	{ "request+response UDP", 32, do_udp, with_udp },
};

#endif
