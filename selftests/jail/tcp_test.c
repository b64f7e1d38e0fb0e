// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Connections in every state while their jail ends
 *
 * The other end is played by the test, at an address that nobody has: it sees
 * what goes there, and answers as it likes.
 */

#define _GNU_SOURCE
#include <linux/if_packet.h>
#include <linux/securebits.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pthread.h>

#include "inet.h"
#include "race.h"

#define STATES (TCP_CLOSING + 1)

/* One connection as the other end sees it. */
struct conn {
	/* What it sends next, and what it has got. */
	__u32 seq, ack;
	/* Of all that has come. */
	int flags;
};

/* Who makes the sockets and who answers them take turns. */
enum turn { START, LISTENING, ASKED, ACCEPTED, ENDED, SHUT, ANSWERED, READY };

/* In memory that both have. */
struct stage {
	int turn;
	/* Of the server; the other end has one for each state. */
	in_port_t port, far_port;
	/* The one state that is wanted, or 0 for all. */
	int only;
};

FIXTURE(tcp)
{
	struct world w;
	int rounds;
	struct stage *stage;
	/* Where the server is asked, and from where. */
	const char *addr;
	in_port_t far_port;
	/* What comes from the kernel, and what goes to it. */
	int in, out;
	struct conn conns[STATES];
	/* A limit that the test has changed, as it was. */
	char limit[32];
	/* Packets that came, and those from elsewhere than ADDR_JAIL. */
	int packets, foreign;
};

FIXTURE_SETUP(tcp)
{
	make_world(_metadata, &self->w);
	self->rounds = count_rounds();
	ASSERT_LT(0, self->rounds);
	self->addr = ADDR_JAIL;
	self->stage = (struct stage *)self->w.shared->values;
	self->stage->port = unused_port();
	self->far_port = 1024;
}

#define LIMIT "/proc/sys/user/max_pid_namespaces"

FIXTURE_TEARDOWN(tcp)
{
	if (self->limit[0])
		EXPECT_EQ(0, write_file(LIMIT, self->limit));
	remove_world(&self->w);
}

/* With these open nobody could enter a jail: so they are for one round. */
static void open_wire(struct __test_metadata *const _metadata,
		      struct _test_data_tcp *const self)
{
	const struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(DEVICE),
	};

	self->in = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  htons(ETH_P_ALL));
	ASSERT_LE(0, self->in);
	ASSERT_EQ(0, bind(self->in, (const struct sockaddr *)&ll, sizeof(ll)));
	self->out = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	ASSERT_LE(0, self->out);
}

static void close_wire(struct _test_data_tcp *const self)
{
	close(self->in);
	close(self->out);
}

struct segment {
	struct iphdr ip;
	struct tcphdr tcp;
};

static __u32 add_words(const void *const data, const size_t size)
{
	const __u16 *const words = data;
	__u32 sum = 0;
	size_t i;

	for (i = 0; i < size / 2; i++)
		sum += words[i];
	return sum;
}

