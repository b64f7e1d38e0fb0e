// SPDX-License-Identifier: GPL-2.0
/*
 * Jail tests - Arguments of the system calls
 */

#define _GNU_SOURCE
#include <limits.h>

#include "common.h"

TEST(abi_version)
{
	EXPECT_EQ(JAIL_ABI_VERSION, jail(NULL, 0, JAIL_GET_VERSION));
}

TEST(abi_version_arguments)
{
	const struct jail_args args = {};

	EXPECT_EQ(-1, jail(&args, 0, JAIL_GET_VERSION));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, jail(NULL, sizeof(args), JAIL_GET_VERSION));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, jail(NULL, 0, JAIL_GET_VERSION | JAIL_NO_ENTER));
	EXPECT_EQ(EINVAL, errno);
}

FIXTURE(args)
{
	struct world w;
};

FIXTURE_SETUP(args)
{
	make_world(_metadata, &self->w);
}

FIXTURE_TEARDOWN(args)
{
	remove_world(&self->w);
}

/* Makes a jail without entering it; returns 0 or the errno. */
static int make_jail(const void *const args, const size_t size,
		     const unsigned int flags)
{
	const int fd = jail(args, size, flags);

	return fd < 0 ? errno : RESULT(close(fd));
}

#define MAKE(w) make_jail(&(w)->args, sizeof((w)->args), JAIL_NO_ENTER)

TEST_F(args, accepted)
{
	EXPECT_EQ(0, MAKE(&self->w));
}

TEST_F(args, sizes)
{
	static const size_t sizes[] = {
		0,
		1,
		8,
		JAIL_ARGS_SIZE_VER0 - 1,
		JAIL_ARGS_SIZE_VER0,
		JAIL_ARGS_SIZE_VER0 + 1,
		JAIL_ARGS_SIZE_VER0 + 8,
		JAIL_ARGS_SIZE_VER0 + 40,
	};
	/* Each case stands at 13 offsets from a page's end. */
	const long page = sysconf(_SC_PAGESIZE);
	char *const area = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i, tail, shift;

	ASSERT_NE(MAP_FAILED, area);
	ASSERT_EQ(0, mprotect(area + page, page, PROT_NONE));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		const size_t size = sizes[i];

		for (shift = 0; shift < 13; shift++) {
			char *const at = area + page - size - shift;

			memset(area, 0, page);
			memcpy(at, &self->w.args,
			       size < JAIL_ARGS_SIZE_VER0 ?
				       size :
				       JAIL_ARGS_SIZE_VER0);
			EXPECT_EQ(size < JAIL_ARGS_SIZE_VER0 ? EINVAL : 0,
				  make_jail(at, size, JAIL_NO_ENTER))
			{
				TH_LOG("size %zu, shift %zu", size, shift);
			}
			for (tail = JAIL_ARGS_SIZE_VER0; tail < size; tail++) {
				at[tail] = 1;
				EXPECT_EQ(E2BIG,
					  make_jail(at, size, JAIL_NO_ENTER))
				{
					TH_LOG("size %zu, byte %zu", size,
					       tail);
				}
				at[tail] = 0;
			}
		}
	}
	/* One byte of the structure that is not mapped. */
	EXPECT_EQ(EFAULT, make_jail(area + page - JAIL_ARGS_SIZE_VER0 + 1,
				    JAIL_ARGS_SIZE_VER0, JAIL_NO_ENTER));
	EXPECT_EQ(EFAULT, make_jail(NULL, JAIL_ARGS_SIZE_VER0, JAIL_NO_ENTER));
	EXPECT_EQ(E2BIG, make_jail(area, page + 1, JAIL_NO_ENTER));
}

TEST_F(args, layout)
{
	EXPECT_EQ(JAIL_ARGS_SIZE_VER0, sizeof(struct jail_args));
	EXPECT_EQ(JAIL_INFO_SIZE_VER0, sizeof(struct jail_info));
	EXPECT_EQ(24, sizeof(struct jail_addr));
}

