// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Internet addresses
 */

#define _GNU_SOURCE
#include <linux/filter.h>
#include <net/route.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/time.h>

#include "inet.h"

FIXTURE(inet)
{
	struct world w;
};

FIXTURE_SETUP(inet)
{
	make_world(_metadata, &self->w);
	ASSERT_EQ(0, write_file("/proc/sys/net/ipv4/ping_group_range",
				"0 2147483647"));
}

FIXTURE_TEARDOWN(inet)
{
	remove_world(&self->w);
}

static int open_socket(const struct target *const target)
{
	return socket(AF_INET, target->type, target->protocol);
}

/* A1: bind() to any address. */

static int bind_it(void *const arg)
{
	const struct target *const target = arg;
	const int fd = open_socket(target);

	if (fd < 0)
		return UNREACHED;
	if (bind_to(fd, target->addr, target->port))
		return errno;
	return local_place(fd);
}

static void check_bind(struct __test_metadata *const _metadata,
		       const struct world *const w, const int type)
{
	static const char *const addrs[] = { "0.0.0.0",	  ADDR_HOST,
					     ADDR_OTHER,  "127.0.0.1",
					     "127.9.9.9", "224.0.0.1" };
	struct target target = { .type = type };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		target.addr = addrs[i];
		EXPECT_EQ(0, in_chroot(w, 0, bind_it, &target))
		{
			TH_LOG("%s", addrs[i]);
		}
		EXPECT_EQ(AT_JAIL, in_jail(w, 0, bind_it, &target))
		{
			TH_LOG("%s", addrs[i]);
		}
	}
	/* An address of nobody here. */
	target.addr = "8.8.8.8";
	EXPECT_EQ(EADDRNOTAVAIL, in_chroot(w, 0, bind_it, &target));
	EXPECT_EQ(AT_JAIL, in_jail(w, 0, bind_it, &target));
	/* The own one. */
	target.addr = ADDR_JAIL;
	EXPECT_EQ(AT_JAIL, in_jail(w, UID_USER, bind_it, &target));
}

TEST_F(inet, bind_tcp)
{
	check_bind(_metadata, &self->w, SOCK_STREAM);
}

TEST_F(inet, bind_udp)
{
	check_bind(_metadata, &self->w, SOCK_DGRAM);
}

TEST_F(inet, bind_strict)
{
	struct target target = { .type = SOCK_STREAM };

	self->w.args.flags = JAIL_STRICT_BIND;
	target.addr = ADDR_HOST;
	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_it, &target));
	EXPECT_EQ(EADDRNOTAVAIL, in_jail(&self->w, 0, bind_it, &target));
	target.addr = "0.0.0.0";
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_it, &target));
	target.addr = "127.0.0.1";
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_it, &target));
	target.addr = ADDR_JAIL;
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_it, &target));
}

TEST_F(inet, bind_ping_strict)
{
	struct target target = { SOCK_DGRAM, IPPROTO_ICMP, ADDR_HOST, 0 };

	self->w.args.flags = JAIL_STRICT_BIND;
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, bind_it, &target));
	EXPECT_EQ(EADDRNOTAVAIL, in_jail(&self->w, UID_USER, bind_it, &target));
	target.addr = ADDR_JAIL;
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, UID_USER, bind_it, &target));
}

/* A2 */

static int bind_unspec(void *const arg)
{
	struct sockaddr_in in = make_sockaddr("0.0.0.0", 0);
	const int fd = open_socket(arg);

	in.sin_family = AF_UNSPEC;
	if (fd < 0)
		return UNREACHED;
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)))
		return errno;
	return local_place(fd);
}

TEST_F(inet, bind_unspec)
{
	const struct target tcp = { .type = SOCK_STREAM };
	const struct target udp = { .type = SOCK_DGRAM };

	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_unspec, &tcp));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_unspec, &tcp));
	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_unspec, &udp));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_unspec, &udp));
}

/* A3: after a bind() that failed. */

static int bind_busy_then_listen(void *const arg)
{
	const int first = open_server(SOCK_STREAM, "0.0.0.0", 0);
	const int second = socket(AF_INET, SOCK_STREAM, 0);

	if (first < 0 || second < 0)
		return UNREACHED;
	if (!bind_to(second, "0.0.0.0", local_port(first)) ||
	    errno != EADDRINUSE || listen(second, 1))
		return UNREACHED;
	return local_place(second);
}

TEST_F(inet, bind_fails)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_busy_then_listen, NULL));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_busy_then_listen, NULL));
}

/* A4 */

static int listen_unbound(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || listen(fd, 1))
		return UNREACHED;
	return local_place(fd);
}

TEST_F(inet, listen_unbound)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, listen_unbound, NULL));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, listen_unbound, NULL));
}

/* The name of a socket that nobody has bound. */
static int just_born(void *const arg)
{
	const int fd = open_socket(arg);

	return fd < 0 ? UNREACHED : local_place(fd);
}

TEST_F(inet, born_bound)
{
	const struct target tcp = { .type = SOCK_STREAM };
	const struct target udp = { .type = SOCK_DGRAM };

	EXPECT_EQ(0, in_chroot(&self->w, 0, just_born, &tcp));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, just_born, &tcp));
	EXPECT_EQ(0, in_chroot(&self->w, 0, just_born, &udp));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, just_born, &udp));
}

/* A5 */

static int autobind(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || send_to(fd, target->addr, target->port, 0) != 1)
		return UNREACHED;
	return local_place(fd);
}

TEST_F(inet, autobind)
{
	const int server = open_server(SOCK_DGRAM, ADDR_HOST, 0);
	const struct target target = { .addr = ADDR_HOST,
				       .port = local_port(server) };
	struct sockaddr_in from;

	EXPECT_EQ(0, in_chroot(&self->w, 0, autobind, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_FALSE(is_addr(&from, ADDR_JAIL));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, autobind, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_TRUE(is_addr(&from, ADDR_JAIL));
	close(server);
}

/* A6 */

static int bind_without_port(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	int place;

	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
				 sizeof(on)))
		return UNREACHED;
	if (bind_to(fd, ADDR_HOST, 0))
		return errno;
	place = local_place(fd);
	/* Once more, as no port has been given. */
	if (bind_to(fd, ADDR_OTHER, 0))
		return errno;
	return place == local_place(fd) ? place : UNREACHED;
}

TEST_F(inet, bind_without_port)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_without_port, NULL));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_without_port, NULL));
}

/* A8 */

static int bind_free(void *const arg)
{
	const int fd = open_socket(arg), on = 1;

	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on)))
		return UNREACHED;
	if (bind_to(fd, "8.8.8.8", 0))
		return errno;
	return local_place(fd);
}

TEST_F(inet, bind_free)
{
	const struct target tcp = { .type = SOCK_STREAM };

	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_free, &tcp));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_free, &tcp));
}

/* A9, A19: options that need capabilities, refused with them too. */

struct option {
	int level, name, value;
};

static int set_option(void *const arg)
{
	const struct option *const option = arg;
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return UNREACHED;
	return RESULT(setsockopt(fd, option->level, option->name,
				 &option->value, sizeof(option->value)));
}

TEST_F(inet, transparent)
{
	const struct option option = { IPPROTO_IP, IP_TRANSPARENT, 1 };

	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_option, &option));
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, set_option, &option));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_option, &option));
}