static __u16 checksum(const struct segment *const segment)
{
	__u32 sum = add_words(&segment->ip.saddr, 8) +
		    add_words(&segment->tcp, sizeof(segment->tcp)) +
		    htons(IPPROTO_TCP) + htons(sizeof(segment->tcp));

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Sends what the other end of the connection for @state says. */
static void answer(struct __test_metadata *const _metadata,
		   struct _test_data_tcp *const self, const int state,
		   const int flags)
{
	struct conn *const conn = &self->conns[state];
	const struct sockaddr_in to = make_sockaddr(self->addr, 0);
	struct segment segment = {
		.ip = {
			.version = 4,
			.ihl = 5,
			.ttl = 64,
			.protocol = IPPROTO_TCP,
			.saddr = make_sockaddr(ADDR_NOBODY, 0).sin_addr.s_addr,
			.daddr = to.sin_addr.s_addr,
		},
		.tcp = {
			.th_sport = htons(self->far_port + state),
			.th_dport = htons(self->stage->port),
			.th_seq = htonl(conn->seq),
			.th_ack = htonl(conn->ack),
			.th_off = 5,
			.th_flags = flags,
			.th_win = htons(8192),
		},
	};

	segment.tcp.th_sum = checksum(&segment);
	EXPECT_EQ(sizeof(segment),
		  sendto(self->out, &segment, sizeof(segment), 0,
			 (const struct sockaddr *)&to, sizeof(to)))
	{
		TH_LOG("sendto: %s", strerror(errno));
	}
	conn->seq += !!(flags & (TH_SYN | TH_FIN));
}

/* Takes note of all that has come. */
static void listen_in(struct _test_data_tcp *const self)
{
	const struct sockaddr_in nobody = make_sockaddr(ADDR_NOBODY, 0);
	const struct sockaddr_in own = make_sockaddr(ADDR_JAIL, 0);
	struct segment segment;
	ssize_t len;

	while ((len = recv(self->in, &segment, sizeof(segment), 0)) >= 0) {
		struct conn *conn;
		int state;

		if (len < (ssize_t)sizeof(segment) ||
		    segment.ip.protocol != IPPROTO_TCP ||
		    segment.ip.daddr != nobody.sin_addr.s_addr)
			continue;
		self->packets++;
		self->foreign += segment.ip.saddr != own.sin_addr.s_addr;
		state = ntohs(segment.tcp.th_dport) - self->far_port;
		if (state < 0 || state >= STATES)
			continue;
		conn = &self->conns[state];
		conn->flags |= segment.tcp.th_flags;
		conn->ack = ntohl(segment.tcp.th_seq) +
			    !!(segment.tcp.th_flags & (TH_SYN | TH_FIN));
	}
}

/* Waits until the kernel has said something with these flags. */
static void expect_flags(struct __test_metadata *const _metadata,
			 struct _test_data_tcp *const self, const int state,
			 const int flags)
{
	const struct conn *const conn = &self->conns[state];

	for (;;) {
		listen_in(self);
		if ((conn->flags & flags) == flags)
			return;
		ASSERT_TRUE(readable(self->in))
		{
			TH_LOG("state %d: flags %x instead of %x", state,
			       conn->flags, flags);
		}
	}
}

/* Those that begin with a connection from the other end. */
static const int accepted_states[] = {
	TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_TIME_WAIT,
	TCP_CLOSE_WAIT,	 TCP_LAST_ACK,	TCP_CLOSING,
};

static bool is_wanted(const struct stage *const stage, const int state)
{
	return !stage->only || stage->only == state;
}

static bool closes_first(const int state)
{
	return state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 ||
	       state == TCP_CLOSING || state == TCP_TIME_WAIT;
}

static int state_of(const int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return -1;
	return info.tcpi_state;
}

/* Lets the other end go on, and waits for it. */
static bool take_turns(struct stage *const stage, const enum turn turn)
{
	poke(&stage->turn, turn);
	return await(&stage->turn, turn) == turn + 1;
}

/* Makes a socket in each state and holds it until it is killed. */
static int hold_sockets(void *const arg)
{
	struct stage *const stage = arg;
	const int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	const int connecting = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in from;
	socklen_t len;
	int conns[STATES] = {}, fd, state;
	size_t i;
	char byte;

	if (listener < 0 || connecting < 0 ||
	    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind_to(listener, "0.0.0.0", stage->port) || listen(listener, 20))
		return errno;
	if (!take_turns(stage, LISTENING))
		return UNREACHED;
	if (is_wanted(stage, TCP_SYN_SENT) &&
	    (!connect_to(connecting, ADDR_NOBODY,
			 stage->far_port + TCP_SYN_SENT) ||
	     errno != EINPROGRESS || state_of(connecting) != TCP_SYN_SENT))
		return UNREACHED;
	for (i = 0; i < ARRAY_SIZE(accepted_states); i++) {
		if (!is_wanted(stage, accepted_states[i]))
			continue;
		len = sizeof(from);
		fd = accept(listener, (struct sockaddr *)&from, &len);
		state = ntohs(from.sin_port) - stage->far_port;
		if (fd < 0 || state < 0 || state >= STATES)
			return UNREACHED;
		conns[state] = fd;
	}
	if (!take_turns(stage, ACCEPTED))
		return UNREACHED;
	for (state = 0; state < STATES; state++) {
		if (!conns[state])
			continue;
		if (state == TCP_LAST_ACK && read(conns[state], &byte, 1) != 0)
			return UNREACHED;
		if ((state == TCP_LAST_ACK || closes_first(state)) &&
		    shutdown(conns[state], SHUT_WR))
			return UNREACHED;
	}
	if (!take_turns(stage, SHUT))
		return UNREACHED;
	for (state = 0; state < STATES; state++)
		/* What waits is no socket any more. */
		if (conns[state] &&
		    state_of(conns[state]) !=
			    (state == TCP_TIME_WAIT ? TCP_CLOSE : state))
			return UNREACHED;
	if (state_of(listener) != TCP_LISTEN)
		return UNREACHED;
	poke(&stage->turn, READY);
	for (;;)
		pause();
}

/* Waits for the next turn of hold_sockets(). */
static void expect_turn(struct __test_metadata *const _metadata,
			struct _test_data_tcp *const self,
			const struct runner *const runner, const enum turn turn)
{
	const int reached = await(&self->stage->turn, turn - 1);

	if (reached != turn)
		TH_LOG("turn %d: %d", reached,
		       finish(_metadata, &self->w, runner));
	ASSERT_EQ(turn, reached);
}

/* Starts it and plays the other end until each state is there. */
static struct runner start_sockets(struct __test_metadata *const _metadata,
				   struct _test_data_tcp *const self,
				   const enum place place)
{
	struct stage *const stage = self->stage;
	struct runner runner;
	int state;
	size_t i;

	memset(self->conns, 0, sizeof(self->conns));
	stage->turn = START;
	stage->far_port = self->far_port;
	runner = start(_metadata, &self->w, place, 0, hold_sockets, stage);
	open_wire(_metadata, self);
	expect_turn(_metadata, self, &runner, LISTENING);
	if (is_wanted(stage, TCP_SYN_RECV)) {
		answer(_metadata, self, TCP_SYN_RECV, TH_SYN);
		expect_flags(_metadata, self, TCP_SYN_RECV, TH_SYN | TH_ACK);
	}
	for (i = 0; i < ARRAY_SIZE(accepted_states); i++) {
		state = accepted_states[i];
		if (!is_wanted(stage, state))
			continue;
		answer(_metadata, self, state, TH_SYN);
		expect_flags(_metadata, self, state, TH_SYN | TH_ACK);
		answer(_metadata, self, state, TH_ACK);
	}
	poke(&stage->turn, ASKED);
	expect_turn(_metadata, self, &runner, ACCEPTED);
	if (is_wanted(stage, TCP_SYN_SENT))
		expect_flags(_metadata, self, TCP_SYN_SENT, TH_SYN);
	if (is_wanted(stage, TCP_CLOSE_WAIT))
		answer(_metadata, self, TCP_CLOSE_WAIT, TH_FIN | TH_ACK);
	if (is_wanted(stage, TCP_LAST_ACK))
		answer(_metadata, self, TCP_LAST_ACK, TH_FIN | TH_ACK);
	poke(&stage->turn, ENDED);
	expect_turn(_metadata, self, &runner, SHUT);
	for (state = 0; state < STATES; state++)
		if (is_wanted(stage, state) &&
		    (closes_first(state) || state == TCP_LAST_ACK))
			expect_flags(_metadata, self, state, TH_FIN);
	if (is_wanted(stage, TCP_FIN_WAIT2))
		answer(_metadata, self, TCP_FIN_WAIT2, TH_ACK);
	if (is_wanted(stage, TCP_CLOSING)) {
		/* As if its end had not come. */
		self->conns[TCP_CLOSING].ack--;
		answer(_metadata, self, TCP_CLOSING, TH_FIN | TH_ACK);
	}
	if (is_wanted(stage, TCP_TIME_WAIT)) {
		self->conns[TCP_TIME_WAIT].flags = 0;
		answer(_metadata, self, TCP_TIME_WAIT, TH_FIN | TH_ACK);
		expect_flags(_metadata, self, TCP_TIME_WAIT, TH_ACK);
		EXPECT_EQ(0, self->conns[TCP_TIME_WAIT].flags & TH_RST);
	}
	poke(&stage->turn, ANSWERED);
	expect_turn(_metadata, self, &runner, READY);
	return runner;
}

static void *kill_jail(void *const arg)
{
	const struct runner *const runner = arg;
	static int err;

	err = runner->place == JAIL ?
		      RESULT(ioctl(runner->jailfd, JAIL_IOC_KILL, 0)) :
		      RESULT(kill(runner->pid, SIGKILL));
	return &err;
}

/* Ends it while the other end talks on. */
static void kill_sockets(struct __test_metadata *const _metadata,
			 struct _test_data_tcp *const self,
			 struct runner *const runner)
{
	pthread_t thread;
	void *err;
	size_t i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, kill_jail, runner));
	for (i = 0; i < ARRAY_SIZE(accepted_states); i++)
		answer(_metadata, self, accepted_states[i], TH_ACK);
	answer(_metadata, self, TCP_SYN_RECV, TH_ACK);
	ASSERT_EQ(0, pthread_join(thread, &err));
	EXPECT_EQ(0, *(int *)err);
	EXPECT_EQ(-SIGKILL, finish(_metadata, &self->w, runner));
	listen_in(self);
}

