/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jail tests - Helpers for trace events
 */

#ifndef SELFTESTS_JAIL_TRACE_H
#define SELFTESTS_JAIL_TRACE_H

#include <fnmatch.h>

#include "common.h"

/* An instance of the kernel's tracer, which nobody else uses. */
struct tracer {
	char path[96];
};

static inline void write_tracer(struct __test_metadata *const _metadata,
				const struct tracer *const tracer,
				const char *const name, const char *const text)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", tracer->path, name);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ASSERT_LE(0, fd)
	{
		TH_LOG("%s: %s", path, strerror(errno));
	}
	ASSERT_EQ((ssize_t)strlen(text), write(fd, text, strlen(text)));
	close(fd);
}

/* Switches an event of the jails on ("1") or off ("0"). */
static inline void trace_event(struct __test_metadata *const _metadata,
			       const struct tracer *const tracer,
			       const char *const event, const char *const text)
{
	char name[64];

	snprintf(name, sizeof(name), "events/jail/%s/enable", event);
	write_tracer(_metadata, tracer, name, text);
}

static inline void make_tracer(struct __test_metadata *const _metadata,
			       const struct world *const w,
			       struct tracer *const tracer)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/trace", w->base);
	ASSERT_EQ(0, mkdir(path, 0700));
	ASSERT_EQ(0, mount("jail", path, "tracefs", 0, NULL));
	snprintf(tracer->path, sizeof(tracer->path), "%s/instances/jail", path);
	ASSERT_EQ(0, mkdir(tracer->path, 0700));
}

/* The events of @tracer are off. */
static inline void remove_tracer(struct __test_metadata *const _metadata,
				 const struct tracer *const tracer)
{
	EXPECT_EQ(0, rmdir(tracer->path));
}

/*
 * Counts what @event told since the last call of this, and how much of it
 * matches @pattern.
 */
static inline void count_events(struct __test_metadata *const _metadata,
				const struct tracer *const tracer,
				const char *const event,
				const char *const pattern, int *const all,
				int *const wanted)
{
	static char trace[65536];
	char path[128], mark[64], *line, *rest = trace;

	snprintf(path, sizeof(path), "%s/trace", tracer->path);
	ASSERT_EQ(0, read_file(path, trace, sizeof(trace)));
	snprintf(mark, sizeof(mark), " %s: ", event);
	*all = 0;
	*wanted = 0;
	while ((line = strsep(&rest, "\n"))) {
		const char *const told = strstr(line, mark);

		if (!told)
			continue;
		++*all;
		*wanted += !fnmatch(pattern, told + strlen(mark), 0);
	}
	write_tracer(_metadata, tracer, "trace", "\n");
}

#endif /* SELFTESTS_JAIL_TRACE_H */
