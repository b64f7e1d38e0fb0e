/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jail tests - Helpers for internet sockets
 */

#ifndef SELFTESTS_JAIL_INET_H
#define SELFTESTS_JAIL_INET_H

#include <net/if.h>

#include "common.h"

/* What an attack returns when its socket stands at the jail's address. */
#define AT_JAIL 5000

/* The interface with the addresses. */
#define DEVICE "dummy0"

/* In the interface's network, but nobody has it: packets vanish. */
#define ADDR_NOBODY "10.2.3.77"

/* One that a test gives to the interface and takes away again. */
#define ADDR_LOST "10.2.3.99"

/* A socket and what to do with it. */
struct target {
	int type;
	int protocol;
	const char *addr;
	in_port_t port;
};

static inline struct sockaddr_in make_sockaddr(const char *const addr,
					       const in_port_t port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	inet_pton(AF_INET, addr, &in.sin_addr);
	return in;
}

static inline int bind_to(const int fd, const char *const addr,
			  const in_port_t port)
{
	const struct sockaddr_in in = make_sockaddr(addr, port);

	return bind(fd, (const struct sockaddr *)&in, sizeof(in));
}

static inline int connect_to(const int fd, const char *const addr,
			     const in_port_t port)
{
	const struct sockaddr_in in = make_sockaddr(addr, port);

	return connect(fd, (const struct sockaddr *)&in, sizeof(in));
}

static inline ssize_t send_to(const int fd, const char *const addr,
			      const in_port_t port, const int flags)
{
	const struct sockaddr_in in = make_sockaddr(addr, port);

	return sendto(fd, "a", 1, flags, (const struct sockaddr *)&in,
		      sizeof(in));
}

static inline bool is_addr(const struct sockaddr_in *const in,
			   const char *const addr)
{
	const struct sockaddr_in wanted = make_sockaddr(addr, 0);

	return in->sin_family == AF_INET &&
	       in->sin_addr.s_addr == wanted.sin_addr.s_addr;
}

static inline in_port_t local_port(const int fd)
{
	struct sockaddr_in in = {};
	socklen_t len = sizeof(in);

	getsockname(fd, (struct sockaddr *)&in, &len);
	return ntohs(in.sin_port);
}

/* Where the socket stands: AT_JAIL, or 0 for anywhere else. */
static inline int local_place(const int fd)
{
	struct sockaddr_in in = {};
	socklen_t len = sizeof(in);

	if (getsockname(fd, (struct sockaddr *)&in, &len))
		return errno;
	return is_addr(&in, ADDR_JAIL) ? AT_JAIL : 0;
}

/* What it is connected to, likewise. */
static inline int peer_place(const int fd)
{
	struct sockaddr_in in = {};
	socklen_t len = sizeof(in);

	if (getpeername(fd, (struct sockaddr *)&in, &len))
		return errno;
	return is_addr(&in, ADDR_JAIL) ? AT_JAIL : 0;
}

/* A socket that listens, or is bound if it is none for connections. */
static inline int open_server(const int type, const char *const addr,
			      const in_port_t port)
{
	const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind_to(fd, addr, port) || (type == SOCK_STREAM && listen(fd, 8))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* True if a connection waits to be accepted; takes it. */
static inline bool has_connection(const int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	if (poll(&pollfd, 1, 0) != 1)
		return false;
	close(accept(fd, NULL, NULL));
	return true;
}

/*
 * The source of a datagram that waits.  Loopback is fast and keeps the order:
 * what the socket sent to itself is the last.
 */
static inline bool get_datagram(const int fd, struct sockaddr_in *const source)
{
	struct sockaddr_in self = {}, from = {};
	socklen_t len = sizeof(self);
	bool found = false;
	int out;
	char byte;

	getsockname(fd, (struct sockaddr *)&self, &len);
	out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sendto(out, "z", 1, 0, (struct sockaddr *)&self, sizeof(self));
	close(out);
	while (readable(fd)) {
		len = sizeof(from);
		if (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &len) !=
			    1 ||
		    byte == 'z')
			break;
		*source = from;
		found = true;
	}
	return found;
}

/* A port that is not in use. */
static inline in_port_t unused_port(void)
{
	const int fd = open_server(SOCK_STREAM, "0.0.0.0", 0);
	const in_port_t port = local_port(fd);

	close(fd);
	return port;
}

/* With a network of its own, and so the source of what goes to it. */
static inline int change_address(const char *const addr, const bool add)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = make_sockaddr(addr, 0);
	struct ifreq ifr = {};
	int err;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s:9", DEVICE);
	if (add) {
		memcpy(&ifr.ifr_addr, &in, sizeof(in));
		err = RESULT(ioctl(fd, SIOCSIFADDR, &ifr));
		in = make_sockaddr("255.255.255.255", 0);
		memcpy(&ifr.ifr_netmask, &in, sizeof(in));
		if (!err)
			err = RESULT(ioctl(fd, SIOCSIFNETMASK, &ifr));
	} else {
		ifr.ifr_flags = 0;
		err = RESULT(ioctl(fd, SIOCSIFFLAGS, &ifr));
	}
	close(fd);
	return err;
}

#endif /* SELFTESTS_JAIL_INET_H */
