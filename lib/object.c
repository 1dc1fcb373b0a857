// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "object.h"
#include "scratch.h"
#include "special.h"
#include "syscalls.h"

bool object_fill(int fd, size_t offset, size_t count, int fill)
{
	char bytes[4096];

	memset(bytes, fill, sizeof(bytes));
	while (count) {
		size_t n = count < sizeof(bytes) ? count : sizeof(bytes);
		ssize_t written = pwrite(fd, bytes, n, (off_t)offset);

		if (written <= 0)
			return false;
		offset += (size_t)written;
		count -= (size_t)written;
	}
	return true;
}

unsigned long object_filesystem(int fd)
{
	struct statfs status;

	return fstatfs(fd, &status) ? 0 : (unsigned long)status.f_type;
}

bool object_is_dax(int fd)
{
	struct { /* linux/stat.h: struct statx, whose name a C library may lack or have */
		uint32_t mask, block_size;
		uint64_t attributes;
		char rest[240];
	} status;

	return !syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0, &status) &&
	       status.attributes & STATX_ATTR_DAX;
}

static int filled(int fd, size_t length, int fill)
{
	if (fd >= 0 && !object_fill(fd, 0, length, fill)) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static int tmpfs_file(void)
{
	static const char *const folders[] = { "/dev/shm", "/tmp", "/run" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "%s/mmapconf-%ld", folders[i], (long)getpid());
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			continue;
		unlink(path);
		if (object_filesystem(fd) == FS_MAGIC_TMPFS)
			return fd;
		close(fd);
	}
	errno = ENOENT;
	return -1;
}

/* A filled scratch file, opened anew: an open file keeps the mode it was opened with. */
static int reopened_file(int flags, size_t length, int fill)
{
	char path[SCRATCH_PATH_MAX];
	int fd, again;

	if (!scratch_path(path, "file"))
		return -1;
	fd = filled(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644), length, fill);
	if (fd < 0)
		return -1;
	again = open(path, flags | O_CLOEXEC);
	close(fd);
	unlink(path);
	return again;
}

static int pipe_end(int end)
{
	int fds[2];

	if (pipe(fds))
		return -1;
	close(fds[1 - end]);
	return fds[end];
}

int object_open(enum object_kind kind, size_t length, int fill)
{
	struct special_uring uring;

	switch (kind) {
	case OBJECT_MEMFD:
		return filled(sys_memfd_create("mmapconf", MFD_CLOEXEC | MFD_ALLOW_SEALING), length,
			      fill);
	case OBJECT_TMPFS_FILE:
		return filled(tmpfs_file(), length, fill);
	case OBJECT_SCRATCH_FILE:
		return filled(scratch_file(0), length, fill);
	case OBJECT_READ_ONLY_FILE:
		return reopened_file(O_RDONLY, length, fill);
	case OBJECT_WRITE_ONLY_FILE:
		return reopened_file(O_WRONLY, length, fill);
	case OBJECT_PATH_FILE:
		return reopened_file(O_PATH, length, fill);
	case OBJECT_DEV_ZERO:
		return open("/dev/zero", O_RDWR | O_CLOEXEC);
	case OBJECT_DEV_NULL:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case OBJECT_DIRECTORY:
		return scratch_directory();
	case OBJECT_PIPE_READ_END:
		return pipe_end(0);
	case OBJECT_PIPE_WRITE_END:
		return pipe_end(1);
	case OBJECT_UNIX_SOCKET:
		return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	case OBJECT_EVENTFD:
		return eventfd(0, EFD_CLOEXEC);
	case OBJECT_PROC_FILE:
		return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	case OBJECT_TCP_SOCKET:
		return special_tcp_socket();
	case OBJECT_PACKET_RING:
		return special_packet_ring(length);
	case OBJECT_PERF_EVENT:
		return special_perf_event();
	case OBJECT_IO_URING:
		return special_io_uring(1, &uring);
	case OBJECT_SECRETMEM:
		return special_secretmem(length);
	}
	errno = EINVAL;
	return -1;
}

/*
 * Its name, if opening it failed for want of the thing itself, or because this user may not, or may
 * not lock so much.
 */
static const char *missing_special(const char *name, int error, bool *feature)
{
	*feature |= error == ENODEV || error == ENOPROTOOPT;
	return *feature || error == EPERM || error == EACCES || error == ENOMEM || error == EAGAIN ?
		       name :
		       NULL;
}

const char *object_missing(enum object_kind kind, int error, bool *feature)
{
	*feature = error == ENOSYS || error == EAFNOSUPPORT;
	switch (kind) {
	case OBJECT_MEMFD:
		return error == ENOSYS ? "memfd_create" : NULL;
	case OBJECT_TMPFS_FILE:
		return error == ENOENT ? "a tmpfs that can be written to" : NULL;
	case OBJECT_DEV_ZERO:
		return error == ENOENT ? "/dev/zero" : NULL;
	case OBJECT_DEV_NULL:
		return error == ENOENT ? "/dev/null" : NULL;
	case OBJECT_UNIX_SOCKET:
		return *feature ? "AF_UNIX sockets" : NULL;
	case OBJECT_EVENTFD:
		return *feature ? "eventfd" : NULL;
	case OBJECT_PROC_FILE:
		return error == ENOENT ? "/proc" : NULL;
	case OBJECT_SCRATCH_FILE:
	case OBJECT_READ_ONLY_FILE:
	case OBJECT_WRITE_ONLY_FILE:
	case OBJECT_PATH_FILE:
	case OBJECT_DIRECTORY:
		return error == ENOENT || error == EROFS || error == EACCES ?
			       "a scratch folder that can be written to" :
			       NULL;
	case OBJECT_TCP_SOCKET:
		return missing_special("TCP sockets", error, feature);
	case OBJECT_PACKET_RING:
		return missing_special("packet rings", error, feature);
	case OBJECT_PERF_EVENT:
		return missing_special("perf events", error, feature);
	case OBJECT_IO_URING:
		return missing_special("io_uring", error, feature);
	case OBJECT_SECRETMEM:
		return missing_special("memfd_secret", error, feature);
	case OBJECT_PIPE_READ_END:
	case OBJECT_PIPE_WRITE_END:
		break;
	}
	return NULL;
}