TEST_F(inet, capability_options)
{
	const struct option mark = { SOL_SOCKET, SO_MARK, 1 };
	const struct option repair = { IPPROTO_TCP, TCP_REPAIR, 1 };

	EXPECT_EQ(0, on_host(&self->w, 0, set_option, &mark));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_option, &mark));
	EXPECT_EQ(0, on_host(&self->w, 0, set_option, &repair));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_option, &repair));
	/* Nor with the capabilities. */
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, set_option, &mark));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_option, &mark));
	EXPECT_EQ(0, in_chroot(&self->w, 0, set_option, &repair));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_option, &repair));
}

static int send_mark(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in in = make_sockaddr(ADDR_HOST, 9);
	const __u32 mark = 77;
	char control[CMSG_SPACE(sizeof(mark))] = {};
	struct iovec iov = { .iov_base = (void *)"a", .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &in,
		.msg_namelen = sizeof(in),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *const cmsg = CMSG_FIRSTHDR(&msg);

	if (fd < 0)
		return UNREACHED;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SO_MARK;
	cmsg->cmsg_len = CMSG_LEN(sizeof(mark));
	memcpy(CMSG_DATA(cmsg), &mark, sizeof(mark));
	return RESULT(sendmsg(fd, &msg, MSG_NOSIGNAL));
}

/* Needs no more than CAP_NET_RAW, which is no unsafe one. */
TEST_F(inet, mark_of_message)
{
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, send_mark, NULL));
	self->w.args.cap_ceiling |= 1ULL << CAP_NET_RAW;
	EXPECT_EQ(0, in_chroot(&self->w, 0, send_mark, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, send_mark, NULL));
}

/* A10, A11: disconnecting. */

static int disconnect(const int fd)
{
	const struct sockaddr unspec = { .sa_family = AF_UNSPEC };

	return connect(fd, &unspec, sizeof(unspec));
}

static int disconnect_it(void *const arg)
{
	const struct target *const target = arg;
	const int fd = open_socket(target);

	if (fd < 0 || connect_to(fd, target->addr, target->port))
		return UNREACHED;
	if (disconnect(fd))
		return errno;
	if (target->type == SOCK_STREAM && listen(fd, 1))
		return UNREACHED;
	return local_place(fd);
}

TEST_F(inet, disconnect_udp)
{
	const struct target target = { SOCK_DGRAM, 0, ADDR_HOST, 9 };

	EXPECT_EQ(0, in_chroot(&self->w, 0, disconnect_it, &target));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, disconnect_it, &target));
}

TEST_F(inet, disconnect_tcp)
{
	const int server = open_server(SOCK_STREAM, ADDR_HOST, 0);
	const struct target target = { SOCK_STREAM, 0, ADDR_HOST,
				       local_port(server) };

	EXPECT_EQ(0, in_chroot(&self->w, 0, disconnect_it, &target));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, disconnect_it, &target));
	close(server);
}

/* A11: the server's end of a connection. */

static int disconnect_accepted(void *const arg)
{
	const int server = open_server(SOCK_STREAM, "0.0.0.0", 0);
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	int conn;

	if (server < 0 || fd < 0 ||
	    connect_to(fd, "127.0.0.1", local_port(server)))
		return UNREACHED;
	conn = accept(server, NULL, NULL);
	if (conn < 0 || disconnect(conn) || listen(conn, 1))
		return UNREACHED;
	return local_place(conn);
}

TEST_F(inet, disconnect_accepted)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, disconnect_accepted, NULL));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, disconnect_accepted, NULL));
}

/* A12 */

static int connect_in_vain(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || !connect_to(fd, ADDR_HOST, *(const in_port_t *)arg) ||
	    errno != ECONNREFUSED || listen(fd, 1))
		return UNREACHED;
	return local_place(fd);
}

TEST_F(inet, connect_fails)
{
	const in_port_t port = unused_port();

	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_in_vain, &port));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, connect_in_vain, &port));
}

/* A13: connections that end half way. */

/* The start of a connection to one who does not answer. */
static int start_connection(void)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || !connect_to(fd, ADDR_NOBODY, 9) || errno != EINPROGRESS)
		return -1;
	return fd;
}

static int shut_down_half_way(void *const arg)
{
	const int fd = start_connection();

	if (fd < 0 || shutdown(fd, SHUT_RDWR) || listen(fd, 1))
		return UNREACHED;
	return local_place(fd);
}

static int disconnect_half_way(void *const arg)
{
	const int fd = start_connection();

	if (fd < 0 || disconnect(fd) || listen(fd, 1))
		return UNREACHED;
	return local_place(fd);
}

static void do_nothing(const int signal)
{
}

static int interrupt_connect(void *const arg)
{
	/* Again and again: the first one may come before connect(). */
	const struct itimerval soon = { { 0, 10000 }, { 0, 10000 } };
	const struct itimerval never = {};
	const struct sigaction action = { .sa_handler = do_nothing };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || sigaction(SIGALRM, &action, NULL) ||
	    setitimer(ITIMER_REAL, &soon, NULL) ||
	    !connect_to(fd, ADDR_NOBODY, 9) || errno != EINTR ||
	    setitimer(ITIMER_REAL, &never, NULL))
		return UNREACHED;
	if (shutdown(fd, SHUT_RDWR) || listen(fd, 1))
		return UNREACHED;
	return local_place(fd);
}

/* The error of a connection is asked for by a second connect(). */
static int connect_twice_in_vain(void *const arg)
{
	const in_port_t port = *(const in_port_t *)arg;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || !connect_to(fd, ADDR_HOST, port) ||
	    errno != EINPROGRESS || !connect_to(fd, ADDR_HOST, port) ||
	    errno != ECONNREFUSED || listen(fd, 1))
		return UNREACHED;
	return local_place(fd);
}

static int shut_down_listener(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || listen(fd, 1) || shutdown(fd, SHUT_RDWR) || listen(fd, 1))
		return UNREACHED;
	return local_place(fd);
}

TEST_F(inet, connect_half_way)
{
	static const attack_t attacks[] = {
		shut_down_half_way,    disconnect_half_way, interrupt_connect,
		connect_twice_in_vain, shut_down_listener,
	};
	const in_port_t port = unused_port();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attacks); i++) {
		EXPECT_EQ(0, in_chroot(&self->w, 0, attacks[i], &port))
		{
			TH_LOG("way %zu", i);
		}
		EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, attacks[i], &port))
		{
			TH_LOG("way %zu", i);
		}
	}
}

/* A15 */

TEST_F(inet, bind_ping)
{
	struct target target = { SOCK_DGRAM, IPPROTO_ICMP, "0.0.0.0", 0 };

	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_it, &target));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_it, &target));
	target.addr = ADDR_HOST;
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, bind_it, &target));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, UID_USER, bind_it, &target));
}

/* A16: the address goes away while the jail lives. */

static int connect_after_loss(void *const arg)
{
	const struct world *const w = arg;
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || !tell(w->shared->values[0]) ||
	    !hear(w->shared->values[1]))
		return UNREACHED;
	return RESULT(connect_to(fd, ADDR_HOST, w->shared->values[2]));
}