TEST_F(args, unknown_flags)
{
	int bit;

	for (bit = 2; bit < 32; bit++) {
		EXPECT_EQ(EINVAL, make_jail(&self->w.args, sizeof(self->w.args),
					    JAIL_NO_ENTER | 1U << bit))
		{
			TH_LOG("call flag %d", bit);
		}
	}
	for (bit = 2; bit < 64; bit++) {
		self->w.args.flags = 1ULL << bit;
		EXPECT_EQ(EINVAL, MAKE(&self->w))
		{
			TH_LOG("args flag %d", bit);
		}
	}
	self->w.args.flags = 0;
	for (bit = 1; bit < 32; bit++) {
		self->w.addr.flags = 1U << bit;
		EXPECT_EQ(EINVAL, MAKE(&self->w))
		{
			TH_LOG("address flag %d", bit);
		}
	}
}

TEST_F(args, address)
{
	struct jail_addr *const addr = &self->w.addr;

	set_addr(addr, "10.99.99.99");
	EXPECT_EQ(EADDRNOTAVAIL, MAKE(&self->w));
	set_addr(addr, ADDR_JAIL);
	addr->addr[4] = 1;
	EXPECT_EQ(EINVAL, MAKE(&self->w));
	set_addr(addr, ADDR_JAIL);
	addr->family = AF_INET6;
	EXPECT_EQ(EAFNOSUPPORT, MAKE(&self->w));
	addr->family = AF_UNIX;
	EXPECT_EQ(EAFNOSUPPORT, MAKE(&self->w));
	set_addr(addr, "0.0.0.0");
	EXPECT_NE(0, MAKE(&self->w));
	set_addr(addr, "224.0.0.1");
	EXPECT_NE(0, MAKE(&self->w));
	set_addr(addr, "255.255.255.255");
	EXPECT_NE(0, MAKE(&self->w));
	set_addr(addr, ADDR_JAIL);

	self->w.args.naddrs = JAIL_MAX_ADDRS + 1;
	EXPECT_NE(0, MAKE(&self->w));
	self->w.args.naddrs = 1;
	self->w.args.addrs = 0;
	EXPECT_NE(0, MAKE(&self->w));
	self->w.args.addrs = ptr_to_u64(addr);
	self->w.args.naddrs = 0;
	EXPECT_EQ(EINVAL, MAKE(&self->w));
	self->w.args.addrs = 0;
	EXPECT_EQ(0, MAKE(&self->w));
}

TEST_F(args, address_in_use)
{
	struct jail_args other = self->w.args;
	struct jail_addr addr = self->w.addr;
	int fd;

	other.addrs = ptr_to_u64(&addr);
	fd = jail(&self->w.args, sizeof(self->w.args), JAIL_NO_ENTER);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EADDRINUSE, make_jail(&other, sizeof(other), JAIL_NO_ENTER));
	/* Both must say that they share it. */
	addr.flags = JAIL_ADDR_SHARED;
	EXPECT_EQ(EADDRINUSE, make_jail(&other, sizeof(other), JAIL_NO_ENTER));
	set_addr(&addr, ADDR_OTHER);
	EXPECT_EQ(0, make_jail(&other, sizeof(other), JAIL_NO_ENTER));
	close(fd);

	self->w.addr.flags = JAIL_ADDR_SHARED;
	set_addr(&addr, ADDR_JAIL);
	addr.flags = JAIL_ADDR_SHARED;
	fd = jail(&self->w.args, sizeof(self->w.args), JAIL_NO_ENTER);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, make_jail(&other, sizeof(other), JAIL_NO_ENTER));
	close(fd);
}

