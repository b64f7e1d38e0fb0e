// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Socket families and protocols
 */

#define _GNU_SOURCE
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "inet.h"
#include "uring.h"

#ifndef AF_SMC
#define AF_SMC 43
#endif
#ifndef AF_MCTP
#define AF_MCTP 45
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#define IPPROTO_SMC_NUMBER 256
#define IPPROTO_L2TP_NUMBER 115

FIXTURE(family)
{
	struct world w;
};

FIXTURE_SETUP(family)
{
	make_world(_metadata, &self->w);
	ASSERT_EQ(0, write_file("/proc/sys/net/ipv4/ping_group_range",
				"0 2147483647"));
}

FIXTURE_TEARDOWN(family)
{
	remove_world(&self->w);
}

struct kind {
	int family, type, protocol;
	/* What a jail answers. */
	int answer;
};

static int open_kind(void *const arg)
{
	const struct kind *const kind = arg;
	const int fd = socket(kind->family, kind->type, kind->protocol);

	return fd < 0 ? errno : RESULT(close(fd));
}

/* True for what a kernel says that was built without the protocol. */
static bool is_missing(const int err)
{
	return err == EAFNOSUPPORT || err == EPROTONOSUPPORT ||
	       err == ESOCKTNOSUPPORT || err == ENOPROTOOPT;
}

/*
 * Checks each kind: a kernel without it is no control for it, but at least one
 * of them must be there.
 */
static void check_kinds(struct __test_metadata *const _metadata,
			struct world *const w, const struct kind *const kinds,
			const size_t count)
{
	size_t i, present = 0;

	allow_everything(w);
	for (i = 0; i < count; i++) {
		const int control = on_host(w, 0, open_kind, &kinds[i]);
		const int root = in_jail(w, 0, open_kind, &kinds[i]);
		const int user = in_jail(w, UID_USER, open_kind, &kinds[i]);

		present += !control;
		if (control && !is_missing(control))
			TH_LOG("control: %s", strerror(control));
		EXPECT_TRUE(!control || is_missing(control));
		EXPECT_EQ(kinds[i].answer, root);
		EXPECT_EQ(kinds[i].answer, user)
		{
			TH_LOG("family %d protocol %d", kinds[i].family,
			       kinds[i].protocol);
		}
	}
	if (!present)
		SKIP(return, "The kernel has none of these protocols");
}

#define TEST_KINDS(test, ...)                                               \
	TEST_F(family, test)                                                \
	{                                                                   \
		static const struct kind kinds[] = { __VA_ARGS__ };         \
		check_kinds(_metadata, &self->w, kinds, ARRAY_SIZE(kinds)); \
	}

/* F1 */
TEST_KINDS(raw, { AF_INET, SOCK_RAW, IPPROTO_ICMP, EPERM },
	   { AF_INET, SOCK_RAW, IPPROTO_RAW, EPERM },
	   { AF_INET, SOCK_RAW, IPPROTO_TCP, EPERM })
/* F2 */
TEST_KINDS(packet, { AF_PACKET, SOCK_RAW, 0, EAFNOSUPPORT },
	   { AF_PACKET, SOCK_DGRAM, 0, EAFNOSUPPORT })
/* F3 */
TEST_KINDS(mptcp, { AF_INET, SOCK_STREAM, IPPROTO_MPTCP, EPROTONOSUPPORT })
/* F4 */
TEST_KINDS(smc, { AF_SMC, SOCK_STREAM, 0, EAFNOSUPPORT },
	   { AF_INET, SOCK_STREAM, IPPROTO_SMC_NUMBER, EPROTONOSUPPORT })
/* F5 */
TEST_KINDS(sctp, { AF_INET, SOCK_STREAM, IPPROTO_SCTP, EPROTONOSUPPORT },
	   { AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP, EPROTONOSUPPORT })
/* F6 */
TEST_KINDS(udplite, { AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, EPROTONOSUPPORT })
TEST_KINDS(dccp, { AF_INET, SOCK_DCCP, IPPROTO_DCCP, EPROTONOSUPPORT })
/* F7 */
TEST_KINDS(l2tp, { AF_INET, SOCK_DGRAM, IPPROTO_L2TP_NUMBER, EPROTONOSUPPORT })
/* F8 */
TEST_KINDS(vsock, { AF_VSOCK, SOCK_STREAM, 0, EAFNOSUPPORT },
	   { AF_VSOCK, SOCK_SEQPACKET, 0, EAFNOSUPPORT })