/* What is left of the connections ends at once. */
static void reset_all(struct __test_metadata *const _metadata,
		      struct _test_data_tcp *const self)
{
	int state;

	for (state = 0; state < STATES; state++)
		answer(_metadata, self, state, TH_RST | TH_ACK);
}

/* Connections with the other end, those apart that wait without a socket. */
static int count_connections(struct __test_metadata *const _metadata)
{
	const in_addr_t addr = make_sockaddr(ADDR_NOBODY, 0).sin_addr.s_addr;
	FILE *const file = fopen("/proc/net/tcp", "re");
	unsigned int remote, state;
	char line[512];
	int count = 0;

	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file))
		count += sscanf(line, "%*d: %*8x:%*4x %8x:%*4x %2x", &remote,
				&state) == 2 &&
			 remote == addr && state != TCP_TIME_WAIT;
	fclose(file);
	return count;
}

TEST_F_TIMEOUT(tcp, kill, RACE_TIMEOUT)
{
	struct _test_data_tcp old;
	struct runner runner;
	int round;

	/* Outside, the socket is at any address. */
	self->addr = ADDR_OTHER;
	for (round = 0; round < 3; round++) {
		runner = start_sockets(_metadata, self, CHROOT);
		kill_sockets(_metadata, self, &runner);
		EXPECT_LT(0, self->foreign);
		self->foreign = 0;
		reset_all(_metadata, self);
		close_wire(self);
		self->far_port += STATES;
	}
	self->addr = ADDR_JAIL;
	self->stage->port = unused_port();
	self->foreign = 0;
	for (round = 0; round < self->rounds; round++) {
		/* The port can be used again, whatever is left of the last. */
		runner = start_sockets(_metadata, self, JAIL);
		old.out = self->out;
		if (round)
			reset_all(_metadata, &old);
		kill_sockets(_metadata, self, &runner);
		EXPECT_EQ(0, self->foreign);
		close_wire(self);
		old = *self;
		self->far_port += STATES;
		if (self->far_port > 60000)
			self->far_port = 1024;
	}
	EXPECT_LT(0, count_connections(_metadata));
	open_wire(_metadata, &old);
	reset_all(_metadata, &old);
	close_wire(&old);
	for (round = 0; count_connections(_metadata); round++) {
		ASSERT_LT(round, PATIENCE / 10);
		usleep(10000);
	}
	TH_LOG("%d rounds: %d packets", self->rounds, self->packets);
}