TEST_F(args, path)
{
	char path[PATH_MAX + 2];
	int fd;

	self->w.args.path = 0;
	EXPECT_NE(0, MAKE(&self->w));
	self->w.args.path = ptr_to_u64("/nowhere");
	EXPECT_EQ(ENOENT, MAKE(&self->w));
	self->w.args.path = ptr_to_u64("");
	EXPECT_EQ(ENOENT, MAKE(&self->w));
	self->w.args.path = ptr_to_u64(self->w.secret);
	EXPECT_EQ(ENOTDIR, MAKE(&self->w));
	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	self->w.args.path = ptr_to_u64(path);
	EXPECT_EQ(ENAMETOOLONG, MAKE(&self->w));

	/* Relative to a descriptor. */
	self->w.args.path = ptr_to_u64("root");
	self->w.args.dirfd = -5;
	EXPECT_EQ(EBADF, MAKE(&self->w));
	fd = open(self->w.base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	self->w.args.dirfd = fd;
	EXPECT_EQ(0, MAKE(&self->w));
	close(fd);
}

TEST_F(args, ceiling)
{
	static const int breaking[] = {
		CAP_SYS_ADMIN,	   CAP_SYS_MODULE, CAP_SYS_RAWIO,
		CAP_SYS_BOOT,	   CAP_SYS_TIME,   CAP_MKNOD,
		CAP_NET_ADMIN,	   CAP_SYSLOG,	   CAP_DAC_READ_SEARCH,
		CAP_BPF,	   CAP_PERFMON,	   CAP_CHECKPOINT_RESTORE,
		CAP_SYS_PTRACE,	   CAP_MAC_ADMIN,  CAP_MAC_OVERRIDE,
		CAP_AUDIT_CONTROL,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(breaking); i++) {
		self->w.args.flags = 0;
		self->w.args.cap_ceiling = CEILING_DEFAULT |
					   1ULL << breaking[i];
		EXPECT_EQ(EPERM, MAKE(&self->w))
		{
			TH_LOG("capability %d", breaking[i]);
		}
		self->w.args.flags = JAIL_UNSAFE_CAPS;
		EXPECT_EQ(0, MAKE(&self->w))
		{
			TH_LOG("capability %d", breaking[i]);
		}
	}
	self->w.args.flags = 0;
	self->w.args.cap_ceiling = 0;
	EXPECT_EQ(0, MAKE(&self->w));
	/* No capability has this number. */
	self->w.args.cap_ceiling = 1ULL << 63;
	EXPECT_EQ(EINVAL, MAKE(&self->w));
}

TEST_F(args, name)
{
	static const char *const bad[] = {
		"",	"7",	"42",  "a b", "a/b",	  "a\nb",
		"a\tb", "a\\b", "a:b", "*",   "\xc3\xa4",
	};
	static const char *const good[] = { "web", "web-1", "a.b_c", "7up" };
	char name[JAIL_NAME_SIZE + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		self->w.args.name = ptr_to_u64(bad[i]);
		EXPECT_EQ(EINVAL, MAKE(&self->w))
		{
			TH_LOG("'%s'", bad[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		self->w.args.name = ptr_to_u64(good[i]);
		EXPECT_EQ(0, MAKE(&self->w))
		{
			TH_LOG("'%s'", good[i]);
		}
	}
	memset(name, 'a', sizeof(name));
	name[JAIL_NAME_SIZE] = '\0';
	self->w.args.name = ptr_to_u64(name);
	EXPECT_NE(0, MAKE(&self->w));
	name[JAIL_NAME_SIZE - 1] = '\0';
	EXPECT_EQ(0, MAKE(&self->w));
	self->w.args.name = 1;
	EXPECT_EQ(EFAULT, MAKE(&self->w));
}

TEST_F(args, name_in_use)
{
	struct jail_args other = self->w.args;
	int fd;

	self->w.args.name = ptr_to_u64("twin");
	other.name = ptr_to_u64("twin");
	other.naddrs = 0;
	other.addrs = 0;
	fd = jail(&self->w.args, sizeof(self->w.args), JAIL_NO_ENTER);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EEXIST, make_jail(&other, sizeof(other), JAIL_NO_ENTER));
	close(fd);
	EXPECT_EQ(0, make_jail(&other, sizeof(other), JAIL_NO_ENTER));
}

TEST_F(args, hostname)
{
	char name[JAIL_HOSTNAME_SIZE + 1];

	memset(name, 'a', sizeof(name));
	name[JAIL_HOSTNAME_SIZE] = '\0';
	self->w.args.hostname = ptr_to_u64(name);
	EXPECT_NE(0, MAKE(&self->w));
	name[JAIL_HOSTNAME_SIZE - 1] = '\0';
	EXPECT_EQ(0, MAKE(&self->w));
	self->w.args.hostname = 1;
	EXPECT_EQ(EFAULT, MAKE(&self->w));
}

/* Tries to make a jail; the argument is the world. */
static int attack_make(void *const arg)
{
	const struct world *const w = arg;
	struct jail_args args = w->args;

	args.path = ptr_to_u64("/");
	args.addrs = 0;
	args.naddrs = 0;
	return make_jail(&args, sizeof(args), JAIL_NO_ENTER);
}

static int attack_open(void *const arg)
{
	const int fd = jail_open(*(const __u32 *)arg, 0);

	return fd < 0 ? errno : RESULT(close(fd));
}

TEST_F(args, make_needs_privilege)
{
	EXPECT_EQ(0, on_host(&self->w, 0, attack_make, &self->w));
	EXPECT_EQ(EPERM, on_host(&self->w, UID_USER, attack_make, &self->w));
	EXPECT_EQ(EPERM, in_chroot(&self->w, 0, attack_make, &self->w));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, attack_make, &self->w));
	EXPECT_EQ(EPERM, in_jail(&self->w, UID_USER, attack_make, &self->w));
}

/* A jail makes none inside itself, whatever its capabilities are. */
TEST_F(args, make_in_jail)
{
	allow_everything(&self->w);
	EXPECT_EQ(0, in_chroot(&self->w, 0, attack_make, &self->w));
	EXPECT_EQ(EPERM, in_jail(&self->w, 0, attack_make, &self->w));
}

TEST_F(args, open_needs_privilege)
{
	struct jail_args other = self->w.args;
	struct jail_info info;
	int fd;

	other.addrs = 0;
	other.naddrs = 0;
	fd = jail(&other, sizeof(other), JAIL_NO_ENTER);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, JAIL_IOC_INFO, &info));
	EXPECT_EQ(0, on_host(&self->w, 0, attack_open, &info.jid));
	EXPECT_EQ(EPERM, on_host(&self->w, UID_USER, attack_open, &info.jid));
	close(fd);
	/* In a jail not even the own one. */
	EXPECT_EQ(EPERM,
		  in_jail(&self->w, 0, attack_open, &self->w.shared->jid));
}

