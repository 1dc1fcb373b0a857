// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frail.h"
#include "fuse_wire.h"
#include "syscalls.h"

#define BLOCK 4096
#define BLOCKS_MAX (64 << 20 >> 12) /* of 64 MB */

struct frail_control {
	volatile bool cut, fail_reads, hold_writes, held;
	size_t size; /* of the disk in bytes */
	bool cached[BLOCKS_MAX]; /* the blocks written and not flushed */
};

/* What was written becomes lasting. */
static void flush(struct frail_control *control, int now, int kept)
{
	static char bytes[BLOCK];

	for (size_t n = 0; n < control->size / BLOCK && !control->cut; n++) {
		if (!control->cached[n])
			continue;
		if (pread(now, bytes, BLOCK, (off_t)(n * BLOCK)) == BLOCK)
			pwrite(kept, bytes, BLOCK, (off_t)(n * BLOCK));
		control->cached[n] = false;
	}
}

static ssize_t write_block(struct frail_control *control, int now,
			   const struct fuse_request *request)
{
	uint64_t from = request->io.offset, to = from + request->io.size;

	while (control->hold_writes) {
		control->held = true;
		sched_yield();
	}
	if (to > control->size)
		return -EIO;
	for (uint64_t n = from / BLOCK; n * BLOCK < to; n++)
		control->cached[n] = true;
	return pwrite(now, request->io.bytes, request->io.size, (off_t)from);
}

/* Fills in the reply but for the bytes of a read; returns the length of what follows its header, or a negative errno. */
static ssize_t answer(struct frail_control *control, int now, int kept,
		      const struct fuse_request *request, struct fuse_reply *reply)
{
	switch (request->opcode) {
	case FUSE_INIT:
		reply->init.major = FUSE_MAJOR;
		reply->init.minor = FUSE_MINOR;
		reply->init.readahead = request->init.readahead;
		reply->init.flags = FUSE_BIG_WRITES | FUSE_MAX_PAGES;
		reply->init.max_write = FUSE_WRITE_MAX;
		reply->init.max_pages = FUSE_WRITE_MAX / BLOCK;
		return sizeof(reply->init);
	case FUSE_GETATTR:
		reply->attributes.valid = FUSE_ATTRIBUTES_LAST;
		reply->attributes.ino = 1;
		reply->attributes.size = control->size;
		reply->attributes.mode = S_IFREG | 0600;
		reply->attributes.nlink = 1;
		reply->attributes.block_size = BLOCK;
		return sizeof(reply->attributes);
	case FUSE_OPEN:
		return sizeof(reply->open);
	case FUSE_READ:
		return control->fail_reads ? -EIO : 0;
	case FUSE_WRITE:
		reply->written.size = request->io.size;
		return write_block(control, now, request) == (ssize_t)request->io.size ?
			       (ssize_t)sizeof(reply->written) :
			       -EIO;
	case FUSE_FSYNC:
		flush(control, now, kept);
		return 0;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		return 0;
	}
	return -ENOSYS;
}

/* Until the file is unmounted, or the one who mounted it has gone. */
static void __attribute__((noreturn))
serve(struct frail_control *control, int fuse, int now, int kept)
{
	static struct fuse_request request;
	static char bytes[FUSE_WRITE_MAX];
	ssize_t n;

	/* EPERM: it is not mounted yet. */
	while ((n = read(fuse, &request, sizeof(request))) > 0 || errno == EINTR ||
	       errno == EPERM) {
		struct fuse_reply reply = { .unique = request.unique };
		struct iovec parts[] = { { &reply, FUSE_REPLY_HEADER }, { bytes, 0 } };

		if (n <= 0)
			sched_yield();
		if (n <= 0 || !request.unique)
			continue;
		n = answer(control, now, kept, &request, &reply);
		if (n < 0)
			reply.error = (int32_t)n;
		else
			parts[0].iov_len += (size_t)n;
		if (request.opcode == FUSE_READ && !n) {
			n = pread(now, bytes,
				  request.io.size < FUSE_WRITE_MAX ? request.io.size :
								     FUSE_WRITE_MAX,
				  (off_t)request.io.offset);
			parts[1].iov_len = n < 0 ? 0 : (size_t)n;
		}
		reply.length = (uint32_t)(parts[0].iov_len + parts[1].iov_len);
		if (writev(fuse, parts, 2) < 0 && errno != ENOENT)
			break;
	}
	_exit(0);
}

