/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The protocol of FUSE 7.31, as far as a file system of one file needs it: linux/fuse.h, parts of
 * which old headers lack.
 */
#ifndef LIB_FUSE_WIRE_H
#define LIB_FUSE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define FUSE_MAJOR 7
#define FUSE_MINOR 31
#define FUSE_WRITE_MAX (1 << 17) /* bytes in a request */
#define FUSE_ATTRIBUTES_LAST 3600 /* seconds: nobody changes them */

enum {
	FUSE_FORGET = 2,
	FUSE_GETATTR = 3,
	FUSE_OPEN = 14,
	FUSE_READ = 15,
	FUSE_WRITE = 16,
	FUSE_RELEASE = 18,
	FUSE_FSYNC = 20,
	FUSE_FLUSH = 25,
	FUSE_INIT = 26,
	FUSE_INTERRUPT = 36,
	FUSE_DESTROY = 38,
	FUSE_BATCH_FORGET = 42,
};

/* Flags of FUSE_INIT. */
#define FUSE_BIG_WRITES (1 << 5)
#define FUSE_MAX_PAGES (1 << 22)
#define FUSE_INIT_EXT ((uint64_t)1 << 30)

struct fuse_request {
	uint32_t length, opcode;
	uint64_t unique, node;
	uint32_t uid, gid, pid, padding;
	union {
		struct {
			uint32_t major, minor, readahead, flags, flags2;
		} init;
		struct {
			uint64_t handle, offset;
			uint32_t size, flags;
			uint64_t owner;
			uint32_t open_flags, padding;
			char bytes[FUSE_WRITE_MAX];
		} io; /* FUSE_READ and FUSE_WRITE */
	};
};

struct fuse_reply {
	uint32_t length;
	int32_t error;
	uint64_t unique;
	union {
		struct {
			uint32_t major, minor, readahead, flags;
			uint16_t background, congestion;
			uint32_t max_write, granularity;
			uint16_t max_pages, alignment;
			uint32_t flags2, unused[7];
		} init;
		struct {
			uint64_t valid;
			uint32_t valid_nanoseconds, padding;
			uint64_t ino, size, blocks, times[3];
			uint32_t nanoseconds[3], mode, nlink, uid, gid, rdev, block_size, flags;
		} attributes;
		struct {
			uint64_t handle;
			uint32_t flags, padding;
		} open;
		struct {
			uint32_t size, padding;
		} written;
	};
};
#define FUSE_REPLY_HEADER offsetof(struct fuse_reply, init)

#endif