TEST_F(inet, address_lost)
{
	static const enum place places[] = { CHROOT, JAIL };
	const int server = open_server(SOCK_STREAM, ADDR_HOST, 0);
	struct runner runner;
	int ready[2], go[2];
	size_t i;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	self->w.shared->values[0] = ready[1];
	self->w.shared->values[1] = go[0];
	self->w.shared->values[2] = local_port(server);
	set_addr(&self->w.addr, ADDR_LOST);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		ASSERT_EQ(0, change_address(ADDR_LOST, true));
		runner = start(_metadata, &self->w, places[i], 0,
			       connect_after_loss, &self->w);
		EXPECT_TRUE(hear(ready[0]));
		ASSERT_EQ(0, change_address(ADDR_LOST, false));
		tell(go[1]);
		/* An error, and never another address. */
		EXPECT_EQ(places[i] == JAIL ? ENETUNREACH : 0,
			  finish(_metadata, &self->w, &runner));
		EXPECT_EQ(places[i] != JAIL, has_connection(server));
	}
	/* No jail can be made on it either. */
	EXPECT_EQ(NOT_ENTERED(EADDRNOTAVAIL),
		  in_jail(&self->w, 0, connect_after_loss, &self->w));
	close(server);
}

/* On an interface, and still no address of anybody. */

static int is_there(void *const arg)
{
	return 0;
}

TEST_F(inet, address_of_all)
{
	static const char *const addrs[] = { ADDR_LOST, "255.255.255.255" };
	static const int errs[] = { 0, NOT_ENTERED(EADDRNOTAVAIL) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		set_addr(&self->w.addr, addrs[i]);
		ASSERT_EQ(0, change_address(addrs[i], true));
		EXPECT_EQ(errs[i], in_jail(&self->w, 0, is_there, NULL));
		ASSERT_EQ(0, change_address(addrs[i], false));
	}
}

/* It is there again, as one to which nobody can be bound as a source. */

static int send_from_broadcast(void *const arg)
{
	const struct world *const w = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || !tell(w->shared->values[0]) ||
	    !hear(w->shared->values[1]))
		return UNREACHED;
	if (bind_to(fd, ADDR_LOST, 0))
		return errno;
	return RESULT(send_to(fd, ADDR_HOST, w->shared->values[2], 0));
}

/* The last address of a network of four. */
static int make_broadcast(void)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = make_sockaddr("10.2.3.97", 0);
	struct ifreq ifr = { .ifr_name = DEVICE ":9" };
	int err;

	memcpy(&ifr.ifr_addr, &in, sizeof(in));
	err = RESULT(ioctl(fd, SIOCSIFADDR, &ifr));
	in = make_sockaddr("255.255.255.252", 0);
	memcpy(&ifr.ifr_netmask, &in, sizeof(in));
	err = err ?: RESULT(ioctl(fd, SIOCSIFNETMASK, &ifr));
	in = make_sockaddr(ADDR_LOST, 0);
	memcpy(&ifr.ifr_broadaddr, &in, sizeof(in));
	err = err ?: RESULT(ioctl(fd, SIOCSIFBRDADDR, &ifr));
	close(fd);
	return err;
}

TEST_F(inet, address_broadcast)
{
	static const enum place places[] = { CHROOT, JAIL };
	const int server = open_server(SOCK_DGRAM, ADDR_HOST, 0);
	struct sockaddr_in from = {};
	struct runner runner;
	int ready[2], go[2];
	size_t i;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	self->w.shared->values[0] = ready[1];
	self->w.shared->values[1] = go[0];
	self->w.shared->values[2] = local_port(server);
	set_addr(&self->w.addr, ADDR_LOST);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		ASSERT_EQ(0, change_address(ADDR_LOST, true));
		runner = start(_metadata, &self->w, places[i], 0,
			       send_from_broadcast, &self->w);
		EXPECT_TRUE(hear(ready[0]));
		ASSERT_EQ(0, change_address(ADDR_LOST, false));
		ASSERT_EQ(0, make_broadcast());
		tell(go[1]);
		/* Outside, the kernel takes another source; inside, none. */
		EXPECT_EQ(places[i] == JAIL ? EADDRNOTAVAIL : 0,
			  finish(_metadata, &self->w, &runner));
		EXPECT_EQ(places[i] != JAIL, get_datagram(server, &from));
		ASSERT_EQ(0, change_address("10.2.3.97", false));
	}
	close(server);
}

/*
 * A14: as long as a connection is not made, ip_dynaddr lets it move to another
 * address when its own goes away.
 */

#define ADDR_FAR "192.0.2.1"

/* A route by @device, whose alias chooses the source. */
static int add_far_route(const char *const dst, const char *const mask,
			 const char *const device, const int flags)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_in to = make_sockaddr(dst, 0);
	const struct sockaddr_in genmask = make_sockaddr(mask, 0);
	struct rtentry route = { .rt_flags = RTF_UP | flags };
	int err;

	memcpy(&route.rt_dst, &to, sizeof(to));
	memcpy(&route.rt_genmask, &genmask, sizeof(genmask));
	route.rt_dev = (char *)device;
	err = RESULT(ioctl(fd, SIOCADDRT, &route));
	close(fd);
	return err;
}

static int delete_far_route(const char *const dst, const char *const mask)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_in to = make_sockaddr(dst, 0);
	const struct sockaddr_in genmask = make_sockaddr(mask, 0);
	struct rtentry route = { .rt_flags = RTF_UP };
	int err;

	memcpy(&route.rt_dst, &to, sizeof(to));
	memcpy(&route.rt_genmask, &genmask, sizeof(genmask));
	err = RESULT(ioctl(fd, SIOCDELRT, &route));
	close(fd);
	return err;
}

static bool is_at(const int fd, const char *const addr)
{
	struct sockaddr_in in = {};
	socklen_t len = sizeof(in);

	return !getsockname(fd, (struct sockaddr *)&in, &len) &&
	       is_addr(&in, addr);
}

/* Waits until the kernel has tried once more. */
static bool was_sent_again(const int fd)
{
	struct tcp_info info = {};
	socklen_t len;
	int tries;

	for (tries = 0; tries < PATIENCE / 10; tries++) {
		len = sizeof(info);
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
			return false;
		if (info.tcpi_retransmits)
			return true;
		usleep(10000);
	}
	return false;
}

static int connect_and_lose_address(void *const arg)
{
	const struct world *const w = arg;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || !connect_to(fd, ADDR_FAR, 9) || errno != EINPROGRESS ||
	    !is_at(fd, ADDR_LOST) || !tell(w->shared->values[0]) ||
	    !hear(w->shared->values[1]) || !was_sent_again(fd))
		return UNREACHED;
	/* Moved, or still the one that is gone. */
	return is_at(fd, ADDR_LOST) ? EADDRNOTAVAIL : 0;
}

static int lose_address(struct __test_metadata *const _metadata,
			struct world *const w, const enum place place)
{
	struct runner runner;
	int ready[2], go[2], result;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	w->shared->values[0] = ready[1];
	w->shared->values[1] = go[0];
	ASSERT_EQ(0, change_address(ADDR_LOST, true));
	EXPECT_EQ(0, add_far_route(ADDR_FAR, "255.255.255.255", DEVICE ":9",
				   RTF_HOST));
	runner = start(_metadata, w, place, 0, connect_and_lose_address, w);
	close(ready[1]);
	close(go[0]);
	EXPECT_TRUE(hear(ready[0]));
	EXPECT_EQ(0, change_address(ADDR_LOST, false));
	tell(go[1]);
	result = finish(_metadata, w, &runner);
	close(ready[0]);
	close(go[1]);
	return result;
}

