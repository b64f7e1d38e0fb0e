// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Trace events of life and of addresses
 *
 * Those of refusals are in reason_test.c.
 */

#define _GNU_SOURCE
#include "inet.h"
#include "trace.h"

static const char *const events[] = {
	"jail_create", "jail_attach", "jail_exit", "jail_bind", "jail_connect",
};

FIXTURE(event)
{
	struct world w;
	struct tracer tracer;
};

FIXTURE_SETUP(event)
{
	size_t i;

	make_world(_metadata, &self->w);
	self->w.args.name = ptr_to_u64("event");
	make_tracer(_metadata, &self->w, &self->tracer);
	for (i = 0; i < ARRAY_SIZE(events); i++)
		trace_event(_metadata, &self->tracer, events[i], "1");
}

FIXTURE_TEARDOWN(event)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		trace_event(_metadata, &self->tracer, events[i], "0");
	remove_tracer(_metadata, &self->tracer);
	remove_world(&self->w);
}

/* Expects that @event told this and nothing else; clears what all have told. */
static void expect_only(struct __test_metadata *const _metadata,
			const struct tracer *const tracer,
			const char *const event, const char *const pattern)
{
	int all, wanted;

	count_events(_metadata, tracer, event, pattern, &all, &wanted);
	EXPECT_EQ(1, all)
	{
		TH_LOG("%s", event);
	}
	EXPECT_EQ(1, wanted)
	{
		TH_LOG("%s: not %s", event, pattern);
	}
}

static void expect_none(struct __test_metadata *const _metadata,
			const struct tracer *const tracer)
{
	char path[128], text[4096];

	snprintf(path, sizeof(path), "%s/trace", tracer->path);
	ASSERT_EQ(0, read_file(path, text, sizeof(text)));
	EXPECT_EQ(NULL, strstr(text, " jail_"))
	{
		TH_LOG("%s", text);
	}
}

TEST_F(event, create_and_exit)
{
	const struct world *const w = &self->w;
	const int jailfd = jail(&w->args, sizeof(w->args), JAIL_NO_ENTER);
	struct jail_info info;
	char pattern[192];

	ASSERT_LE(0, jailfd);
	ASSERT_EQ(0, ioctl(jailfd, JAIL_IOC_INFO, &info));
	snprintf(pattern, sizeof(pattern),
		 "jid=%u parent=0 name=event flags=0 ceiling=%llx address=%s",
		 info.jid, CEILING_DEFAULT, ADDR_JAIL);
	expect_only(_metadata, &self->tracer, "jail_create", pattern);

	close(jailfd);
	snprintf(pattern, sizeof(pattern),
		 "jid=%u lifetime=[1-9]* forks=0 denied=0", info.jid);
	expect_only(_metadata, &self->tracer, "jail_exit", pattern);
}

/* What nobody got to know has neither a beginning nor an end. */
TEST_F(event, not_created)
{
	struct world *const w = &self->w;
	const int jailfd = jail(&w->args, sizeof(w->args), JAIL_NO_ENTER);

	ASSERT_LE(0, jailfd);
	write_tracer(_metadata, &self->tracer, "trace", "\n");
	EXPECT_EQ(-1, jail(&w->args, sizeof(w->args), JAIL_NO_ENTER));
	EXPECT_EQ(EEXIST, errno);
	expect_none(_metadata, &self->tracer);
	close(jailfd);
}

/* One child, and two refusals. */
static int live(void *const arg)
{
	const pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (waitpid(pid, NULL, 0) != pid)
		return UNREACHED;
	if (socket(AF_PACKET, SOCK_RAW, 0) != -1 ||
	    socket(AF_PACKET, SOCK_RAW, 0) != -1)
		return UNREACHED;
	return 0;
}

TEST_F(event, attach)
{
	const struct world *const w = &self->w;
	char pattern[192];
	int all, wanted;

	EXPECT_EQ(0, in_jail(w, 0, live, NULL));
	snprintf(pattern, sizeof(pattern), "jid=%u", w->shared->jid);
	count_events(_metadata, &self->tracer, "jail_attach", pattern, &all,
		     &wanted);
	EXPECT_EQ(1, all);
	EXPECT_EQ(1, wanted);
}

