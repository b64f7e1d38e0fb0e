// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Local sockets
 */

#define _GNU_SOURCE
#include <stddef.h>
#include <sys/un.h>

#include "common.h"

#define NAME "jail-test"

FIXTURE(abstract)
{
	struct world w;
};

FIXTURE_VARIANT(abstract)
{
	int type;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(abstract, stream) {
	/* clang-format on */
	.type = SOCK_STREAM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(abstract, dgram) {
	/* clang-format on */
	.type = SOCK_DGRAM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(abstract, seqpacket) {
	/* clang-format on */
	.type = SOCK_SEQPACKET,
};

FIXTURE_SETUP(abstract)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(abstract)
{
	remove_world(&self->w);
}

static socklen_t abstract_addr(struct sockaddr_un *const un,
			       const char *const name)
{
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path + 1, name, strlen(name));
	return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}

static int bind_abstract(const int type)
{
	const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	struct sockaddr_un un;
	const socklen_t len = abstract_addr(&un, NAME);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&un, len) ||
	    (type != SOCK_DGRAM && listen(fd, 8))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* H1 */

static int attack_connect(void *const arg)
{
	const int type = *(const int *)arg;
	const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	struct sockaddr_un un;
	const socklen_t len = abstract_addr(&un, NAME);

	if (fd < 0)
		return UNREACHED;
	return RESULT(connect(fd, (struct sockaddr *)&un, len));
}

static int attack_send(void *const arg)
{
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un un;
	const socklen_t len = abstract_addr(&un, NAME);

	if (fd < 0)
		return UNREACHED;
	return RESULT(sendto(fd, "x", 1, 0, (struct sockaddr *)&un, len));
}

TEST_F(abstract, connect)
{
	const int fd = bind_abstract(variant->type);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, attack_connect,
			       &variant->type));
	EXPECT_EQ(ECONNREFUSED,
		  in_jail(&self->w, 0, attack_connect, &variant->type));
	EXPECT_EQ(ECONNREFUSED,
		  in_jail(&self->w, UID_USER, attack_connect, &variant->type));
	if (variant->type == SOCK_DGRAM) {
		EXPECT_EQ(0, in_chroot(&self->w, UID_USER, attack_send, NULL));
		EXPECT_EQ(ECONNREFUSED,
			  in_jail(&self->w, UID_USER, attack_send, NULL));
	}
	close(fd);
}

/* H2: taking a name, or learning that it is taken. */

static int attack_bind(void *const arg)
{
	const int type = *(const int *)arg;
	const int fd = bind_abstract(type);

	if (fd < 0)
		return errno;
	/* It is there for its own side. */
	return attack_connect(arg);
}

TEST_F(abstract, bind)
{
	const int fd = bind_abstract(variant->type);

	ASSERT_LE(0, fd);
	EXPECT_EQ(EADDRINUSE, in_chroot(&self->w, UID_USER, attack_bind,
					(void *)&variant->type));
	EXPECT_EQ(0, in_jail(&self->w, 0, attack_bind, &variant->type));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, attack_bind, &variant->type));
	close(fd);
}

/* The other direction: a program of the host is not led to a jail. */

static int hold_name(void *const arg)
{
	const struct world *const w = arg;
	const int fd = bind_abstract(w->shared->values[2]);

	if (fd < 0)
		return errno;
	tell(w->shared->values[0]);
	hear(w->shared->values[1]);
	return 0;
}

static int connect_from_host(struct __test_metadata *const _metadata,
			     struct world *const w, const enum place place,
			     const int type)
{
	int ready[2], go[2], result;
	struct runner runner;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	w->shared->values[0] = ready[1];
	w->shared->values[1] = go[0];
	w->shared->values[2] = type;
	runner = start(_metadata, w, place, 0, hold_name, w);
	close(ready[1]);
	EXPECT_TRUE(hear(ready[0]));
	result = attack_connect((void *)&type);
	tell(go[1]);
	EXPECT_EQ(0, finish(_metadata, w, &runner));
	close(ready[0]);
	close(go[0]);
	close(go[1]);
	return result;
}