static bool same_bytes(int to, int from, size_t size)
{
	off_t at = 0;

	while ((size_t)at < size) {
		char bytes[BLOCK];

		if (pread(from, bytes, BLOCK, at) != BLOCK || pwrite(to, bytes, BLOCK, at) != BLOCK)
			return false;
		at += BLOCK;
	}
	return true;
}

/* Mounts the file of the process; it is in no mount namespace of ours, which would outlive us with it. -1: as frail_open(). */
static int mount_file(struct frail *disk, int now)
{
	char options[96];
	struct stat status;
	int fuse, target, file;

	/* The kernel looks for what it lacks when it is asked for the file system, not for the device. */
	mount("fuse", "/", "fuse", 0, "");
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0) {
		disk->missing = "FUSE";
		return -1;
	}
	disk->server = fork();
	if (!disk->server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(disk->control, fuse, now, disk->kept);
	}
	snprintf(options, sizeof(options), "fd=%d,rootmode=100600,user_id=0,group_id=0", fuse);
	target = -1;
	if (disk->server > 0 && mounts_private() && scratch_path(disk->file, "frail"))
		target = open(disk->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	close(target);
	if (target >= 0)
		target = mount("fuse", disk->file, "fuse", 0, options);
	close(fuse);
	file = target ? -1 : open(disk->file, O_RDWR | O_CLOEXEC);
	/* A loop device takes the size that the kernel knows: it has to have asked for it. */
	return fstat(file, &status) ? -1 : file;
}

bool frail_open(struct frail *disk, const char *type)
{
	struct loopfs pristine;
	int now = sys_memfd_create("disk", MFD_CLOEXEC), file;
	struct stat status;

	*disk = (struct frail){ .kept = sys_memfd_create("kept", MFD_CLOEXEC) };
	if (!loopfs_attach(&pristine, type)) {
		disk->missing = pristine.missing;
		return false;
	}
	disk->control = sys_mmap(NULL, sizeof(*disk->control), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (disk->control == MAP_FAILED || fstat(pristine.disk, &status) ||
	    status.st_size / BLOCK > BLOCKS_MAX)
		return false;
	disk->control->size = (size_t)status.st_size;
	if (!same_bytes(now, pristine.disk, disk->control->size) ||
	    !same_bytes(disk->kept, pristine.disk, disk->control->size))
		return false;
	loopfs_close(&pristine);
	file = mount_file(disk, now);
	close(now);
	if (file >= 0 && loopfs_attach_file(&disk->fs, type, file) &&
	    loopfs_mount(&disk->fs, 0, ""))
		return true;
	if (file >= 0)
		disk->missing = disk->fs.missing;
	return false;
}

bool frail_fail_reads(struct frail *disk)
{
	disk->control->fail_reads = true;
	/* The kernel has what was written to the file in memory too. */
	return !posix_fadvise(disk->fs.disk, 0, 0, POSIX_FADV_DONTNEED);
}

void frail_hold_writes(struct frail *disk)
{
	disk->control->hold_writes = true;
}

void frail_wait_held(struct frail *disk)
{
	while (!disk->control->held)
		sched_yield();
}

void frail_release_writes(struct frail *disk)
{
	disk->control->hold_writes = false;
}

bool frail_cut(struct frail *disk, struct loopfs *after)
{
	disk->control->cut = true;
	return loopfs_attach_file(after, disk->fs.type, disk->kept) && loopfs_mount(after, 0, "");
}

void frail_close(struct frail *disk)
{
	loopfs_close(&disk->fs);
	umount2(disk->file, MNT_DETACH);
	kill(disk->server, SIGKILL);
	waitpid(disk->server, NULL, 0);
	sys_munmap(disk->control, sizeof(*disk->control));
}