TEST_F(event, counts)
{
	const struct world *const w = &self->w;
	char pattern[192];

	EXPECT_EQ(0, in_jail(w, 0, live, NULL));
	snprintf(pattern, sizeof(pattern),
		 "jid=%u lifetime=[1-9]* forks=2 denied=2", w->shared->jid);
	expect_only(_metadata, &self->tracer, "jail_exit", pattern);
}

static int bind_as_told(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, target->type, target->protocol);

	return RESULT(bind_to(fd, target->addr, target->port));
}

static int connect_as_told(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, target->type, target->protocol);

	/* Nobody listens there. */
	connect_to(fd, target->addr, target->port);
	return 0;
}

static int send_as_told(void *const arg)
{
	const struct target *const target = arg;
	const int fd = socket(AF_INET, target->type, target->protocol);

	return RESULT(send_to(fd, target->addr, target->port, 0));
}

FIXTURE(redirect)
{
	struct world w;
	struct tracer tracer;
};

FIXTURE_VARIANT(redirect)
{
	attack_t act;
	struct target target;
	const char *event;
	/* Where it goes is where it was to go. */
	bool direct;
};

#define REDIRECT(name, what, action, protocol, to, where, ...)              \
	/* clang-format off */                                            \
	FIXTURE_VARIANT_ADD(redirect, name) { \
		/* clang-format on */                                       \
		.act = action, .event = what,                               \
		.target = { (protocol) == IPPROTO_TCP ? SOCK_STREAM :       \
							SOCK_DGRAM,         \
			    protocol, to, where },                          \
		__VA_ARGS__                                                 \
	}

#define DIRECT .direct = true

REDIRECT(bind_any, "jail_bind", bind_as_told, IPPROTO_TCP, "0.0.0.0", 8080);
REDIRECT(bind_loopback, "jail_bind", bind_as_told, IPPROTO_UDP, "127.0.0.1",
	 8080);
REDIRECT(bind_foreign, "jail_bind", bind_as_told, IPPROTO_TCP, ADDR_HOST, 8080);
REDIRECT(bind_own, "jail_bind", bind_as_told, IPPROTO_TCP, ADDR_JAIL, 8080,
	 DIRECT);
REDIRECT(connect_tcp, "jail_connect", connect_as_told, IPPROTO_TCP, "127.0.0.1",
	 8080);
REDIRECT(connect_udp, "jail_connect", connect_as_told, IPPROTO_UDP, "127.2.3.4",
	 8080);
REDIRECT(connect_own, "jail_connect", connect_as_told, IPPROTO_TCP, ADDR_JAIL,
	 8080, DIRECT);
REDIRECT(send_udp, "jail_connect", send_as_told, IPPROTO_UDP, "0.0.0.0", 8080);

FIXTURE_SETUP(redirect)
{
	make_world(_metadata, &self->w);
	make_tracer(_metadata, &self->w, &self->tracer);
	trace_event(_metadata, &self->tracer, "jail_bind", "1");
	trace_event(_metadata, &self->tracer, "jail_connect", "1");
}

FIXTURE_TEARDOWN(redirect)
{
	trace_event(_metadata, &self->tracer, "jail_bind", "0");
	trace_event(_metadata, &self->tracer, "jail_connect", "0");
	remove_tracer(_metadata, &self->tracer);
	remove_world(&self->w);
}

TEST_F(redirect, told)
{
	const struct world *const w = &self->w;
	struct target target = variant->target;
	char pattern[192];

	EXPECT_EQ(0, in_chroot(w, 0, variant->act, &target));
	expect_none(_metadata, &self->tracer);

	EXPECT_EQ(0, in_jail(w, 0, variant->act, &target));
	if (variant->direct) {
		expect_none(_metadata, &self->tracer);
		return;
	}
	snprintf(pattern, sizeof(pattern),
		 "jid=%u protocol=%d port=%u asked=%s given=%s", w->shared->jid,
		 target.protocol, target.port, target.addr, ADDR_JAIL);
	expect_only(_metadata, &self->tracer, variant->event, pattern);
}

TEST_HARNESS_MAIN
