// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - One port for the host and for several jails
 */

#define _GNU_SOURCE
#include "inet.h"

FIXTURE(port)
{
	struct world w;
	in_port_t number;
	/* The server says when it is ready, and ends when told. */
	int ready[2], go[2];
};

FIXTURE_SETUP(port)
{
	make_world(_metadata, &self->w);
	self->number = unused_port();
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
}

FIXTURE_TEARDOWN(port)
{
	remove_world(&self->w);
}

struct server {
	int type;
	const char *addr;
	in_port_t port;
	/* Socket option, or 0. */
	int option;
	int ready, go;
};

static int open_with_option(const struct server *const server)
{
	const int fd = socket(AF_INET, server->type | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -1;
	if (server->option &&
	    setsockopt(fd, SOL_SOCKET, server->option, &on, sizeof(on)))
		goto err;
	if (bind_to(fd, server->addr, server->port) ||
	    (server->type == SOCK_STREAM && listen(fd, 8)))
		goto err;
	return fd;

err:
	close(fd);
	return -1;
}

/* Serves until it is told to end: then it must have been asked once. */
static int serve(void *const arg)
{
	const struct server *const server = arg;
	const int fd = open_with_option(server);
	int err = fd < 0 ? errno : 0;
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	tell(server->ready);
	hear(server->go);
	if (!err && poll(&pollfd, 1, 0) != 1)
		err = ENODATA;
	close(fd);
	return err;
}

/* Asks the server at @addr. */
static int ask(const int type, const char *const addr, const in_port_t port)
{
	const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return errno;
	if (type == SOCK_STREAM)
		err = RESULT(connect_to(fd, addr, port));
	else
		err = send_to(fd, addr, port, 0) == 1 ? 0 : errno;
	close(fd);
	return err;
}

/* True if the own server was asked. */
static bool was_asked(const int type, const int fd)
{
	struct sockaddr_in from;

	return type == SOCK_STREAM ? has_connection(fd) :
				     get_datagram(fd, &from);
}

/* What the second of two servers got, 0 or an errno. */
static int check_both(struct __test_metadata *const _metadata,
		      struct _test_data_port *const self,
		      const enum place place, const int type, const int option,
		      const bool host_first)
{
	struct server inmate = {
		.type = type,
		.addr = place == JAIL ? "0.0.0.0" : ADDR_JAIL,
		.port = self->number,
		.option = option,
		.ready = self->ready[1],
		.go = self->go[0],
	};
	struct server host = inmate;
	struct runner runner;
	int fd = -1, err = 0, result;

	host.addr = "0.0.0.0";
	if (host_first) {
		fd = open_with_option(&host);
		EXPECT_LE(0, fd);
		/* The other one must not have it by inheritance. */
		runner = start(_metadata, &self->w, place, 0, serve, &inmate);
		EXPECT_TRUE(hear(self->ready[0]));
	} else {
		runner = start(_metadata, &self->w, place, 0, serve, &inmate);
		EXPECT_TRUE(hear(self->ready[0]));
		fd = open_with_option(&host);
		if (fd < 0)
			err = errno;
	}
	EXPECT_EQ(0, ask(type, ADDR_JAIL, self->number));
	if (place == JAIL && fd >= 0) {
		/* Each has its own. */
		EXPECT_FALSE(was_asked(type, fd));
		EXPECT_EQ(0, ask(type, ADDR_HOST, self->number));
		EXPECT_TRUE(was_asked(type, fd));
		EXPECT_EQ(0, ask(type, "127.0.0.1", self->number));
		EXPECT_TRUE(was_asked(type, fd));
	}
	tell(self->go[1]);
	result = finish(_metadata, &self->w, &runner);
	if (fd >= 0)
		close(fd);
	return err ?: result;
}

/* D1 */
TEST_F(port, tcp)
{
	EXPECT_EQ(EADDRINUSE,
		  check_both(_metadata, self, CHROOT, SOCK_STREAM, 0, true));
	EXPECT_EQ(EADDRINUSE,
		  check_both(_metadata, self, CHROOT, SOCK_STREAM, 0, false));
	self->number = unused_port();
	EXPECT_EQ(0, check_both(_metadata, self, JAIL, SOCK_STREAM, 0, true));
	self->number = unused_port();
	EXPECT_EQ(0, check_both(_metadata, self, JAIL, SOCK_STREAM, 0, false));
}

/* D2 */
TEST_F(port, udp)
{
	EXPECT_EQ(EADDRINUSE,
		  check_both(_metadata, self, CHROOT, SOCK_DGRAM, 0, true));
	EXPECT_EQ(EADDRINUSE,
		  check_both(_metadata, self, CHROOT, SOCK_DGRAM, 0, false));
	EXPECT_EQ(0, check_both(_metadata, self, JAIL, SOCK_DGRAM, 0, true));
	EXPECT_EQ(0, check_both(_metadata, self, JAIL, SOCK_DGRAM, 0, false));
}

/* D4: listen() looks for conflicts a second time. */
TEST_F(port, reuse_addr)
{
	EXPECT_EQ(EADDRINUSE, check_both(_metadata, self, CHROOT, SOCK_STREAM,
					 SO_REUSEADDR, true));
	self->number = unused_port();
	EXPECT_EQ(0, check_both(_metadata, self, JAIL, SOCK_STREAM,
				SO_REUSEADDR, true));
	self->number = unused_port();
	EXPECT_EQ(0, check_both(_metadata, self, JAIL, SOCK_STREAM,
				SO_REUSEADDR, false));
}

/* D3: a socket of the host for both families. */

static int open_dual(const in_port_t port)
{
	const struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	};
	const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (const struct sockaddr *)&in6, sizeof(in6)) ||
	    listen(fd, 8)) {
		close(fd);
		return -1;
	}
	return fd;
}