/* With every capability neither its own jail is there nor that of others. */
TEST_F(args, open_in_jail)
{
	struct jail_args other = self->w.args;
	struct jail_info info;
	pid_t keeper;
	int fd;

	allow_everything(&self->w);
	other.addrs = 0;
	other.naddrs = 0;
	fd = jail(&other, sizeof(other), JAIL_NO_ENTER);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, JAIL_IOC_INFO, &info));
	/* No jail can be entered with the descriptor of another one. */
	keeper = idle_child();
	close(fd);
	EXPECT_EQ(0, in_chroot(&self->w, 0, attack_open, &info.jid));
	EXPECT_EQ(ESRCH, in_jail(&self->w, 0, attack_open, &info.jid));
	EXPECT_EQ(ESRCH,
		  in_jail(&self->w, 0, attack_open, &self->w.shared->jid));
	end_child(keeper);
}

TEST_F(args, open_unknown)
{
	EXPECT_EQ(-1, jail_open(0, 0));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_EQ(-1, jail_open(UINT_MAX, 0));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_EQ(-1, jail_open(1, 1));
	EXPECT_EQ(EINVAL, errno);
}

/* The descriptor of a new jail closes on exec. */
TEST_F(args, close_on_exec)
{
	struct jail_info info;
	int fd, again;

	fd = jail(&self->w.args, sizeof(self->w.args), JAIL_NO_ENTER);
	ASSERT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	ASSERT_EQ(0, ioctl(fd, JAIL_IOC_INFO, &info));
	again = jail_open(info.jid, 0);
	ASSERT_LE(0, again);
	EXPECT_EQ(FD_CLOEXEC, fcntl(again, F_GETFD));
	close(again);
	close(fd);
}

TEST_HARNESS_MAIN