TEST_F(inet, address_lost_half_way)
{
	static const char sysctl[] = "/proc/sys/net/ipv4/ip_dynaddr";

	ASSERT_EQ(0, write_file(sysctl, "1"));
	set_addr(&self->w.addr, ADDR_LOST);
	/* What is left when the better route goes with the address. */
	EXPECT_EQ(0, add_far_route("192.0.2.0", "255.255.255.0", DEVICE, 0));
	EXPECT_EQ(0, lose_address(_metadata, &self->w, CHROOT));
	EXPECT_EQ(EADDRNOTAVAIL, lose_address(_metadata, &self->w, JAIL));
	EXPECT_EQ(0, delete_far_route("192.0.2.0", "255.255.255.0"));
	ASSERT_EQ(0, write_file(sysctl, "0"));
}

/* A17 */

static int bind_device(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return UNREACHED;
	return RESULT(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, arg,
				 strlen(arg) + 1));
}

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

static int bind_index(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	const int index = *(const int *)arg;

	if (fd < 0)
		return UNREACHED;
	return RESULT(setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index,
				 sizeof(index)));
}

TEST_F(inet, bind_device)
{
	const int index = if_nametoindex("lo");

	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, bind_device, "lo"));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, bind_device, "lo"));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, bind_device, "lo"));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, bind_index, &index));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, bind_index, &index));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, bind_index, &index));
}

/* A18 */

TEST_F(inet, privileged_port)
{
	const struct target target = { SOCK_STREAM, 0, "0.0.0.0", 80 };

	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_it, &target));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_it, &target));
	EXPECT_EQ(EACCES, in_chroot(&self->w, UID_USER, bind_it, &target));
	EXPECT_EQ(EACCES, in_jail(&self->w, UID_USER, bind_it, &target));
	self->w.args.cap_ceiling &= ~(1ULL << CAP_NET_BIND_SERVICE);
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, bind_it, &target));
}

/* Without an address there is no socket of that family. */

static int open_only(void *const arg)
{
	const int fd = open_socket(arg);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(inet, no_address)
{
	const struct target tcp = { .type = SOCK_STREAM };

	EXPECT_EQ(0, in_jail(&self->w, 0, open_only, &tcp));
	self->w.args.addrs = 0;
	self->w.args.naddrs = 0;
	EXPECT_EQ(0, in_chroot(&self->w, 0, open_only, &tcp));
	EXPECT_EQ(EAFNOSUPPORT, in_jail(&self->w, 0, open_only, &tcp));
}

/* B: destinations. */

static int connect_it(void *const arg)
{
	const struct target *const target = arg;
	const int fd = open_socket(target);

	if (fd < 0)
		return UNREACHED;
	return RESULT(connect_to(fd, target->addr, target->port));
}

/* B1: the host's services on loopback. */

TEST_F(inet, connect_loopback)
{
	static const char *const addrs[] = { "127.0.0.1", "127.9.9.9",
					     "127.255.255.254" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		const int server = open_server(SOCK_STREAM, addrs[i], 0);
		const struct target target = { SOCK_STREAM, 0, addrs[i],
					       local_port(server) };

		EXPECT_EQ(0, in_chroot(&self->w, 0, connect_it, &target));
		EXPECT_TRUE(has_connection(server));
		EXPECT_EQ(ECONNREFUSED,
			  in_jail(&self->w, 0, connect_it, &target));
		EXPECT_EQ(ECONNREFUSED,
			  in_jail(&self->w, UID_USER, connect_it, &target));
		EXPECT_FALSE(has_connection(server));
		close(server);
	}
}

/* B2 */

TEST_F(inet, connect_any)
{
	const int server = open_server(SOCK_STREAM, "127.0.0.1", 0);
	const struct target target = { SOCK_STREAM, 0, "0.0.0.0",
				       local_port(server) };

	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_it, &target));
	EXPECT_TRUE(has_connection(server));
	EXPECT_EQ(ECONNREFUSED, in_jail(&self->w, 0, connect_it, &target));
	EXPECT_FALSE(has_connection(server));
	close(server);
}

/* B12: its own service is reached there, and both sides see one address. */

static int reach_own(void *const arg)
{
	const struct target *const target = arg;
	const int server = open_server(SOCK_STREAM, "0.0.0.0", 0);
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	int conn;

	if (server < 0 || fd < 0)
		return UNREACHED;
	if (connect_to(fd, target->addr, local_port(server)))
		return errno;
	conn = accept(server, NULL, NULL);
	if (conn < 0 || peer_place(conn) != local_place(conn) ||
	    peer_place(fd) != peer_place(conn))
		return UNREACHED;
	return peer_place(fd);
}

TEST_F(inet, own_loopback)
{
	struct target target = { .addr = "127.0.0.1" };

	EXPECT_EQ(0, in_chroot(&self->w, 0, reach_own, &target));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, reach_own, &target));
	target.addr = "127.9.9.9";
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, UID_USER, reach_own, &target));
	target.addr = "0.0.0.0";
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, reach_own, &target));
}

/* B3, B4: connecting without connect(). */

static int connect_fast(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return UNREACHED;
	return RESULT(send_to(fd, target->addr, target->port,
			      MSG_FASTOPEN | MSG_NOSIGNAL));
}

static int connect_deferred(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (fd < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)))
		return UNREACHED;
	if (connect_to(fd, target->addr, target->port))
		return errno;
	return RESULT(send(fd, "a", 1, MSG_NOSIGNAL));
}

TEST_F(inet, fast_open)
{
	const int server = open_server(SOCK_STREAM, "127.0.0.1", 0);
	const struct target target = { SOCK_STREAM, 0, "127.0.0.1",
				       local_port(server) };

	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_fast, &target));
	EXPECT_TRUE(has_connection(server));
	EXPECT_EQ(ECONNREFUSED, in_jail(&self->w, 0, connect_fast, &target));
	EXPECT_FALSE(has_connection(server));
	close(server);
}

TEST_F(inet, fast_open_connect)
{
	const int server = open_server(SOCK_STREAM, "127.0.0.1", 0);
	const struct target target = { SOCK_STREAM, 0, "127.0.0.1",
				       local_port(server) };

	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_deferred, &target));
	EXPECT_TRUE(has_connection(server));
	EXPECT_EQ(ECONNREFUSED,
		  in_jail(&self->w, 0, connect_deferred, &target));
	EXPECT_FALSE(has_connection(server));
	close(server);
}

/* The source of a connection to the host. */
TEST_F(inet, connect_source)
{
	const int server = open_server(SOCK_STREAM, ADDR_HOST, 0);
	const struct target target = { SOCK_STREAM, 0, ADDR_HOST,
				       local_port(server) };
	struct sockaddr_in from = {};
	socklen_t len = sizeof(from);
	int conn;

	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_it, &target));
	conn = accept(server, (struct sockaddr *)&from, &len);
	EXPECT_LE(0, conn);
	EXPECT_FALSE(is_addr(&from, ADDR_JAIL));
	close(conn);
	EXPECT_EQ(0, in_jail(&self->w, 0, connect_it, &target));
	conn = accept(server, (struct sockaddr *)&from, &len);
	EXPECT_LE(0, conn);
	EXPECT_TRUE(is_addr(&from, ADDR_JAIL));
	close(conn);
	close(server);
}