TEST_F(port, dual_stack)
{
	struct server inmate = {
		.type = SOCK_STREAM,
		.addr = ADDR_JAIL,
		.port = self->number,
		.ready = self->ready[1],
		.go = self->go[0],
	};
	struct runner runner;
	int fd;

	fd = open_dual(self->number);
	ASSERT_LE(0, fd);
	runner = start(_metadata, &self->w, CHROOT, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	tell(self->go[1]);
	EXPECT_EQ(EADDRINUSE, finish(_metadata, &self->w, &runner));

	inmate.addr = "0.0.0.0";
	runner = start(_metadata, &self->w, JAIL, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	EXPECT_EQ(0, ask(SOCK_STREAM, ADDR_JAIL, self->number));
	EXPECT_FALSE(has_connection(fd));
	EXPECT_EQ(0, ask(SOCK_STREAM, ADDR_HOST, self->number));
	EXPECT_TRUE(has_connection(fd));
	tell(self->go[1]);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
	close(fd);

	/* The other one first. */
	inmate.port = unused_port();
	inmate.addr = ADDR_JAIL;
	runner = start(_metadata, &self->w, CHROOT, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	EXPECT_EQ(-1, open_dual(inmate.port));
	EXPECT_EQ(EADDRINUSE, errno);
	tell(self->go[1]);
	EXPECT_EQ(ENODATA, finish(_metadata, &self->w, &runner));
	inmate.port = unused_port();
	inmate.addr = "0.0.0.0";
	runner = start(_metadata, &self->w, JAIL, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	fd = open_dual(inmate.port);
	EXPECT_LE(0, fd);
	EXPECT_EQ(0, ask(SOCK_STREAM, ADDR_JAIL, inmate.port));
	EXPECT_FALSE(has_connection(fd));
	tell(self->go[1]);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
	close(fd);
}

/* D6: joining the host's group of sockets to get half of its connections. */

static void check_group(struct __test_metadata *const _metadata,
			struct _test_data_port *const self, const int type)
{
	struct server inmate = {
		.type = type,
		.addr = ADDR_JAIL,
		.port = self->number,
		.option = SO_REUSEPORT,
		.ready = self->ready[1],
		.go = self->go[0],
	};
	struct runner runner;
	int fd, result;

	/* The host has a socket at the address of the jail. */
	fd = open_with_option(&inmate);
	ASSERT_LE(0, fd);
	runner = start(_metadata, &self->w, CHROOT, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	tell(self->go[1]);
	/* It got in; whether it was asked does not matter. */
	result = finish(_metadata, &self->w, &runner);
	EXPECT_TRUE(result == 0 || result == ENODATA);

	runner = start(_metadata, &self->w, JAIL, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	tell(self->go[1]);
	EXPECT_EQ(EADDRINUSE, finish(_metadata, &self->w, &runner));
	close(fd);
}

TEST_F(port, reuse_port_tcp)
{
	check_group(_metadata, self, SOCK_STREAM);
}

TEST_F(port, reuse_port_udp)
{
	check_group(_metadata, self, SOCK_DGRAM);
}

/*
 * D6: a user of the host who has the port at all addresses, as he may, wants the
 * jail's address as well, and is found first there if he gets it.
 */

static int take_over(void *const arg)
{
	const struct server *const server = arg;
	struct server all = *server;
	int wildcard, exact, err;

	all.addr = "0.0.0.0";
	wildcard = open_with_option(&all);
	if (wildcard < 0)
		return UNREACHED;
	exact = open_with_option(server);
	err = exact < 0 ? errno : 0;
	close(exact);
	close(wildcard);
	return err;
}

static void check_take_over(struct __test_metadata *const _metadata,
			    struct _test_data_port *const self, const int type)
{
	struct world outside = self->w;
	const struct server thief = {
		.type = type,
		.addr = ADDR_JAIL,
		.port = self->number,
		.option = SO_REUSEPORT,
	};
	struct server inmate = thief;
	struct runner runner;

	/* Where nobody serves he gets it. */
	EXPECT_EQ(0, on_host(&self->w, UID_USER, take_over, &thief));

	inmate.addr = "0.0.0.0";
	inmate.option = 0;
	inmate.ready = self->ready[1];
	inmate.go = self->go[0];
	outside.shared = mmap(NULL, sizeof(*outside.shared),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, outside.shared);
	runner = start(_metadata, &self->w, JAIL, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	EXPECT_EQ(EADDRINUSE, on_host(&outside, UID_USER, take_over, &thief));
	EXPECT_EQ(EADDRINUSE, on_host(&outside, 0, take_over, &thief));
	EXPECT_EQ(0, ask(type, ADDR_JAIL, self->number));
	tell(self->go[1]);
	/* It was asked. */
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
}

TEST_F(port, take_over_tcp)
{
	check_take_over(_metadata, self, SOCK_STREAM);
}

TEST_F(port, take_over_udp)
{
	check_take_over(_metadata, self, SOCK_DGRAM);
}

/*
 * D2: a socket on the wildcard gets an address when it connects: that of the
 * jail if it connects to it.
 */

static int connect_beside(void *const arg)
{
	const struct server *const server = arg;
	const int fd = open_server(SOCK_DGRAM, "0.0.0.0", server->port);
	struct sockaddr_in in = {};
	socklen_t len = sizeof(in);

	if (fd < 0)
		return UNREACHED;
	if (connect_to(fd, server->addr, 9))
		return errno;
	if (getsockname(fd, (struct sockaddr *)&in, &len))
		return UNREACHED;
	return is_addr(&in, server->addr) ? 0 : ERANGE;
}

TEST_F(port, connect_beside)
{
	struct world outside = self->w;
	struct server inmate = {
		.type = SOCK_DGRAM,
		.addr = ADDR_LOST,
		.port = self->number,
		.ready = self->ready[1],
		.go = self->go[0],
	};
	struct runner runner;

	outside.shared = mmap(NULL, sizeof(*outside.shared),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, outside.shared);
	ASSERT_EQ(0, change_address(ADDR_LOST, true));
	set_addr(&self->w.addr, ADDR_LOST);
	EXPECT_EQ(0, on_host(&outside, UID_USER, connect_beside, &inmate));
	runner = start(_metadata, &self->w, JAIL, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	EXPECT_EQ(EADDRINUSE,
		  on_host(&outside, UID_USER, connect_beside, &inmate));
	EXPECT_EQ(0, ask(SOCK_DGRAM, ADDR_LOST, self->number));
	tell(self->go[1]);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
	ASSERT_EQ(0, change_address(ADDR_LOST, false));
}

/* D4: who is bound and not yet listening must not be overtaken. */

static int bind_only(void *const arg)
{
	const struct server *const server = arg;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		return UNREACHED;
	if (bind_to(fd, server->addr, server->port))
		return errno;
	/* Alone again, or the other way round. */
	if (server->ready)
		tell(server->ready);
	if (server->go)
		hear(server->go);
	return RESULT(close(fd));
}

TEST_F(port, overtake)
{
	struct world outside = self->w;
	struct server first = {
		.type = SOCK_STREAM,
		.addr = ADDR_JAIL,
		.port = self->number,
		.ready = self->ready[1],
		.go = self->go[0],
	};
	struct server second = first;
	struct runner runner;

	second.ready = 0;
	second.go = 0;
	outside.shared = mmap(NULL, sizeof(*outside.shared),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, outside.shared);

	/* A jail after the host. */
	runner = start(_metadata, &outside, HOST, 0, bind_only, &first);
	EXPECT_TRUE(hear(self->ready[0]));
	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_only, &second));
	EXPECT_EQ(EADDRINUSE, in_jail(&self->w, 0, bind_only, &second));
	tell(self->go[1]);
	EXPECT_EQ(0, finish(_metadata, &outside, &runner));

	/* The host after a jail. */
	runner = start(_metadata, &self->w, CHROOT, 0, bind_only, &first);
	EXPECT_TRUE(hear(self->ready[0]));
	EXPECT_EQ(0, on_host(&outside, UID_USER, bind_only, &second));
	tell(self->go[1]);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
	runner = start(_metadata, &self->w, JAIL, 0, bind_only, &first);
	EXPECT_TRUE(hear(self->ready[0]));
	EXPECT_EQ(EADDRINUSE, on_host(&outside, UID_USER, bind_only, &second));
	EXPECT_EQ(EADDRINUSE, on_host(&outside, 0, bind_only, &second));
	tell(self->go[1]);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
}

/* D14: both at exactly the same address. */
TEST_F(port, same_address)
{
	struct server inmate = {
		.type = SOCK_STREAM,
		.addr = "0.0.0.0",
		.port = self->number,
		.ready = self->ready[1],
		.go = self->go[0],
	};
	const int fd = open_server(SOCK_STREAM, ADDR_JAIL, self->number);
	struct runner runner;

	ASSERT_LE(0, fd);
	runner = start(_metadata, &self->w, JAIL, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	tell(self->go[1]);
	EXPECT_EQ(EADDRINUSE, finish(_metadata, &self->w, &runner));
	close(fd);
}

/* D5: a connection that the jail has closed keeps its port for a while. */

static int serve_and_close(void *const arg)
{
	const struct server *const server = arg;
	const int fd = open_with_option(server);
	int conn;

	tell(server->ready);
	conn = accept(fd, NULL, NULL);
	if (conn < 0)
		return errno;
	/* The side that closes first has to wait. */
	close(conn);
	close(fd);
	hear(server->go);
	return 0;
}

static int restart_host(struct __test_metadata *const _metadata,
			struct _test_data_port *const self,
			const enum place place)
{
	struct server inmate = {
		.type = SOCK_STREAM,
		.addr = ADDR_JAIL,
		.port = self->number,
		.ready = self->ready[1],
		.go = self->go[0],
	};
	struct runner runner;
	int fd, err = 0;

	runner = start(_metadata, &self->w, place, 0, serve_and_close, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	EXPECT_EQ(0, connect_to(fd, ADDR_JAIL, self->number));
	EXPECT_FALSE(hear(fd));
	close(fd);
	tell(self->go[1]);
	EXPECT_EQ(0, finish(_metadata, &self->w, &runner));
	fd = open_server(SOCK_STREAM, "0.0.0.0", self->number);
	if (fd < 0)
		err = errno;
	else
		close(fd);
	return err;
}

TEST_F(port, time_wait)
{
	EXPECT_EQ(EADDRINUSE, restart_host(_metadata, self, CHROOT));
	self->number = unused_port();
	EXPECT_EQ(0, restart_host(_metadata, self, JAIL));
}

/* Two jails and the host, all on the same port of all addresses. */
TEST_F(port, two_jails)
{
	struct jail_args other_args = self->w.args;
	struct jail_addr other_addr;
	struct server inmate = {
		.type = SOCK_STREAM,
		.addr = "0.0.0.0",
		.port = self->number,
		.ready = self->ready[1],
		.go = self->go[0],
	};
	struct world other = self->w;
	struct runner first, second;
	int fd;

	set_addr(&other_addr, ADDR_OTHER);
	other_args.addrs = ptr_to_u64(&other_addr);
	other.args = other_args;
	other.shared = mmap(NULL, sizeof(*other.shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, other.shared);

	/* No jail descriptor may be open when another one is entered. */
	first = start(_metadata, &self->w, JAIL, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	close(first.jailfd);
	first.jailfd = -1;
	second = start(_metadata, &other, JAIL, 0, serve, &inmate);
	EXPECT_TRUE(hear(self->ready[0]));
	fd = open_server(SOCK_STREAM, "0.0.0.0", self->number);
	EXPECT_LE(0, fd);
	EXPECT_EQ(0, ask(SOCK_STREAM, ADDR_JAIL, self->number));
	EXPECT_EQ(0, ask(SOCK_STREAM, ADDR_OTHER, self->number));
	EXPECT_FALSE(has_connection(fd));
	EXPECT_EQ(0, ask(SOCK_STREAM, ADDR_SPARE, self->number));
	EXPECT_TRUE(has_connection(fd));
	tell(self->go[1]);
	tell(self->go[1]);
	/* Each was asked. */
	EXPECT_EQ(0, finish(_metadata, &self->w, &first));
	EXPECT_EQ(0, finish(_metadata, &other, &second));
	close(fd);
}

TEST_HARNESS_MAIN