/* F9 */
TEST_KINDS(xdp, { AF_XDP, SOCK_RAW, 0, EAFNOSUPPORT })
TEST_KINDS(key, { AF_KEY, SOCK_RAW, 2, EAFNOSUPPORT })
/* F10 */
TEST_KINDS(rds, { AF_RDS, SOCK_SEQPACKET, 0, EAFNOSUPPORT })
TEST_KINDS(rxrpc, { AF_RXRPC, SOCK_DGRAM, PF_INET, EAFNOSUPPORT })
TEST_KINDS(kcm, { AF_KCM, SOCK_DGRAM, 0, EAFNOSUPPORT },
	   { AF_KCM, SOCK_SEQPACKET, 0, EAFNOSUPPORT })
TEST_KINDS(pppox, { AF_PPPOX, SOCK_STREAM, 0, EAFNOSUPPORT })
/* F11 */
TEST_KINDS(tipc, { AF_TIPC, SOCK_STREAM, 0, EAFNOSUPPORT })
TEST_KINDS(can, { AF_CAN, SOCK_RAW, 1, EAFNOSUPPORT })
TEST_KINDS(mctp, { AF_MCTP, SOCK_DGRAM, 0, EAFNOSUPPORT })
TEST_KINDS(llc, { AF_LLC, SOCK_STREAM, 0, EAFNOSUPPORT })
/* F12 */
TEST_KINDS(alg, { AF_ALG, SOCK_SEQPACKET, 0, EAFNOSUPPORT })
/* E1 */
TEST_KINDS(inet6, { AF_INET6, SOCK_STREAM, 0, EAFNOSUPPORT },
	   { AF_INET6, SOCK_DGRAM, 0, EAFNOSUPPORT },
	   { AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, EAFNOSUPPORT })

/* No number of a family beyond the list is let through. */
TEST_F(family, all)
{
	struct kind kind = { .type = SOCK_DGRAM };
	int present = 0;

	allow_everything(&self->w);
	for (kind.family = 0; kind.family < AF_MAX; kind.family++) {
		if (kind.family == AF_UNIX || kind.family == AF_INET ||
		    kind.family == AF_NETLINK)
			continue;
		present += !on_host(&self->w, 0, open_kind, &kind);
		EXPECT_EQ(EAFNOSUPPORT, in_jail(&self->w, 0, open_kind, &kind))
		{
			TH_LOG("family %d", kind.family);
		}
	}
	EXPECT_LE(2, present);
}

