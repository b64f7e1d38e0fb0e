// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Programs of control groups that choose addresses
 *
 * They are the host's, and may do as they like with its sockets.  But the socket
 * of a jail stays at the address of the jail.
 */

#define _GNU_SOURCE
#include <linux/bpf.h>
#include <stddef.h>

#include "inet.h"

FIXTURE(bpf)
{
	struct world w;
	/* The hierarchy, and a group in it that this task is in. */
	char groups[64], group[80];
};

FIXTURE_SETUP(bpf)
{
	char procs[96];

	make_world(_metadata, &self->w);
	snprintf(self->groups, sizeof(self->groups), "%s/groups", self->w.base);
	ASSERT_EQ(0, mkdir(self->groups, 0755));
	ASSERT_EQ(0, mount("jail", self->groups, "cgroup2", 0, NULL));
	snprintf(self->group, sizeof(self->group), "%s/jail-test.%d",
		 self->groups, getpid());
	ASSERT_EQ(0, mkdir(self->group, 0755));
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", self->group);
	ASSERT_EQ(0, write_file(procs, "0"));
}

FIXTURE_TEARDOWN(bpf)
{
	char procs[80];

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", self->groups);
	EXPECT_EQ(0, write_file(procs, "0"));
	EXPECT_EQ(0, rmdir(self->group));
	remove_world(&self->w);
}

static int sys_bpf(const enum bpf_cmd cmd, union bpf_attr *const attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}

/* Runs a program for what the group's sockets do from now on. */
static void attach(struct __test_metadata *const _metadata,
		   const char *const group, const enum bpf_attach_type type,
		   const struct bpf_insn *const insns, const size_t count)
{
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
		.expected_attach_type = type,
		.insn_cnt = count,
		.insns = ptr_to_u64(insns),
		.license = ptr_to_u64("GPL"),
	};
	union bpf_attr attr = { .attach_type = type };

	attr.attach_bpf_fd = sys_bpf(BPF_PROG_LOAD, &load);
	ASSERT_LE(0, (int)attr.attach_bpf_fd)
	{
		TH_LOG("BPF_PROG_LOAD: %s", strerror(errno));
	}
	attr.target_fd = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, (int)attr.target_fd);
	ASSERT_EQ(0, sys_bpf(BPF_PROG_ATTACH, &attr))
	{
		TH_LOG("BPF_PROG_ATTACH: %s", strerror(errno));
	}
	close(attr.attach_bpf_fd);
	close(attr.target_fd);
}

#define INSN(op, dst, src, offset, value)             \
	((struct bpf_insn){ .code = (op),             \
			    .dst_reg = BPF_REG_##dst, \
			    .src_reg = BPF_REG_##src, \
			    .off = (offset),          \
			    .imm = (value) })
#define MOVE(dst, src) INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define SET(dst, value) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define SET32(dst, value) INSN(BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, value)
#define STORE(size, dst, offset, src) \
	INSN(BPF_STX | BPF_MEM | (size), dst, src, offset, 0)

/* Calls bpf_bind() with @addr. */
static void bind_at_connect(struct __test_metadata *const _metadata,
			    const char *const group, const char *const addr)
{
	const struct bpf_insn insns[] = {
		SET(2, 0),
		STORE(BPF_DW, 10, -16, 2),
		STORE(BPF_DW, 10, -8, 2),
		SET(2, AF_INET),
		STORE(BPF_H, 10, -16, 2),
		SET32(2, make_sockaddr(addr, 0).sin_addr.s_addr),
		STORE(BPF_W, 10,
		      -16 + (int)offsetof(struct sockaddr_in, sin_addr), 2),
		MOVE(2, 10),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -16),
		SET(3, sizeof(struct sockaddr_in)),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_bind),
		SET(0, 1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	attach(_metadata, group, BPF_CGROUP_INET4_CONNECT, insns,
	       ARRAY_SIZE(insns));
}