/* B5 */

static int connect_datagram(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return UNREACHED;
	if (connect_to(fd, target->addr, target->port))
		return errno;
	send(fd, "a", 1, MSG_NOSIGNAL);
	return peer_place(fd);
}

TEST_F(inet, connect_udp)
{
	const int server = open_server(SOCK_DGRAM, "127.0.0.1", 0);
	struct target target = { SOCK_DGRAM, 0, "127.0.0.1",
				 local_port(server) };
	struct sockaddr_in from;

	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_datagram, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, connect_datagram, &target));
	EXPECT_FALSE(get_datagram(server, &from));
	target.addr = "0.0.0.0";
	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_datagram, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, connect_datagram, &target));
	EXPECT_FALSE(get_datagram(server, &from));
	close(server);
}

/* B6, B7, B9: datagrams without a connection; what counts is who gets them. */

static int send_datagram(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return UNREACHED;
	return send_to(fd, target->addr, target->port, 0) == 1 ? 0 : errno;
}

static int send_unspec(void *const arg)
{
	const struct target *const target = arg;
	struct sockaddr_in in = make_sockaddr(target->addr, target->port);
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	in.sin_family = AF_UNSPEC;
	if (fd < 0)
		return UNREACHED;
	return RESULT(
		sendto(fd, "a", 1, 0, (struct sockaddr *)&in, sizeof(in)));
}

static int send_corked(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return UNREACHED;
	if (send_to(fd, target->addr, target->port, MSG_MORE) != 1)
		return errno;
	return send_to(fd, target->addr, target->port, 0) == 1 ? 0 : errno;
}

static void check_send(struct __test_metadata *const _metadata,
		       const struct world *const w, const attack_t attack)
{
	static const char *const addrs[] = { "127.0.0.1", "0.0.0.0" };
	const int server = open_server(SOCK_DGRAM, "127.0.0.1", 0);
	struct target target = { .port = local_port(server) };
	struct sockaddr_in from;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		target.addr = addrs[i];
		EXPECT_EQ(0, in_chroot(w, 0, attack, &target));
		EXPECT_TRUE(get_datagram(server, &from));
		/* It goes to the own address, where nobody listens. */
		EXPECT_EQ(0, in_jail(w, 0, attack, &target));
		EXPECT_FALSE(get_datagram(server, &from));
		EXPECT_EQ(0, in_jail(w, UID_USER, attack, &target));
		EXPECT_FALSE(get_datagram(server, &from));
	}
	close(server);
}

TEST_F(inet, send)
{
	check_send(_metadata, &self->w, send_datagram);
}

TEST_F(inet, send_unspec)
{
	check_send(_metadata, &self->w, send_unspec);
}

TEST_F(inet, send_corked)
{
	check_send(_metadata, &self->w, send_corked);
}

static int send_to_own(void *const arg)
{
	const int server = open_server(SOCK_DGRAM, "0.0.0.0", 0);
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in from = {};
	socklen_t len = sizeof(from);
	char byte;

	if (server < 0 || fd < 0 ||
	    send_to(fd, "127.0.0.1", local_port(server), 0) != 1 ||
	    !readable(server) ||
	    recvfrom(server, &byte, 1, 0, (struct sockaddr *)&from, &len) != 1)
		return UNREACHED;
	return is_addr(&from, ADDR_JAIL) ? AT_JAIL : 0;
}

TEST_F(inet, own_loopback_udp)
{
	EXPECT_EQ(0, in_chroot(&self->w, 0, send_to_own, NULL));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, send_to_own, NULL));
}

/* C1, C2, B8: a source address with the datagram. */

struct sources {
	in_port_t port;
	int protocol;
	/* Of one or two messages; NULL: none. */
	const char *first, *second;
	int count;
	bool connected;
};

static int send_with_sources(void *const arg)
{
	const struct sources *const sources = arg;
	const char *const addrs[2] = { sources->first, sources->second };
	const int fd = socket(AF_INET, SOCK_DGRAM, sources->protocol);
	struct sockaddr_in in = make_sockaddr(ADDR_HOST, sources->port);
	/* As datagram, nothing special; to ICMP, a request for an echo. */
	static char message[8] = { 8 };
	char control[2][CMSG_SPACE(sizeof(struct in_pktinfo))] = {};
	struct iovec iov = { .iov_base = message, .iov_len = sizeof(message) };
	struct mmsghdr messages[2] = {};
	int i, sent;

	for (i = 0; i < 2; i++) {
		struct msghdr *const msg = &messages[i].msg_hdr;
		struct in_pktinfo info = {};
		struct cmsghdr *cmsg;

		msg->msg_name = &in;
		msg->msg_namelen = sizeof(in);
		msg->msg_iov = &iov;
		msg->msg_iovlen = 1;
		if (!addrs[i])
			continue;
		msg->msg_control = control[i];
		msg->msg_controllen = sizeof(control[i]);
		cmsg = CMSG_FIRSTHDR(msg);
		cmsg->cmsg_level = IPPROTO_IP;
		cmsg->cmsg_type = IP_PKTINFO;
		cmsg->cmsg_len = CMSG_LEN(sizeof(info));
		inet_pton(AF_INET, addrs[i], &info.ipi_spec_dst);
		memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	}
	/* As a program does that wants to be at this address only. */
	if (fd < 0 || bind_to(fd, ADDR_JAIL, 0))
		return UNREACHED;
	if (sources->connected) {
		if (connect_to(fd, ADDR_HOST, sources->port))
			return UNREACHED;
		messages[0].msg_hdr.msg_name = NULL;
		messages[0].msg_hdr.msg_namelen = 0;
	}
	sent = sendmmsg(fd, messages, sources->count, 0);
	if (sent < 0)
		return errno;
	return sent == sources->count ? 0 : ERANGE;
}

TEST_F(inet, source_any)
{
	const int server = open_server(SOCK_DGRAM, ADDR_HOST, 0);
	const struct sources sources = { local_port(server), 0, "0.0.0.0", NULL,
					 1 };
	struct sockaddr_in from = {};

	EXPECT_EQ(0, in_chroot(&self->w, 0, send_with_sources, &sources));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_FALSE(is_addr(&from, ADDR_JAIL));
	EXPECT_EQ(0, in_jail(&self->w, 0, send_with_sources, &sources));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_TRUE(is_addr(&from, ADDR_JAIL));
	close(server);
}

TEST_F(inet, source_foreign)
{
	static const char *const addrs[] = { ADDR_OTHER, ADDR_HOST,
					     "127.0.0.1" };
	const int server = open_server(SOCK_DGRAM, ADDR_HOST, 0);
	struct sources sources = { local_port(server), 0, NULL, NULL, 1 };
	struct sockaddr_in from = {};
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(addrs); i++) {
		sources.first = addrs[i / 2];
		sources.connected = i % 2;
		EXPECT_EQ(0,
			  in_chroot(&self->w, 0, send_with_sources, &sources));
		EXPECT_TRUE(get_datagram(server, &from));
		EXPECT_TRUE(is_addr(&from, addrs[i / 2]));
		EXPECT_EQ(EADDRNOTAVAIL,
			  in_jail(&self->w, 0, send_with_sources, &sources))
		{
			TH_LOG("%s", addrs[i / 2]);
		}
		EXPECT_FALSE(get_datagram(server, &from));
	}
	close(server);
}

