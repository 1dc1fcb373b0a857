// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fusefs.h"

/* linux/fuse.h, which old headers lack parts of */
#define VERSION_MAJOR 7
#define VERSION_MINOR 31
#define INIT_EXT ((uint64_t)1 << 30)
#define MAX_WRITE 65536
#define ATTRIBUTES_LAST 3600 /* seconds: nobody changes them */

enum {
	FORGET = 2,
	GETATTR = 3,
	OPEN = 14,
	READ = 15,
	WRITE = 16,
	RELEASE = 18,
	INIT = 26,
	INTERRUPT = 36,
	DESTROY = 38,
	BATCH_FORGET = 42,
};

struct request {
	uint32_t length, opcode;
	uint64_t unique, node;
	uint32_t uid, gid, pid, padding;
	union {
		struct {
			uint32_t major, minor, max_readahead, flags, flags2;
		} init;
		struct {
			uint64_t handle, offset;
			uint32_t size;
		} io; /* READ and WRITE */
		char bytes[MAX_WRITE + 4096];
	};
};

struct answer {
	uint32_t length;
	int32_t error;
	uint64_t unique;
	union {
		struct {
			uint32_t major, minor, max_readahead, flags;
			uint16_t max_background, congestion_threshold;
			uint32_t max_write, time_granularity;
			uint16_t max_pages, map_alignment;
			uint32_t flags2, unused[7];
		} init;
		struct {
			uint64_t valid;
			uint32_t valid_ns, dummy;
			uint64_t inode, size, blocks, atime, mtime, ctime;
			uint32_t atime_ns, mtime_ns, ctime_ns, mode, links, uid, gid, device,
				block_size, flags;
		} attributes;
		struct {
			uint64_t handle;
			uint32_t flags, padding;
		} open;
		struct {
			uint32_t size, padding;
		} write;
		char bytes[FUSEFS_SIZE];
	};
};

#define HEAD_SIZE offsetof(struct answer, bytes)

static bool send_answer(int device, struct answer *answer, size_t size)
{
	answer->length = (uint32_t)(HEAD_SIZE + size);
	return write(device, answer, answer->length) == (ssize_t)answer->length;
}

static bool start_connection(int device, uint64_t wanted, uint64_t *offered)
{
	static struct request request;
	static struct answer answer;
	uint64_t flags;

	if (read(device, &request, sizeof(request)) < 0)
		return false;
	if (request.opcode != INIT || request.init.major != VERSION_MAJOR) {
		errno = EPROTO;
		return false;
	}
	*offered = request.init.flags;
	if (*offered & INIT_EXT)
		*offered |= (uint64_t)request.init.flags2 << 32;
	flags = *offered & (wanted | INIT_EXT);

	answer.unique = request.unique;
	answer.init.major = VERSION_MAJOR;
	answer.init.minor = VERSION_MINOR;
	answer.init.flags = (uint32_t)flags;
	answer.init.flags2 = (uint32_t)(flags >> 32);
	answer.init.max_write = MAX_WRITE;
	return send_answer(device, &answer, sizeof(answer.init));
}

int fusefs_mount(const char *path, uint64_t wanted, uint64_t *offered)
{
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC), error;
	char options[96];

	if (device < 0)
		return -1;
	snprintf(options, sizeof(options), "fd=%d,rootmode=%o,user_id=%d,group_id=%d", device,
		 S_IFREG | 0600, (int)geteuid(), (int)getegid());
	if (!mknod(path, S_IFREG | 0600, 0) && !mount("fuse", path, "fuse", 0, options) &&
	    start_connection(device, wanted, offered))
		return device;
	error = errno;
	close(device);
	errno = error;
	return -1;
}

static size_t fill_answer(struct answer *answer, const struct request *request, uint32_t open_flags)
{
	size_t end;

	switch (request->opcode) {
	case GETATTR:
		answer->attributes.valid = ATTRIBUTES_LAST;
		answer->attributes.inode = 1;
		answer->attributes.size = FUSEFS_SIZE;
		answer->attributes.mode = S_IFREG | 0600;
		answer->attributes.links = 1;
		answer->attributes.uid = geteuid();
		answer->attributes.gid = getegid();
		return sizeof(answer->attributes);
	case OPEN:
		answer->open.flags = open_flags;
		return sizeof(answer->open);
	case READ:
		end = request->io.offset + request->io.size;
		if (end > FUSEFS_SIZE)
			end = FUSEFS_SIZE;
		if (request->io.offset >= end)
			return 0;
		memset(answer->bytes, 'f', end - request->io.offset);
		return end - request->io.offset;
	case WRITE: /* taken, and forgotten */
		answer->write.size = request->io.size;
		return sizeof(answer->write);
	case RELEASE:
	case DESTROY:
		return 0;
	default:
		answer->error = -ENOSYS;
		return 0;
	}
}

void fusefs_serve(int device, uint32_t open_flags)
{
	static struct request request;
	static struct answer answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(device, &request, sizeof(request)) >= 0 || errno == EINTR || errno == ENOENT) {
		size_t size;

		if (request.opcode == FORGET || request.opcode == BATCH_FORGET ||
		    request.opcode == INTERRUPT)
			continue; /* no answer is wanted */
		memset(&answer, 0, sizeof(answer));
		answer.unique = request.unique;
		size = fill_answer(&answer, &request, open_flags);
		send_answer(device, &answer, size);
	}
}