/*
 * The memory of a jail keeps its PID namespace, and of these a user can have so
 * many: so the test learns when it goes.
 */

#define UID_COUNTED 54321

/* Makes a PID namespace for children, on the account of one who has no other. */
static int new_namespace(void)
{
	int err;

	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) ||
	    seteuid(UID_COUNTED))
		return UNREACHED;
	err = RESULT(unshare(CLONE_NEWPID));
	return seteuid(0) ? UNREACHED : err;
}

static int try_namespace(void *const arg)
{
	return new_namespace();
}

/* Children are to be in the own one again. */
static void restore_namespace(struct __test_metadata *const _metadata)
{
	const int fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setns(fd, CLONE_NEWPID));
	close(fd);
}

/* How often there was no room, until there is, or ever in so many tries. */
static int count_full(struct __test_metadata *const _metadata,
		      struct _test_data_tcp *const self, const int tries)
{
	int full, result;

	for (full = 0; full < tries; full++) {
		result = on_host(&self->w, 0, try_namespace, NULL);
		if (result == 0)
			break;
		EXPECT_EQ(ENOSPC, result);
		usleep(10000);
	}
	return full;
}

/* States in which the kernel goes on alone and waits for the other end. */
static bool outlives(const int state)
{
	return state == TCP_ESTABLISHED || state == TCP_FIN_WAIT1 ||
	       state == TCP_CLOSE_WAIT || state == TCP_LAST_ACK ||
	       state == TCP_CLOSING;
}

static void check_memory(struct __test_metadata *const _metadata,
			 struct _test_data_tcp *const self,
			 const enum place place)
{
	const int some = 10, many = PATIENCE / 10;
	struct runner runner;
	int state, err;

	for (state = TCP_ESTABLISHED; state < STATES; state++) {
		if (state == TCP_CLOSE)
			continue;
		self->stage->only = state;
		/* The last one of count_full() goes when it likes. */
		while ((err = new_namespace()) == ENOSPC)
			usleep(10000);
		ASSERT_EQ(0, err);
		runner = start_sockets(_metadata, self, place);
		restore_namespace(_metadata);
		kill_jail(&runner);
		EXPECT_EQ(-SIGKILL, finish(_metadata, &self->w, &runner));
		if (place == JAIL && outlives(state)) {
			EXPECT_EQ(some, count_full(_metadata, self, some))
			{
				TH_LOG("state %d", state);
			}
			reset_all(_metadata, self);
		}
		EXPECT_GT(many, count_full(_metadata, self, many))
		{
			TH_LOG("state %d", state);
		}
		reset_all(_metadata, self);
		close_wire(self);
		self->far_port += STATES;
	}
}

TEST_F_TIMEOUT(tcp, memory, RACE_TIMEOUT)
{
	ASSERT_EQ(0, read_file(LIMIT, self->limit, sizeof(self->limit)));
	ASSERT_EQ(0, write_file(LIMIT, "1"));
	/* What is left of a socket outside keeps nothing. */
	check_memory(_metadata, self, CHROOT);
	check_memory(_metadata, self, JAIL);
}

TEST_HARNESS_MAIN
