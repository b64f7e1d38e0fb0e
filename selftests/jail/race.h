/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jail tests - Helpers for races
 *
 * Each race is run a thousand times; JAIL_ROUNDS in the environment asks for
 * another number.  A kernel with lockdep is many times slower and runs fewer.
 */

#ifndef SELFTESTS_JAIL_RACE_H
#define SELFTESTS_JAIL_RACE_H

#include <limits.h>
#include <linux/futex.h>
#include <time.h>

#include "common.h"

/* In seconds, for a whole race on the slowest machine. */
#define RACE_TIMEOUT 600

static inline int count_rounds(void)
{
	const char *const wish = getenv("JAIL_ROUNDS");

	if (wish)
		return atoi(wish);
	return access("/proc/lockdep_stats", F_OK) ? 1000 : 50;
}

static inline int peek(const int *const value)
{
	return __atomic_load_n(value, __ATOMIC_SEQ_CST);
}

static inline void poke(int *const value, const int to)
{
	__atomic_store_n(value, to, __ATOMIC_SEQ_CST);
	syscall(__NR_futex, value, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* What somebody else has not said yet. */
#define PENDING (-1)

/* Waits until the other side has changed @value; returns what it is then. */
static inline int await(const int *const value, const int from)
{
	const struct timespec patience = { .tv_sec = PATIENCE / 1000 };
	int tries;

	for (tries = 0; tries < 100 && peek(value) == from; tries++)
		sched_yield();
	while (peek(value) == from)
		if (syscall(__NR_futex, value, FUTEX_WAIT, from, &patience,
			    NULL, 0) &&
		    errno == ETIMEDOUT)
			break;
	return peek(value);
}

/* Lets some time pass that no scheduler rounds up. */
static inline void spin(const int turns)
{
	int i;

	for (i = 0; i < turns; i++)
		__asm__ __volatile__("" : : : "memory");
}

#endif /* SELFTESTS_JAIL_RACE_H */