TEST_F(abstract, squat)
{
	EXPECT_EQ(0, connect_from_host(_metadata, &self->w, CHROOT,
				       variant->type));
	EXPECT_EQ(ECONNREFUSED,
		  connect_from_host(_metadata, &self->w, JAIL, variant->type));
}

/* H2: a name that the kernel chooses. */

static int autobind(void *const arg)
{
	const struct sockaddr_un un = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, *(const int *)arg | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return UNREACHED;
	return RESULT(
		bind(fd, (const struct sockaddr *)&un, sizeof(un.sun_family)));
}

TEST_F(abstract, autobind)
{
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, autobind, &variant->type));
	EXPECT_EQ(0, in_jail(&self->w, UID_USER, autobind, &variant->type));
}

/* H4: by a path below the root, as the host allows it. */

static int connect_path(void *const arg)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (fd < 0)
		return UNREACHED;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", (char *)arg);
	return RESULT(connect(fd, (struct sockaddr *)&un, sizeof(un)));
}

FIXTURE(pathname)
{
	struct world w;
};

FIXTURE_SETUP(pathname)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(pathname)
{
	remove_world(&self->w);
}

static int bind_path(struct __test_metadata *const _metadata,
		     const char *const path)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	ASSERT_EQ(0, bind(fd, (struct sockaddr *)&un, sizeof(un)));
	ASSERT_EQ(0, listen(fd, 8));
	return fd;
}

TEST_F(pathname, connect)
{
	char inner[64], outer[64];
	int in, out;

	snprintf(inner, sizeof(inner), "%s/socket", self->w.root);
	snprintf(outer, sizeof(outer), "%s/socket", self->w.base);
	in = bind_path(_metadata, inner);
	out = bind_path(_metadata, outer);
	EXPECT_EQ(0, on_host(&self->w, 0, connect_path, outer));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, connect_path, outer));
	EXPECT_EQ(ENOENT, in_jail(&self->w, 0, connect_path, "/../socket2"));
	EXPECT_EQ(0, in_jail(&self->w, 0, connect_path, "/socket"));
	close(in);
	close(out);
}

/* H6: who is at the other end. */

FIXTURE(peer)
{
	struct world w;
	int pair[2];
};

FIXTURE_SETUP(peer)
{
	const int on = 1;

	make_world(_metadata, &self->w);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				self->pair));
	ASSERT_EQ(0, setsockopt(self->pair[0], SOL_SOCKET, SO_PASSCRED, &on,
				sizeof(on)));
	ASSERT_EQ(0, setsockopt(self->pair[0], SOL_SOCKET, SO_PASSPIDFD, &on,
				sizeof(on)));
}

FIXTURE_TEARDOWN(peer)
{
	remove_world(&self->w);
}

static int ask_number(void *const arg)
{
	struct ucred cred = {};
	socklen_t len = sizeof(cred);

	if (getsockopt(*(const int *)arg, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return UNREACHED;
	return cred.pid ? 0 : ESRCH;
}

static int ask_pidfd(void *const arg)
{
	int fd = -1;
	socklen_t len = sizeof(fd);

	return RESULT(getsockopt(*(const int *)arg, SOL_SOCKET, SO_PEERPIDFD,
				 &fd, &len));
}

/* What comes with a message: its sender's number, and a pidfd if @type asks. */
static int receive_sender(const int sock, const int type)
{
	char control[256] = {};
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	if (recvmsg(sock, &msg, 0) != 1)
		return UNREACHED;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		struct ucred cred;

		if (cmsg->cmsg_type != type)
			continue;
		if (type == SCM_PIDFD)
			return 0;
		memcpy(&cred, CMSG_DATA(cmsg), sizeof(cred));
		return cred.pid ? 0 : ESRCH;
	}
	return ENODATA;
}

static int receive_number(void *const arg)
{
	return receive_sender(*(const int *)arg, SCM_CREDENTIALS);
}

static int receive_pidfd(void *const arg)
{
	return receive_sender(*(const int *)arg, SCM_PIDFD);
}

TEST_F(peer, credentials)
{
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, ask_number, &self->pair[0]));
	EXPECT_EQ(ESRCH,
		  in_jail(&self->w, UID_USER, ask_number, &self->pair[0]));
	EXPECT_EQ(ESRCH, in_jail(&self->w, 0, ask_number, &self->pair[0]));
}