/* Writes @addr into a field of the context. */
static void rewrite(struct __test_metadata *const _metadata,
		    const char *const group, const enum bpf_attach_type type,
		    const int field, const char *const addr)
{
	const struct bpf_insn insns[] = {
		SET32(2, make_sockaddr(addr, 0).sin_addr.s_addr),
		STORE(BPF_W, 1, field, 2),
		SET(0, 1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	attach(_metadata, group, type, insns, ARRAY_SIZE(insns));
}

static int connect_it(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, target->type, 0);

	if (fd < 0)
		return UNREACHED;
	if (connect_to(fd, target->addr, target->port) ||
	    send(fd, "a", 1, 0) < 0)
		return errno;
	return local_place(fd);
}

/* True if the connection that waits came from @addr; takes it. */
static bool came_from(const int server, const char *const addr)
{
	struct pollfd pollfd = { .fd = server, .events = POLLIN };
	struct sockaddr_in from = {};
	socklen_t len = sizeof(from);

	if (poll(&pollfd, 1, 0) != 1)
		return false;
	close(accept(server, (struct sockaddr *)&from, &len));
	return is_addr(&from, addr);
}

/* A7 */
TEST_F(bpf, bind_at_connect)
{
	const int server = open_server(SOCK_STREAM, ADDR_HOST, 0);
	const struct target target = { SOCK_STREAM, 0, ADDR_HOST,
				       local_port(server) };

	bind_at_connect(_metadata, self->group, ADDR_OTHER);
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, connect_it, &target));
	EXPECT_TRUE(came_from(server, ADDR_OTHER));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, UID_USER, connect_it, &target));
	EXPECT_TRUE(came_from(server, ADDR_JAIL));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, connect_it, &target));
	EXPECT_TRUE(came_from(server, ADDR_JAIL));
	self->w.args.flags |= JAIL_STRICT_BIND;
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, connect_it, &target));
	EXPECT_TRUE(came_from(server, ADDR_JAIL));
	close(server);
}

TEST_F(bpf, bind_at_connect_udp)
{
	const int server = open_server(SOCK_DGRAM, ADDR_HOST, 0);
	const struct target target = { SOCK_DGRAM, 0, ADDR_HOST,
				       local_port(server) };
	struct sockaddr_in from = {};

	bind_at_connect(_metadata, self->group, ADDR_OTHER);
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, connect_it, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_TRUE(is_addr(&from, ADDR_OTHER));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, UID_USER, connect_it, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_TRUE(is_addr(&from, ADDR_JAIL));
	close(server);
}

/* What is bound, connected or sent to elsewhere. */

static int bind_it(void *const arg)
{
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in in = {};
	socklen_t len = sizeof(in);

	if (fd < 0 || bind_to(fd, ADDR_SPARE, 0) ||
	    getsockname(fd, (struct sockaddr *)&in, &len))
		return UNREACHED;
	return is_addr(&in, ADDR_OTHER) ? 0 : local_place(fd) ?: ERANGE;
}

TEST_F(bpf, rewrite_bind)
{
	rewrite(_metadata, self->group, BPF_CGROUP_INET4_BIND,
		offsetof(struct bpf_sock_addr, user_ip4), ADDR_OTHER);
	EXPECT_EQ(0, in_chroot(&self->w, 0, bind_it, NULL));
	EXPECT_EQ(AT_JAIL, in_jail(&self->w, 0, bind_it, NULL));
}

TEST_F(bpf, rewrite_destination)
{
	const int server = open_server(SOCK_STREAM, "127.0.0.1", 0);
	const struct target target = { SOCK_STREAM, 0, ADDR_HOST,
				       local_port(server) };

	rewrite(_metadata, self->group, BPF_CGROUP_INET4_CONNECT,
		offsetof(struct bpf_sock_addr, user_ip4), "127.0.0.1");
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, connect_it, &target));
	EXPECT_TRUE(has_connection(server));
	EXPECT_EQ(ECONNREFUSED,
		  in_jail(&self->w, UID_USER, connect_it, &target));
	EXPECT_FALSE(has_connection(server));
	close(server);
}

static int send_it(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return UNREACHED;
	return send_to(fd, target->addr, target->port, 0) == 1 ? 0 : errno;
}

/* C12 */
TEST_F(bpf, rewrite_source)
{
	const int server = open_server(SOCK_DGRAM, ADDR_HOST, 0);
	const struct target target = { SOCK_DGRAM, 0, ADDR_HOST,
				       local_port(server) };
	struct sockaddr_in from = {};

	rewrite(_metadata, self->group, BPF_CGROUP_UDP4_SENDMSG,
		offsetof(struct bpf_sock_addr, msg_src_ip4), ADDR_OTHER);
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, send_it, &target));
	EXPECT_TRUE(get_datagram(server, &from));
	EXPECT_TRUE(is_addr(&from, ADDR_OTHER));
	EXPECT_EQ(EADDRNOTAVAIL, in_jail(&self->w, UID_USER, send_it, &target));
	EXPECT_FALSE(get_datagram(server, &from));
	close(server);
}

TEST_HARNESS_MAIN