/* What a jail can have, also as a user. */
TEST_F(family, allowed)
{
	static const struct kind kinds[] = {
		{ AF_INET, SOCK_STREAM, 0, 0 },
		{ AF_INET, SOCK_STREAM, IPPROTO_TCP, 0 },
		{ AF_INET, SOCK_DGRAM, 0, 0 },
		{ AF_INET, SOCK_DGRAM, IPPROTO_UDP, 0 },
		{ AF_INET, SOCK_DGRAM, IPPROTO_ICMP, 0 },
		{ AF_UNIX, SOCK_STREAM, 0, 0 },
		{ AF_UNIX, SOCK_DGRAM, 0, 0 },
		{ AF_UNIX, SOCK_SEQPACKET, 0, 0 },
		{ AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_EQ(0, in_jail(&self->w, 0, open_kind, &kinds[i]));
		EXPECT_EQ(0, in_jail(&self->w, UID_USER, open_kind, &kinds[i]));
	}
}

/* F13 */

static int open_pair(void *const arg)
{
	const struct kind *const kind = arg;
	int pair[2];

	return RESULT(
		socketpair(kind->family, kind->type, kind->protocol, pair));
}

TEST_F(family, socketpair)
{
	const struct kind unix_pair = { AF_UNIX, SOCK_STREAM, 0, 0 };
	const struct kind tipc_pair = { AF_TIPC, SOCK_STREAM, 0, 0 };
	int control;

	EXPECT_EQ(0, in_jail(&self->w, 0, open_pair, &unix_pair));
	EXPECT_EQ(EAFNOSUPPORT, in_jail(&self->w, 0, open_pair, &tipc_pair));
	control = on_host(&self->w, 0, open_pair, &tipc_pair);
	if (is_missing(control))
		SKIP(return, "The kernel lacks TIPC");
	EXPECT_EQ(0, control);
}

/* F14: by io_uring, in whose context the call is made. */

static int uring_socket(void *const arg)
{
	const struct kind *const kind = arg;
	const struct io_uring_sqe request = {
		.opcode = IORING_OP_SOCKET,
		.fd = kind->family,
		.off = kind->type,
		.len = kind->protocol,
	};
	const int res = submit(&request);

	return res < 0 ? -res : res < UNREACHED / 2 ? 0 : res;
}

static int uring_connect(void *const arg)
{
	const struct target *const target = arg;
	const struct sockaddr_in in = make_sockaddr(target->addr, target->port);
	const struct io_uring_sqe request = {
		.opcode = IORING_OP_CONNECT,
		.fd = socket(AF_INET, SOCK_STREAM, 0),
		.addr = ptr_to_u64(&in),
		.off = sizeof(in),
	};

	return request.fd < 0 ? UNREACHED : abs(submit(&request));
}

static int uring_bind(void *const arg)
{
	const struct target *const target = arg;
	const struct sockaddr_in in = make_sockaddr(target->addr, target->port);
	const struct io_uring_sqe request = {
		.opcode = IORING_OP_BIND,
		.fd = socket(AF_INET, SOCK_STREAM, 0),
		.addr = ptr_to_u64(&in),
		.addr2 = sizeof(in),
	};

	if (request.fd < 0)
		return UNREACHED;
	return abs(submit(&request)) ?: local_place(request.fd);
}

static int uring_send(void *const arg)
{
	const struct target *const target = arg;
	const struct sockaddr_in in = make_sockaddr(target->addr, target->port);
	const struct io_uring_sqe request = {
		.opcode = IORING_OP_SEND,
		.fd = socket(AF_INET, SOCK_DGRAM, 0),
		.addr = ptr_to_u64("a"),
		.len = 1,
		.addr2 = ptr_to_u64(&in),
		.addr_len = sizeof(in),
	};

	if (request.fd < 0)
		return UNREACHED;
	return submit(&request) == 1 ? 0 : UNREACHED;
}

TEST_F(family, io_uring)
{
	const struct kind raw = { AF_INET, SOCK_RAW, IPPROTO_ICMP, 0 };
	const struct kind inet6 = { AF_INET6, SOCK_STREAM, 0, 0 };
	const struct kind tcp = { AF_INET, SOCK_STREAM, 0, 0 };

	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, uring_socket, &raw));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, uring_socket, &raw));
	EXPECT_EQ(0, in_chroot(&self->w, 0, uring_socket, &inet6));
	EXPECT_EQ(EAFNOSUPPORT, in_jail(&self->w, 0, uring_socket, &inet6));
	EXPECT_EQ(0, in_jail(&self->w, 0, uring_socket, &tcp));
}

TEST_F(family, io_uring_address)
{
	const int server = open_server(SOCK_STREAM, "127.0.0.1", 0);
	const int receiver = open_server(SOCK_DGRAM, "127.0.0.1", 0);
	struct target target = { SOCK_STREAM, 0, "127.0.0.1",
				 local_port(server) };
	struct sockaddr_in from;

	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, uring_connect, &target));
	EXPECT_TRUE(has_connection(server));
	EXPECT_EQ(ECONNREFUSED,
		  in_jail(&self->w, UID_USER, uring_connect, &target));
	EXPECT_FALSE(has_connection(server));
	target.port = local_port(receiver);
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, uring_send, &target));
	EXPECT_TRUE(get_datagram(receiver, &from));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, uring_send, &target));
	EXPECT_FALSE(get_datagram(receiver, &from));
	target.addr = ADDR_HOST;
	target.port = 0;
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, uring_bind, &target));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, UID_USER, uring_bind, &target));
	close(server);
	close(receiver);
}

/* F16 */

static int new_net(void *const arg)
{
	return RESULT(unshare(CLONE_NEWUSER | CLONE_NEWNET));
}

TEST_F(family, network_namespace)
{
	EXPECT_EQ(0, on_host(&self->w, UID_USER, new_net, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, new_net, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, new_net, NULL));
}

/* G6 to G11: protocols of netlink. */

TEST_F(family, netlink)
{
	struct kind kind = { .family = AF_NETLINK, .type = SOCK_RAW };
	int present = 0;

	allow_everything(&self->w);
	for (kind.protocol = 0; kind.protocol < MAX_LINKS; kind.protocol++) {
		if (kind.protocol == NETLINK_ROUTE)
			continue;
		present += !on_host(&self->w, 0, open_kind, &kind);
		EXPECT_EQ(EPROTONOSUPPORT,
			  in_jail(&self->w, 0, open_kind, &kind))
		{
			TH_LOG("protocol %d", kind.protocol);
		}
	}
	/* At least those of the kernel's core. */
	EXPECT_LE(2, present);
}

