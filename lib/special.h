/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects of object.h that take some words to make: rings that the kernel shares with a process,
 * and memory that it hides from itself. Each function returns a descriptor, or -1: errno says why.
 */
#ifndef LIB_SPECIAL_H
#define LIB_SPECIAL_H

#include <stddef.h>
#include <stdint.h>

int special_tcp_socket(void);

/*
 * A packet socket with a receive ring of this length in bytes, in blocks of a page; none with
 * length 0.
 */
int special_packet_ring(size_t length);

/* A software event that never comes, of this process, in user mode. */
int special_perf_event(void);

/* linux/io_uring.h: what io_uring_setup() tells of the rings, offsets in bytes. */
struct special_uring {
	uint32_t sq_entries, cq_entries, flags, sq_thread_cpu, sq_thread_idle, features, wq_fd,
		resv[3];
	struct {
		uint32_t head, tail, ring_mask, ring_entries, flags, dropped, array, resv1;
		uint64_t user_addr;
	} sq_off;
	struct {
		uint32_t head, tail, ring_mask, ring_entries, overflow, cqes, flags, resv1;
		uint64_t user_addr;
	} cq_off;
};

/* Where its parts lie, as offsets of mmap. */
#define URING_SQ_RING 0
#define URING_CQ_RING 0x8000000
#define URING_SQES 0x10000000

int special_io_uring(uint32_t entries, struct special_uring *uring);

/* memfd_secret(2), length bytes long. */
int special_secretmem(size_t length);

#endif