/* Whatever the call says, nothing leaves from elsewhere. */
TEST_F(inet, source_never_shows)
{
	static const char *const addrs[] = { "0.0.0.0", ADDR_OTHER };
	const int server = open_server(SOCK_DGRAM, ADDR_HOST, 0);
	struct sources sources = { local_port(server), 0, NULL, NULL, 1 };
	struct sockaddr_in from = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		sources.first = addrs[i];
		EXPECT_EQ(0,
			  in_chroot(&self->w, 0, send_with_sources, &sources));
		EXPECT_TRUE(get_datagram(server, &from));
		EXPECT_FALSE(is_addr(&from, ADDR_JAIL));
		in_jail(&self->w, 0, send_with_sources, &sources);
		if (get_datagram(server, &from))
			EXPECT_TRUE(is_addr(&from, ADDR_JAIL));
	}
	close(server);
}

TEST_F(inet, source_in_second_message)
{
	const int server = open_server(SOCK_DGRAM, ADDR_HOST, 0);
	const struct sources sources = { local_port(server), 0, NULL,
					 ADDR_OTHER, 2 };
	struct sockaddr_in from = {};

	EXPECT_EQ(0, in_chroot(&self->w, 0, send_with_sources, &sources));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_TRUE(is_addr(&from, ADDR_OTHER));
	/* The first goes out, the second does not. */
	EXPECT_EQ(ERANGE, in_jail(&self->w, 0, send_with_sources, &sources));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_TRUE(is_addr(&from, ADDR_JAIL));
	close(server);
}

/* C7, C8: to all in the network. */

#define ADDR_ALL "10.2.3.255"

static int send_to_all(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	int err;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)))
		return UNREACHED;
	err = send_to(fd, ADDR_ALL, target->port, 0) == 1 ? 0 : errno;
	close(fd);
	return err;
}

TEST_F(inet, broadcast_source)
{
	const int server = open_server(SOCK_DGRAM, "0.0.0.0", 0);
	const struct target target = { .port = local_port(server) };
	struct sockaddr_in from = {};

	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, send_to_all, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_FALSE(is_addr(&from, ADDR_JAIL));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, send_to_all, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_TRUE(is_addr(&from, ADDR_JAIL));
	close(server);
}

/* Says how many came before the last one, which is for it alone. */
static int hear_all(void *const arg)
{
	const struct world *const w = arg;
	const int fd = open_server(SOCK_DGRAM, "0.0.0.0", w->shared->values[1]);
	int heard = 0;
	char byte;

	if (fd < 0 || !tell(w->shared->values[0]))
		return UNREACHED;
	while (readable(fd) && recv(fd, &byte, 1, 0) == 1) {
		if (byte == 'z')
			return heard ? 0 : ENODATA;
		heard++;
	}
	return UNREACHED;
}

TEST_F(inet, broadcast_receive)
{
	static const enum place places[] = { CHROOT, JAIL };
	struct target target = { .port = unused_port() };
	const struct sockaddr_in to = make_sockaddr(ADDR_JAIL, target.port);
	struct runner runner;
	int ready[2], fd;
	size_t i;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	self->w.shared->values[0] = ready[1];
	self->w.shared->values[1] = target.port;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		runner = start(_metadata, &self->w, places[i], 0, hear_all,
			       &self->w);
		EXPECT_TRUE(hear(ready[0]));
		EXPECT_EQ(0, send_to_all(&target));
		fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		EXPECT_EQ(1, sendto(fd, "z", 1, 0, (const struct sockaddr *)&to,
				    sizeof(to)));
		close(fd);
		EXPECT_EQ(places[i] == JAIL ? ENODATA : 0,
			  finish(_metadata, &self->w, &runner));
	}
}

/* C10 */
TEST_F(inet, source_ping)
{
	struct sources sources = { 0, IPPROTO_ICMP, ADDR_OTHER, NULL, 1 };

	EXPECT_EQ(0,
		  in_chroot(&self->w, UID_USER, send_with_sources, &sources));
	EXPECT_EQ(EADDRNOTAVAIL,
		  in_jail(&self->w, UID_USER, send_with_sources, &sources));
	sources.first = ADDR_JAIL;
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, send_with_sources, &sources));
}

/* B6, C10: where a request for an echo goes, and from where it comes. */

struct echo {
	const char *to;
	/* Says with the message that any source will do. */
	bool any_source;
	/* AT_JAIL if the answer comes from there, or goes there. */
	bool by_source;
};

static int ask_echo(void *const arg)
{
	const struct echo *const echo = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), on = 1;
	struct sockaddr_in in = make_sockaddr(echo->to, 0);
	char control[CMSG_SPACE(sizeof(struct in_pktinfo))] = {};
	char message[8] = { 8 };
	struct iovec iov = { .iov_base = message, .iov_len = sizeof(message) };
	struct msghdr msg = {
		.msg_name = &in,
		.msg_namelen = sizeof(in),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *const cmsg = CMSG_FIRSTHDR(&msg);
	struct in_pktinfo info = {};

	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)))
		return UNREACHED;
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	if (!echo->any_source) {
		msg.msg_control = NULL;
		msg.msg_controllen = 0;
	}
	if (sendmsg(fd, &msg, 0) < 0)
		return errno;
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	if (!readable(fd) || recvmsg(fd, &msg, 0) < 0 || !CMSG_FIRSTHDR(&msg))
		return UNREACHED;
	if (echo->by_source)
		return is_addr(&in, ADDR_JAIL) ? AT_JAIL : 0;
	memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
	in.sin_addr = info.ipi_addr;
	return is_addr(&in, ADDR_JAIL) ? AT_JAIL : 0;
}

TEST_F(inet, ping_loopback)
{
	const struct echo echo = { "127.0.0.1", .by_source = true };

	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, ask_echo, &echo));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, UID_USER, ask_echo, &echo));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, ask_echo, &echo));
}

TEST_F(inet, ping_any_source)
{
	const struct echo echo = { ADDR_HOST, .any_source = true };

	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, ask_echo, &echo));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, UID_USER, ask_echo, &echo));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, ask_echo, &echo));
}

/* B10, E1: IPv4 by an IPv6 socket. */

static int send_by_inet6(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd < 0)
		return errno;
	return send_to(fd, target->addr, target->port, 0) == 1 ? 0 : errno;
}