TEST_KINDS(netlink_sock_diag,
	   { AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG, EPROTONOSUPPORT })
TEST_KINDS(netlink_uevent,
	   { AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT, EPROTONOSUPPORT })
TEST_KINDS(netlink_generic,
	   { AF_NETLINK, SOCK_RAW, NETLINK_GENERIC, EPROTONOSUPPORT })
TEST_KINDS(netlink_connector,
	   { AF_NETLINK, SOCK_RAW, NETLINK_CONNECTOR, EPROTONOSUPPORT })
TEST_KINDS(netlink_audit,
	   { AF_NETLINK, SOCK_RAW, NETLINK_AUDIT, EPROTONOSUPPORT })

/* G1: changes by route netlink. */

struct request {
	struct nlmsghdr header;
	struct rtmsg rtm;
	char attributes[64];
};

static void add_attribute(struct request *const request, const int type,
			  const void *const data, const size_t size)
{
	struct rtattr *const rta =
		(struct rtattr *)((char *)request +
				  NLMSG_ALIGN(request->header.nlmsg_len));

	rta->rta_type = type;
	rta->rta_len = RTA_LENGTH(size);
	memcpy(RTA_DATA(rta), data, size);
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) +
				    RTA_ALIGN(rta->rta_len);
}

static int change_route(const int type, const int flags)
{
	const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	const struct sockaddr_in dst = make_sockaddr("192.0.2.0", 0);
	struct request request = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags,
		},
		.rtm = {
			.rtm_family = AF_INET,
			.rtm_dst_len = 24,
			.rtm_table = RT_TABLE_MAIN,
			.rtm_protocol = RTPROT_STATIC,
			.rtm_scope = RT_SCOPE_LINK,
			.rtm_type = RTN_UNICAST,
		},
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	/* Found on the host: a jail need not see the device. */
	static int index;

	if (!index)
		index = if_nametoindex(DEVICE);
	add_attribute(&request, RTA_DST, &dst.sin_addr, sizeof(dst.sin_addr));
	add_attribute(&request, RTA_OIF, &index, sizeof(index));
	if (fd < 0)
		return UNREACHED;
	if (send(fd, &request, request.header.nlmsg_len, 0) < 0)
		return errno;
	if (recv(fd, &answer, sizeof(answer), 0) < 0)
		return errno;
	close(fd);
	return answer.header.nlmsg_type == NLMSG_ERROR ? -answer.error.error :
							 UNREACHED;
}

static int add_route(void *const arg)
{
	const int err = change_route(RTM_NEWROUTE, NLM_F_CREATE);

	if (!err)
		change_route(RTM_DELROUTE, 0);
	return err;
}

TEST_F(family, route_change)
{
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, add_route, NULL));
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, add_route, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, add_route, NULL));
}

/* Ports of netlink, which are numbers of processes, and other processes there. */

static int bind_netlink(void *const arg)
{
	const struct sockaddr_nl nl = {
		.nl_family = AF_NETLINK,
		.nl_pid = arg ? *(const __u32 *)arg : getpid(),
	};
	const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (fd < 0)
		return UNREACHED;
	return RESULT(bind(fd, (const struct sockaddr *)&nl, sizeof(nl)));
}

/* To join groups later, a program binds to the port that it has. */
static int bind_netlink_again(void *const arg)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(nl);
	int fd, i;

	/* The first one has the number of the process; this is the second. */
	for (i = 0; i < 2; i++) {
		fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
		nl.nl_pid = 0;
		if (fd < 0 ||
		    bind(fd, (const struct sockaddr *)&nl, sizeof(nl)))
			return UNREACHED;
	}
	if (getsockname(fd, (struct sockaddr *)&nl, &len) ||
	    nl.nl_pid == (__u32)getpid())
		return UNREACHED;
	nl.nl_groups = RTMGRP_LINK;
	return RESULT(bind(fd, (const struct sockaddr *)&nl, sizeof(nl)));
}

