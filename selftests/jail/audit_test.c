// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Audit records
 *
 * What the kernel sends to those who read the audit log.
 */

#define _GNU_SOURCE
#include <fnmatch.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <sys/resource.h>

#include "common.h"

#define SWITCH "/proc/sys/kernel/jail/audit"

/* More than the kernel puts into one. */
#define MESSAGE_SIZE 9000

/* Each jail can cause this many at once. */
#define BURST 10

FIXTURE(audit)
{
	struct world w;
};

FIXTURE_SETUP(audit)
{
	make_world(_metadata, &self->w);
	self->w.args.name = ptr_to_u64("audited");
	ASSERT_EQ(0, write_file(SWITCH, "1"));
}

FIXTURE_TEARDOWN(audit)
{
	EXPECT_EQ(0, write_file(SWITCH, "0"));
	remove_world(&self->w);
}

/* A socket that hears what goes to the audit log. */
static int open_log(struct __test_metadata *const _metadata)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1U << (AUDIT_NLGRP_READLOG - 1),
	};
	const int log =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	ASSERT_LE(0, log);
	ASSERT_EQ(0, bind(log, (const void *)&addr, sizeof(addr)));
	return log;
}

/* A record that shows that all before it have come. */
static void send_last(struct __test_metadata *const _metadata, const int log)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const struct {
		struct nlmsghdr head;
		char text[8];
	} message = {
		.head = {
			.nlmsg_len = sizeof(message),
			.nlmsg_type = AUDIT_USER_AVC,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.text = "last",
	};

	ASSERT_EQ((ssize_t)sizeof(message),
		  sendto(log, &message, sizeof(message), 0,
			 (const void *)&kernel, sizeof(kernel)));
}

struct count {
	/* Of jails, and those of them that match. */
	int all, wanted;
};

static struct count count_records(struct __test_metadata *const _metadata,
				  const int log, const char *const pattern)
{
	struct count count = {};
	struct {
		struct nlmsghdr head;
		char text[MESSAGE_SIZE];
	} message;

	send_last(_metadata, log);
	do {
		ssize_t len;

		ASSERT_TRUE(readable(log));
		len = recv(log, &message, sizeof(message) - 1, 0);
		ASSERT_LT((ssize_t)sizeof(message.head), len);
		((char *)&message)[len] = '\0';
		if (message.head.nlmsg_type != AUDIT_AVC ||
		    !strstr(message.text, " jail=denied "))
			continue;
		count.all++;
		count.wanted += !fnmatch(pattern, message.text, 0);
	} while (message.head.nlmsg_type != AUDIT_USER_AVC);
	return count;
}

/* No jail can be entered with the socket, so it is opened after that. */
static struct {
	attack_t attack;
	int *heard;
} given;

static int attack_when_heard(void *const arg)
{
	while (!__atomic_load_n(given.heard, __ATOMIC_ACQUIRE))
		usleep(1000);
	return given.attack(arg);
}

/* Expects that an attack ends so, and counts what was written meanwhile. */
static struct count attack(struct __test_metadata *const _metadata,
			   const struct world *const w, const enum place place,
			   const attack_t attack, const int result,
			   const char *const pattern)
{
	struct runner runner;
	struct count count;
	int log;

	given.attack = attack;
	given.heard = &w->shared->values[0];
	w->shared->values[0] = 0;
	runner = start(_metadata, w, place, 0, attack_when_heard, NULL);
	log = open_log(_metadata);
	__atomic_store_n(given.heard, 1, __ATOMIC_RELEASE);
	EXPECT_EQ(result, finish(_metadata, w, &runner));
	count = count_records(_metadata, log, pattern);
	close(log);
	return count;
}

static int attack_hostname(void *const arg)
{
	return RESULT(sethostname("attacked", 8));
}

TEST_F(audit, refusal)
{
	const struct world *const w = &self->w;
	struct count count;

	count = attack(_metadata, w, HOST, attack_hostname, 0, "");
	EXPECT_EQ(0, count.all);

	count = attack(
		_metadata, w, JAIL, attack_hostname, EPERM,
		"audit(*): jail=denied reason=capability jid=* name=audited wall=jail_lacks_capability object=\"capability 21\" err=-1 pid=* comm=\"audit_test\"");
	EXPECT_EQ(1, count.all);
	EXPECT_EQ(1, count.wanted);
}

TEST_F(audit, off)
{
	struct count count;

	ASSERT_EQ(0, write_file(SWITCH, "0"));
	count = attack(_metadata, &self->w, JAIL, attack_hostname, EPERM, "");
	EXPECT_EQ(0, count.all);
}

static int attack_switch(void *const arg)
{
	return write_file(SWITCH, "0");
}

TEST_F(audit, cannot_be_switched_off_inside)
{
	struct count count;

	count = attack(_metadata, &self->w, JAIL, attack_switch, EPERM,
		       "*reason=sysctl *");
	EXPECT_EQ(1, count.wanted);
	count = attack(_metadata, &self->w, JAIL, attack_hostname, EPERM,
		       "*object=\"capability 21\"*");
	EXPECT_EQ(1, count.wanted);
	EXPECT_EQ(0, on_host(&self->w, 0, attack_switch, NULL));
}

static int attack_host(void *const arg)
{
	return RESULT(kill(getppid() ?: 1, 0));
}

/* What does not exist for a jail was not refused. */
TEST_F(audit, hidden)
{
	struct count count;

	count = attack(_metadata, &self->w, HOST, attack_host, 0, "");
	EXPECT_EQ(0, count.all);
	count = attack(_metadata, &self->w, JAIL, attack_host, ESRCH, "");
	EXPECT_EQ(0, count.all);
}

static int attack_limit(void *const arg)
{
	struct rlimit limit = { 64, 64 };

	if (setrlimit(RLIMIT_CORE, &limit))
		return UNREACHED;
	limit.rlim_max = 65;
	return RESULT(setrlimit(RLIMIT_CORE, &limit));
}

/* The kernel asks for this capability with the lock of the task held. */
TEST_F(audit, with_a_lock_held)
{
	struct count count;

	count = attack(_metadata, &self->w, JAIL, attack_limit, EPERM,
		       "*object=\"capability 24\"*");
	EXPECT_EQ(1, count.wanted);
	EXPECT_EQ(0, on_host(&self->w, 0, attack_limit, NULL));
}

static int attack_often(void *const arg)
{
	int i;

	for (i = 0; i < 10 * BURST; i++)
		if (attack_hostname(NULL) != EPERM)
			return UNREACHED;
	return 0;
}

/* One jail that is loud takes nothing away from another. */
TEST_F(audit, limited)
{
	static const char pattern[] = "*object=\"capability 21\"*";
	struct count count;

	count = attack(_metadata, &self->w, JAIL, attack_often, 0, pattern);
	EXPECT_LE(BURST, count.wanted);
	/* A slow machine may need some periods for it. */
	EXPECT_GT(10 * BURST, count.wanted);

	count = attack(_metadata, &self->w, JAIL, attack_hostname, EPERM,
		       pattern);
	EXPECT_EQ(1, count.wanted);
}

TEST_HARNESS_MAIN