TEST_F(inet, inet6)
{
	const int server = open_server(SOCK_DGRAM, "127.0.0.1", 0);
	const struct target target = { SOCK_DGRAM, 0, "127.0.0.1",
				       local_port(server) };
	struct sockaddr_in from;

	EXPECT_EQ(0, in_chroot(&self->w, 0, send_by_inet6, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_EQ(EAFNOSUPPORT, in_jail(&self->w, 0, send_by_inet6, &target));
	EXPECT_FALSE(get_datagram(server, &from));
	close(server);
}

/* B11 */

/* Loose source and record route by 127.0.0.1. */
static const unsigned char source_route[] = { 131, 7, 4, 127, 0, 0, 1, 0 };

static int send_source_route(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in in = make_sockaddr(target->addr, target->port);
	char control[CMSG_SPACE(sizeof(source_route))] = {};
	struct iovec iov = { .iov_base = (void *)"a", .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &in,
		.msg_namelen = sizeof(in),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *const cmsg = CMSG_FIRSTHDR(&msg);

	if (fd < 0)
		return UNREACHED;
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_RETOPTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(source_route));
	memcpy(CMSG_DATA(cmsg), source_route, sizeof(source_route));
	return RESULT(sendmsg(fd, &msg, MSG_NOSIGNAL));
}

static int set_source_route(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return UNREACHED;
	return RESULT(setsockopt(fd, IPPROTO_IP, IP_OPTIONS, source_route,
				 sizeof(source_route)));
}

TEST_F(inet, source_route)
{
	const struct target target = { SOCK_DGRAM, 0, ADDR_HOST, 9 };

	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_source_route, NULL));
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, set_source_route, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, set_source_route, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, send_source_route, &target));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, send_source_route, &target));
}

/* C4 to C6: options that choose an interface or make the host join a group. */

struct long_option {
	int name;
	const void *value;
	socklen_t len;
};

static int set_long_option(void *const arg)
{
	const struct long_option *const option = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return UNREACHED;
	return RESULT(setsockopt(fd, IPPROTO_IP, option->name, option->value,
				 option->len));
}

static void check_long_option(struct __test_metadata *const _metadata,
			      const struct world *const w, const int name,
			      const void *const value, const socklen_t len)
{
	const struct long_option option = { name, value, len };

	EXPECT_EQ(0, in_chroot(w, UID_USER, set_long_option, &option));
	EXPECT_EQ(EPERM, in_jail(w, UID_USER, set_long_option, &option));
	EXPECT_EQ(EPERM, in_jail(w, 0, set_long_option, &option));
}

TEST_F(inet, unicast_interface)
{
	const int index = htonl(if_nametoindex(DEVICE));

	check_long_option(_metadata, &self->w, IP_UNICAST_IF, &index,
			  sizeof(index));
}

TEST_F(inet, multicast_interface)
{
	const struct in_addr addr = make_sockaddr(ADDR_OTHER, 0).sin_addr;

	check_long_option(_metadata, &self->w, IP_MULTICAST_IF, &addr,
			  sizeof(addr));
}

TEST_F(inet, membership)
{
	const struct ip_mreqn mreq = {
		.imr_multiaddr = make_sockaddr("239.1.2.3", 0).sin_addr,
		.imr_ifindex = if_nametoindex(DEVICE),
	};

	check_long_option(_metadata, &self->w, IP_ADD_MEMBERSHIP, &mreq,
			  sizeof(mreq));
}

/* I: sockets that cross the wall. */

FIXTURE(foreign)
{
	struct world w;
	int server;
	in_port_t port;
	int pair[2];
};

FIXTURE_SETUP(foreign)
{
	make_world(_metadata, &self->w);
	self->server = open_server(SOCK_STREAM, ADDR_HOST, 0);
	ASSERT_LE(0, self->server);
	self->port = local_port(self->server);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				self->pair));
}

FIXTURE_TEARDOWN(foreign)
{
	close(self->server);
	remove_world(&self->w);
}

/* A socket of the host, and the port of a server of the host. */
struct crossing {
	int fd;
	in_port_t port;
};

static int connect_crossing(void *const arg)
{
	const struct crossing *const crossing = arg;

	return RESULT(connect_to(crossing->fd, ADDR_HOST, crossing->port));
}

static int bind_crossing(void *const arg)
{
	const struct crossing *const crossing = arg;

	return RESULT(bind_to(crossing->fd, ADDR_OTHER, 0));
}

static int listen_crossing(void *const arg)
{
	const struct crossing *const crossing = arg;

	return RESULT(listen(crossing->fd, 1));
}

static int send_crossing(void *const arg)
{
	const struct crossing *const crossing = arg;

	return send_to(crossing->fd, ADDR_HOST, crossing->port, 0) == 1 ? 0 :
									  errno;
}

static void check_crossing(struct __test_metadata *const _metadata,
			   const struct _test_data_foreign *const self,
			   const int type, const attack_t attack)
{
	struct crossing crossing = { .port = self->port };

	crossing.fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, crossing.fd);
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, attack, &crossing));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, attack, &crossing));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, attack, &crossing));
	close(crossing.fd);
}

TEST_F(foreign, open_before)
{
	check_crossing(_metadata, self, SOCK_STREAM, bind_crossing);
	check_crossing(_metadata, self, SOCK_STREAM, connect_crossing);
	check_crossing(_metadata, self, SOCK_STREAM, listen_crossing);
	check_crossing(_metadata, self, SOCK_DGRAM, connect_crossing);
	check_crossing(_metadata, self, SOCK_DGRAM, send_crossing);
}

/* An IPv6 socket of the host: to be sent through, not to be led elsewhere. */

static struct sockaddr_in6 loopback6(const in_port_t port)
{
	const struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};

	return in6;
}

static int send_plain(void *const arg)
{
	const struct crossing *const crossing = arg;

	return RESULT(send(crossing->fd, "a", 1, MSG_NOSIGNAL));
}

static int send_with_source6(void *const arg)
{
	const struct crossing *const crossing = arg;
	const struct in6_pktinfo info = { .ipi6_addr = IN6ADDR_LOOPBACK_INIT };
	char control[CMSG_SPACE(sizeof(info))] = {};
	struct iovec iov = { .iov_base = (void *)"a", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *const cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = IPPROTO_IPV6;
	cmsg->cmsg_type = IPV6_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	return RESULT(sendmsg(crossing->fd, &msg, MSG_NOSIGNAL));
}

static int send_named6(void *const arg)
{
	const struct crossing *const crossing = arg;
	const struct sockaddr_in6 in6 = loopback6(crossing->port);

	return RESULT(sendto(crossing->fd, "a", 1, MSG_NOSIGNAL,
			     (const struct sockaddr *)&in6, sizeof(in6)));
}

TEST_F(foreign, inet6)
{
	struct sockaddr_in6 in6 = loopback6(0);
	struct crossing crossing;
	socklen_t len = sizeof(in6);
	int server;

	server = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, bind(server, (struct sockaddr *)&in6, len));
	ASSERT_EQ(0, getsockname(server, (struct sockaddr *)&in6, &len));
	crossing.port = ntohs(in6.sin6_port);
	crossing.fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, crossing.fd);
	ASSERT_EQ(0, connect(crossing.fd, (struct sockaddr *)&in6, len));

	EXPECT_EQ(0, in_jail(&self->w, UID_USER, send_plain, &crossing));
	EXPECT_EQ(0,
		  in_chroot(&self->w, UID_USER, send_with_source6, &crossing));
	EXPECT_EQ(EPERM,
		  in_jail(&self->w, UID_USER, send_with_source6, &crossing));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, send_with_source6, &crossing));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, send_named6, &crossing));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, send_named6, &crossing));
	close(crossing.fd);
	close(server);
}