TEST_F(family, netlink_port)
{
	struct sockaddr_nl nl = {
		.nl_family = AF_NETLINK,
		.nl_pid = getpid(),
	};
	const int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	const __u32 used = getpid(), unused = unused_pid(_metadata);

	ASSERT_EQ(0, bind(fd, (const struct sockaddr *)&nl, sizeof(nl)));
	EXPECT_EQ(EADDRINUSE,
		  in_chroot(&self->w, UID_USER, bind_netlink, &used));
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, bind_netlink, &unused));
	close(fd);
	/* A socket of the host must not be open at entry: now another's is. */
	EXPECT_EQ(EADDRINUSE, in_jail(&self->w, UID_USER, bind_netlink, &used));
	EXPECT_EQ(EADDRINUSE,
		  in_jail(&self->w, UID_USER, bind_netlink, &unused));
	EXPECT_EQ(EADDRINUSE, in_jail(&self->w, 0, bind_netlink, &unused));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, bind_netlink, NULL));
	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_netlink_again, NULL));
	EXPECT_EQ(0, in_jail(&self->w, 0, bind_netlink_again, NULL));
}

/* G5: what happens to the addresses of the host. */

static int hear_news(void *const arg)
{
	const struct world *const w = arg;
	const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	const struct sockaddr_nl nl = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR,
	};
	char message[1024];

	if (fd < 0 || bind(fd, (const struct sockaddr *)&nl, sizeof(nl)) ||
	    !tell(w->shared->values[0]) || !hear(w->shared->values[1]))
		return UNREACHED;
	return RESULT(recv(fd, message, sizeof(message), MSG_DONTWAIT));
}

static int hear_of_address(struct __test_metadata *const _metadata,
			   const struct world *const w, const enum place place)
{
	struct runner runner;
	int ready[2], go[2], result;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	w->shared->values[0] = ready[1];
	w->shared->values[1] = go[0];
	runner = start(_metadata, w, place, UID_USER, hear_news, (void *)w);
	EXPECT_TRUE(hear(ready[0]));
	EXPECT_EQ(0, change_address(ADDR_LOST, true));
	EXPECT_EQ(0, change_address(ADDR_LOST, false));
	tell(go[1]);
	result = finish(_metadata, w, &runner);
	close(ready[0]);
	close(ready[1]);
	close(go[0]);
	close(go[1]);
	return result;
}

TEST_F(family, netlink_broadcast)
{
	EXPECT_EQ(0, hear_of_address(_metadata, &self->w, CHROOT));
	EXPECT_EQ(EAGAIN, hear_of_address(_metadata, &self->w, JAIL));
}

/* Messages to programs that believe in the kernel as their only sender. */

static int send_netlink(void *const arg)
{
	const struct sockaddr_nl *const nl = arg;
	const struct nlmsghdr header = {
		.nlmsg_len = sizeof(header),
		.nlmsg_type = NLMSG_NOOP,
	};
	const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (fd < 0)
		return UNREACHED;
	return RESULT(sendto(fd, &header, sizeof(header), 0,
			     (const struct sockaddr *)nl, sizeof(*nl)));
}

static int connect_netlink(void *const arg)
{
	const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (fd < 0)
		return UNREACHED;
	return RESULT(connect(fd, arg, sizeof(struct sockaddr_nl)));
}

TEST_F(family, netlink_others)
{
	const struct sockaddr_nl group = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK,
	};
	const struct sockaddr_nl process = {
		.nl_family = AF_NETLINK,
		.nl_pid = getpid(),
	};
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, send_netlink, &group));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, send_netlink, &group));
	/* It may, and finds nobody. */
	EXPECT_EQ(ECONNREFUSED, in_chroot(&self->w, 0, send_netlink, &process));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, send_netlink, &process));
	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_netlink, &process));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, connect_netlink, &process));
	EXPECT_EQ(0, in_jail(&self->w, 0, connect_netlink, &kernel));
	EXPECT_EQ(0, in_jail(&self->w, 0, send_netlink, &kernel));
}

/* G4: the neighbours of the host. */

static int read_neighbours(void *const arg)
{
	const struct {
		struct nlmsghdr header;
		struct ndmsg ndm;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETNEIGH,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.ndm.ndm_family = AF_INET,
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[4096];
	} answer;
	const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (fd < 0)
		return UNREACHED;
	if (send(fd, &request, sizeof(request), 0) < 0)
		return errno;
	if (recv(fd, &answer, sizeof(answer), 0) < 0)
		return errno;
	return answer.header.nlmsg_type == NLMSG_ERROR ? -answer.error.error :
							 0;
}

TEST_F(family, neighbours)
{
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, read_neighbours, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, read_neighbours, NULL));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, read_neighbours, NULL));
}

TEST_HARNESS_MAIN