TEST_F(peer, pidfd)
{
	EXPECT_EQ(0, in_chroot(&self->w, UID_USER, ask_pidfd, &self->pair[0]));
	EXPECT_EQ(ENODATA,
		  in_jail(&self->w, UID_USER, ask_pidfd, &self->pair[0]));
	EXPECT_EQ(ENODATA, in_jail(&self->w, 0, ask_pidfd, &self->pair[0]));
}

TEST_F(peer, message)
{
	int i;

	for (i = 0; i < 4; i++)
		ASSERT_TRUE(tell(self->pair[1]));
	EXPECT_EQ(0, in_chroot(&self->w, 0, receive_number, &self->pair[0]));
	EXPECT_EQ(ESRCH, in_jail(&self->w, 0, receive_number, &self->pair[0]));
	EXPECT_EQ(0, in_chroot(&self->w, 0, receive_pidfd, &self->pair[0]));
	EXPECT_EQ(ENODATA, in_jail(&self->w, 0, receive_pidfd, &self->pair[0]));
}

/* H1: the abstract name of one side means another socket on the other. */

static int send_from_name(void *const arg)
{
	const int fd = bind_abstract(SOCK_DGRAM);
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (fd < 0)
		return UNREACHED;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", (char *)arg);
	return RESULT(
		sendto(fd, "x", 1, 0, (struct sockaddr *)&un, sizeof(un)));
}

static socklen_t get_sender(struct __test_metadata *const _metadata,
			    const int fd)
{
	struct sockaddr_un un;
	socklen_t len = sizeof(un);
	char byte;

	ASSERT_TRUE(readable(fd));
	EXPECT_EQ(1, recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&un, &len));
	return len;
}

TEST_F(pathname, name_of_sender)
{
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(un.sun_path, sizeof(un.sun_path), "%s/server", self->w.root);
	ASSERT_EQ(0, bind(fd, (struct sockaddr *)&un, sizeof(un)));
	EXPECT_EQ(0, in_chroot(&self->w, 0, send_from_name, "/server"));
	EXPECT_EQ(abstract_addr(&un, NAME), get_sender(_metadata, fd));
	EXPECT_EQ(0, in_jail(&self->w, 0, send_from_name, "/server"));
	EXPECT_EQ(0, get_sender(_metadata, fd));
	close(fd);
}

/*
 * H5: a client of the jail makes the server's end of a connection, but that is
 * the host's, and so names nobody of the jail.
 */

static int connect_from_name(void *const arg)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un un;
	const socklen_t len = abstract_addr(&un, NAME);

	if (fd < 0 || bind(fd, (struct sockaddr *)&un, len))
		return UNREACHED;
	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", (char *)arg);
	return RESULT(connect(fd, (struct sockaddr *)&un, sizeof(un)));
}

/* How long the name of the client is. */
static socklen_t get_client(struct __test_metadata *const _metadata,
			    const int server)
{
	struct sockaddr_un un;
	socklen_t len = sizeof(un);
	const int fd = accept(server, NULL, NULL);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, getpeername(fd, (struct sockaddr *)&un, &len));
	close(fd);
	return len;
}

TEST_F(pathname, name_of_client)
{
	struct sockaddr_un un;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/server", self->w.root);
	fd = bind_path(_metadata, path);
	EXPECT_EQ(0, in_chroot(&self->w, 0, connect_from_name, "/server"));
	EXPECT_EQ(abstract_addr(&un, NAME), get_client(_metadata, fd));
	EXPECT_EQ(0, in_jail(&self->w, 0, connect_from_name, "/server"));
	EXPECT_EQ(sizeof(sa_family_t), get_client(_metadata, fd));
	close(fd);
}

TEST_HARNESS_MAIN
