// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuse_wire.h"
#include "fusefs.h"

#define MAX_WRITE 65536

/* body: what follows the header, size bytes. */
static bool send_reply(int device, struct fuse_reply *reply, const void *body, size_t size)
{
	struct iovec parts[] = { { reply, FUSE_REPLY_HEADER }, { (void *)(uintptr_t)body, size } };

	reply->length = (uint32_t)(FUSE_REPLY_HEADER + size);
	return writev(device, parts, 2) == (ssize_t)reply->length;
}

static bool start_connection(int device, uint64_t wanted, uint64_t *offered)
{
	static struct fuse_request request;
	struct fuse_reply reply = { 0 };
	uint64_t flags;

	if (read(device, &request, sizeof(request)) < 0)
		return false;
	if (request.opcode != FUSE_INIT || request.init.major != FUSE_MAJOR) {
		errno = EPROTO;
		return false;
	}
	*offered = request.init.flags;
	if (*offered & FUSE_INIT_EXT)
		*offered |= (uint64_t)request.init.flags2 << 32;
	flags = *offered & (wanted | FUSE_INIT_EXT);

	reply.unique = request.unique;
	reply.init.major = FUSE_MAJOR;
	reply.init.minor = FUSE_MINOR;
	reply.init.flags = (uint32_t)flags;
	reply.init.flags2 = (uint32_t)(flags >> 32);
	reply.init.max_write = MAX_WRITE;
	return send_reply(device, &reply, &reply.init, sizeof(reply.init));
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

static size_t fill_reply(struct fuse_reply *reply, const struct fuse_request *request,
			 uint32_t open_flags)
{
	size_t end;

	switch (request->opcode) {
	case FUSE_GETATTR:
		reply->attributes.valid = FUSE_ATTRIBUTES_LAST;
		reply->attributes.ino = 1;
		reply->attributes.size = FUSEFS_SIZE;
		reply->attributes.mode = S_IFREG | 0600;
		reply->attributes.nlink = 1;
		reply->attributes.uid = geteuid();
		reply->attributes.gid = getegid();
		return sizeof(reply->attributes);
	case FUSE_OPEN:
		reply->open.flags = open_flags;
		return sizeof(reply->open);
	case FUSE_READ:
		end = request->io.offset + request->io.size;
		if (end > FUSEFS_SIZE)
			end = FUSEFS_SIZE;
		if (request->io.offset >= end)
			return 0;
		return end - request->io.offset;
	case FUSE_WRITE: /* taken, and forgotten */
		reply->written.size = request->io.size;
		return sizeof(reply->written);
	case FUSE_RELEASE:
	case FUSE_DESTROY:
		return 0;
	default:
		reply->error = -ENOSYS;
		return 0;
	}
}

void fusefs_serve(int device, uint32_t open_flags)
{
	static struct fuse_request request;
	static char bytes[FUSEFS_SIZE];
	struct fuse_reply reply;

	memset(bytes, 'f', sizeof(bytes));
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(device, &request, sizeof(request)) >= 0 || errno == EINTR || errno == ENOENT) {
		size_t size;

		if (request.opcode == FUSE_FORGET || request.opcode == FUSE_BATCH_FORGET ||
		    request.opcode == FUSE_INTERRUPT)
			continue; /* no answer is wanted */
		reply = (struct fuse_reply){ .unique = request.unique };
		size = fill_reply(&reply, &request, open_flags);
		send_reply(device, &reply,
			   request.opcode == FUSE_READ ? bytes : (char *)&reply.init, size);
	}
}
