/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jail tests - System calls by way of io_uring
 */

#ifndef SELFTESTS_JAIL_URING_H
#define SELFTESTS_JAIL_URING_H

#include <linux/io_uring.h>

#include "common.h"

/* Returns the result, negative if it is an error, or UNREACHED. */
static inline int submit(const struct io_uring_sqe *const request)
{
	struct io_uring_params params = {};
	unsigned int *tail, *head, *array, mask;
	const struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe;
	char *sq, *cq;
	int ring;

	ring = syscall(__NR_io_uring_setup, 1, &params);
	if (ring < 0)
		return UNREACHED;
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * 4,
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(*cqe),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	sqe = mmap(NULL, params.sq_entries * sizeof(*sqe),
		   PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqe == MAP_FAILED)
		return UNREACHED;
	*sqe = *request;
	/* To a worker of the ring, not in this task. */
	sqe->flags |= IOSQE_ASYNC;
	tail = (unsigned int *)(sq + params.sq_off.tail);
	array = (unsigned int *)(sq + params.sq_off.array);
	array[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(__NR_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		return UNREACHED;
	head = (unsigned int *)(cq + params.cq_off.head);
	mask = *(unsigned int *)(cq + params.cq_off.ring_mask);
	cqe = (const struct io_uring_cqe *)(cq + params.cq_off.cqes) +
	      (*head & mask);
	return cqe->res;
}

#endif /* SELFTESTS_JAIL_URING_H */