/* The socket comes by self->pair[0]. */
static int receive_and_connect(void *const arg)
{
	const struct _test_data_foreign *const self = arg;
	struct crossing crossing = { .port = self->port };

	crossing.fd = receive_fd(self->pair[0]);
	if (crossing.fd < 0)
		return UNREACHED;
	return connect_crossing(&crossing);
}

TEST_F(foreign, received)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_fd(self->pair[1], fd));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, receive_and_connect, self));
	EXPECT_FALSE(has_connection(self->server));
	ASSERT_EQ(0, send_fd(self->pair[1], fd));
	EXPECT_EQ(0, in_chroot(&self->w, 0, receive_and_connect, self));
	EXPECT_TRUE(has_connection(self->server));
	close(fd);
}

/* Sending binds, too: to all addresses of the host. */
TEST_F(foreign, send_unbound)
{
	const struct crossing crossing = {
		.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
	};

	ASSERT_LE(0, crossing.fd);
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, send_plain, &crossing));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, send_plain, &crossing));
	EXPECT_EQ(0, local_port(crossing.fd));
	EXPECT_EQ(EDESTADDRREQ,
		  in_chroot(&self->w, UID_USER, send_plain, &crossing));
	EXPECT_NE(0, local_port(crossing.fd));
	close(crossing.fd);
}

/* A connection that came in is as good as ever, and fails as ever. */
static int write_after_reset(void *const arg)
{
	const struct crossing *const crossing = arg;

	if (send(crossing->fd, "a", 1, MSG_NOSIGNAL) != -1 ||
	    errno != ECONNRESET)
		return errno;
	return RESULT(send(crossing->fd, "a", 1, MSG_NOSIGNAL));
}

TEST_F(foreign, reset)
{
	const struct linger linger = { .l_onoff = 1 };
	struct crossing crossing;
	int i, fd;

	for (i = 0; i < 2; i++) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		ASSERT_EQ(0, connect_to(fd, ADDR_HOST, self->port));
		crossing.fd = accept(self->server, NULL, NULL);
		ASSERT_LE(0, crossing.fd);
		ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
					sizeof(linger)));
		close(fd);
		EXPECT_EQ(EPIPE, i ? in_jail(&self->w, 0, write_after_reset,
					     &crossing) :
				     in_chroot(&self->w, 0, write_after_reset,
					       &crossing));
		close(crossing.fd);
	}
}

/* What a program chooses for one socket of a group it chooses for all. */
static int steer_group(void *const arg)
{
	const struct crossing *const crossing = arg;
	struct sock_filter first = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog program = { .len = 1, .filter = &first };

	return RESULT(setsockopt(crossing->fd, SOL_SOCKET,
				 SO_ATTACH_REUSEPORT_CBPF, &program,
				 sizeof(program)));
}

TEST_F(foreign, reuse_port_group)
{
	const int on = 1;
	const struct crossing crossing = {
		.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	};

	ASSERT_EQ(0, setsockopt(crossing.fd, SOL_SOCKET, SO_REUSEPORT, &on,
				sizeof(on)));
	ASSERT_EQ(0, bind_to(crossing.fd, ADDR_HOST, 0));
	ASSERT_EQ(0, listen(crossing.fd, 8));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, steer_group, &crossing));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, steer_group, &crossing));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, steer_group, &crossing));
	close(crossing.fd);
}

static int just_receive(void *const arg)
{
	const struct _test_data_foreign *const self = arg;
	const int fd = receive_fd(self->pair[0]);

	return fd < 0 ? errno : RESULT(close(fd));
}

static int enter_only(void *const arg)
{
	return 0;
}

/* Receives or inherits a socket; closes it. */
static void check_refused(struct __test_metadata *const _metadata,
			  struct _test_data_foreign *const self, const int fd)
{
	ASSERT_EQ(0, send_fd(self->pair[1], fd));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, just_receive, self));
	EXPECT_EQ(NOT_ENTERED(EBUSY), in_jail(&self->w, 0, enter_only, NULL));
	ASSERT_EQ(0, send_fd(self->pair[1], fd));
	ASSERT_EQ(0, send_fd(self->pair[1], fd));
	close(fd);
	EXPECT_EQ(EACCES, in_jail(&self->w, 0, just_receive, self));
	EXPECT_EQ(EACCES, in_jail(&self->w, UID_USER, just_receive, self));
}

/* What a jail cannot open itself has more ways to name an address. */
TEST_F(foreign, other_protocols)
{
	static const struct target kinds[] = {
		{ SOCK_STREAM, IPPROTO_SCTP },
		{ SOCK_SEQPACKET, IPPROTO_SCTP },
		{ SOCK_STREAM, 256 /* SMC */ },
		{ SOCK_STREAM, 262 /* MPTCP */ },
		{ SOCK_DGRAM, 115 /* L2TP */ },
		{ SOCK_DGRAM, IPPROTO_UDPLITE },
		{ SOCK_RAW, IPPROTO_ICMP },
	};
	int present = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		const int fd = socket(AF_INET, kinds[i].type | SOCK_CLOEXEC,
				      kinds[i].protocol);

		if (fd < 0)
			continue;
		present++;
		check_refused(_metadata, self, fd);
	}
	/* At least the last two: they come with IPv4. */
	EXPECT_LE(2, present);
}

/* A listener of the host serves on; what it accepts is the host's. */
static int accept_and_disconnect(void *const arg)
{
	const struct _test_data_foreign *const self = arg;
	const int fd = accept(self->server, NULL, NULL);

	if (fd < 0)
		return UNREACHED;
	return RESULT(disconnect(fd));
}

TEST_F(foreign, accepted)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ASSERT_EQ(0, connect_to(fd, ADDR_HOST, self->port));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, accept_and_disconnect, self));
	ASSERT_EQ(0, connect_to(other, ADDR_HOST, self->port));
	EXPECT_EQ(0, in_chroot(&self->w, 0, accept_and_disconnect, self));
	close(fd);
	close(other);
}

/* A socket of a jail stays one outside. */
static int pass_out(void *const arg)
{
	const struct _test_data_foreign *const self = arg;
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? UNREACHED : send_fd(self->pair[0], fd);
}

TEST_F(foreign, passed_out)
{
	int fd;

	ASSERT_EQ(0, in_chroot(&self->w, 0, pass_out, self));
	fd = receive_fd(self->pair[1]);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, bind_to(fd, "0.0.0.0", 0));
	EXPECT_EQ(0, local_place(fd));
	close(fd);

	ASSERT_EQ(0, in_jail(&self->w, 0, pass_out, self));
	fd = receive_fd(self->pair[1]);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, bind_to(fd, "0.0.0.0", 0));
	EXPECT_EQ(AT_JAIL, local_place(fd));
	close(fd);
}

/* Of another jail: its address may soon be somebody else's. */
static int listen_and_pass_out(void *const arg)
{
	const struct _test_data_foreign *const self = arg;
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 || listen(fd, 1) ? UNREACHED : send_fd(self->pair[0], fd);
}

TEST_F(foreign, of_another_jail)
{
	int fd;

	ASSERT_EQ(0, in_jail(&self->w, 0, listen_and_pass_out, self));
	fd = receive_fd(self->pair[1]);
	ASSERT_LE(0, fd);
	set_addr(&self->w.addr, ADDR_OTHER);
	check_refused(_metadata, self, fd);
}

TEST_HARNESS_MAIN
