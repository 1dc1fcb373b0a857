// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
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
	volatile bool cut, fail_reads, overtakes, lies;
	volatile uint32_t hold; /* the request that does not end; 0: none */
	volatile uint64_t bad, bad_end; /* the bytes that cannot be written */
	size_t size; /* of the disk in bytes */
	bool cached[BLOCKS_MAX]; /* the blocks written and not flushed */
};

/* What was written becomes lasting. */
static void flush(struct frail_control *control, int now, int kept)
{
	static char bytes[BLOCK];

	for (size_t n = 0; n < control->size / BLOCK && !control->cut && !control->lies; n++) {
		if (!control->cached[n])
			continue;
		if (pread(now, bytes, BLOCK, (off_t)(n * BLOCK)) == BLOCK)
			pwrite(kept, bytes, BLOCK, (off_t)(n * BLOCK));
		control->cached[n] = false;
	}
}

static ssize_t write_block(struct frail_control *control, int now, int kept,
			   const struct fuse_request *request)
{
	uint64_t from = request->io.offset, to = from + request->io.size;

	if (to > control->size || (from < control->bad_end && to > control->bad))
		return -EIO;
	for (uint64_t n = from / BLOCK; n * BLOCK < to; n++)
		control->cached[n] = true;
	if (control->overtakes && !control->cut)
		pwrite(kept, request->io.bytes, request->io.size, (off_t)from);
	return pwrite(now, request->io.bytes, request->io.size, (off_t)from);
}

/*
 * Fills in the reply but for the bytes of a read; returns the length of what follows its header, or
 * a negative errno.
 */
static ssize_t answer(struct frail *disk, int now, const struct fuse_request *request,
		      struct fuse_reply *reply)
{
	struct frail_control *control = disk->control;

	if (control->hold == request->opcode) {
		gate_open(&disk->held);
		gate_wait(&disk->released);
	}
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
		return write_block(control, now, disk->kept, request) == (ssize_t)request->io.size ?
			       (ssize_t)sizeof(reply->written) :
			       -EIO;
	case FUSE_FSYNC:
		flush(control, now, disk->kept);
		return 0;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		return 0;
	}
	return -ENOSYS;
}

/* Until the file is unmounted, or the one who mounted it has gone. */
static void __attribute__((noreturn)) serve(struct frail *disk, int fuse, int now)
{
	static struct fuse_request request;
	static char bytes[FUSE_WRITE_MAX];
	ssize_t n;

	gate_wait(&disk->mounted);
	while ((n = read(fuse, &request, sizeof(request))) > 0 || errno == EINTR) {
		struct fuse_reply reply = { .unique = request.unique };
		struct iovec parts[] = { { &reply, FUSE_REPLY_HEADER }, { bytes, 0 } };

		if (n <= 0 || !request.unique)
			continue;
		n = answer(disk, now, &request, &reply);
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
	static char bytes[FUSE_WRITE_MAX];

	for (size_t at = 0, n; at < size; at += n) {
		n = size - at < sizeof(bytes) ? size - at : sizeof(bytes);
		if (pread(from, bytes, n, (off_t)at) != (ssize_t)n ||
		    pwrite(to, bytes, n, (off_t)at) != (ssize_t)n)
			return false;
	}
	return true;
}

/*
 * Mounts the file of the process; it is in no mount namespace of ours, which would outlive us with
 * it. -1: as frail_open().
 */
static int mount_file(struct frail *disk, int now)
{
	char options[96];
	struct stat status;
	int fuse, target, file;

	/*
	 * The kernel looks for what it lacks when it is asked for the file system, not for the
	 * device.
	 */
	mount("fuse", "/", "fuse", 0, "");
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0) {
		disk->missing = "FUSE";
		return -1;
	}
	if (!gate_init(&disk->mounted) || !gate_init(&disk->held) || !gate_init(&disk->released))
		return -1;
	disk->server = fork();
	if (!disk->server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(disk, fuse, now);
	}
	snprintf(options, sizeof(options), "fd=%d,rootmode=100600,user_id=0,group_id=0", fuse);
	target = -1;
	if (disk->server > 0 && mounts_private() && scratch_path(disk->file, "frail"))
		target = open(disk->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	close(target);
	if (target >= 0)
		target = mount("fuse", disk->file, "fuse", 0, options);
	gate_open(&disk->mounted);
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

bool frail_settle(struct frail *disk)
{
	int folder = open(disk->fs.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool settled = folder >= 0 && !syncfs(folder) && !fsync(disk->fs.device_fd);

	close(folder);
	disk->control->lies = getenv("MMAPCONF_DISK_LIES");
	return settled;
}

bool frail_fail_reads(struct frail *disk)
{
	disk->control->fail_reads = true;
	/* The kernel has what was written to the file in memory too. */
	return !posix_fadvise(disk->fs.disk, 0, 0, POSIX_FADV_DONTNEED);
}

void frail_fail_writes(struct frail *disk, off_t place, size_t count)
{
	disk->control->bad = (uint64_t)place;
	disk->control->bad_end = (uint64_t)place + count;
}

void frail_hold_writes(struct frail *disk)
{
	disk->control->hold = FUSE_WRITE;
}

void frail_hold_flushes(struct frail *disk)
{
	disk->control->hold = FUSE_FSYNC;
}

void frail_wait_held(struct frail *disk)
{
	gate_wait(&disk->held);
}

void frail_release(struct frail *disk)
{
	disk->control->hold = 0;
	gate_open(&disk->released);
}

void frail_let_overtake(struct frail *disk)
{
	disk->control->overtakes = true;
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
