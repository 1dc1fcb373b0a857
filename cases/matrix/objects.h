/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the matrix maps: two groups of 16 kinds of descriptors, each with what the model has to know
 * of it. The first can be mapped, as far as mode and seals allow; the second can't, most of it.
 */
#ifndef CASES_MATRIX_OBJECTS_H
#define CASES_MATRIX_OBJECTS_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "lib/letters.h"
#include "lib/model/model.h"
#include "lib/mounts.h"
#include "lib/object.h"
#include "lib/page.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

#define OBJECTS_GROUP 16
#define OBJECTS_RARE 1 /* that only a layout has, and that are opened when one names them */
#define OBJECTS (2 * OBJECTS_GROUP + OBJECTS_RARE)
#define OBJECT_FILE_PAGES 4 /* pages A to D of what has contents */
#define NO_DESCRIPTOR 1000
#define FS_MAGIC_XFS 0x58465342

struct mapped_object {
	const char *name;
	int64_t fd; /* the word for the call */
	bool there; /* could be opened here */
	bool lettered; /* its pages are A to D */
	struct model_object model;
};

static inline int sealed_memfd(int seals)
{
	int fd = sys_memfd_create("matrix", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	return fd >= 0 && letters_write(fd, "ABCD") && !fcntl(fd, F_ADD_SEALS, seals) ? fd : -1;
}

/* A new descriptor of the same file, in another mode; needs /proc. */
static inline int reopened(int fd, int flags)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? -1 : open(path, flags | O_CLOEXEC);
}

static inline int lettered_file(int flags)
{
	int fd = scratch_file(0);

	return fd >= 0 && letters_write(fd, "ABCD") ? reopened(fd, flags) : -1;
}

/* Has no name any more, so that nothing of it is left when it is closed. */
static inline int append_only_file(void)
{
	int fd = scratch_file(0), flags;

	if (fd < 0 || !letters_write(fd, "ABCD") || ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return -1;
	flags |= FS_APPEND_FL;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags) ? -1 : fd;
}

static inline int huge_memfd(void)
{
	return sys_memfd_create("matrix", MFD_CLOEXEC | 4 /* MFD_HUGETLB */);
}

static inline int fifo(void)
{
	char path[SCRATCH_PATH_MAX];

	return scratch_path(path, "fifo") && !mkfifo(path, 0600) ? open(path, O_RDWR | O_CLOEXEC) :
								   -1;
}

/* On a mount that only this process sees. */
static inline int noexec_file(void)
{
	char folder[SCRATCH_PATH_MAX];
	int fd;

	if (!mounts_private() || !mount_new(folder, "none", "tmpfs", MS_NOEXEC, "size=1m"))
		return -1;
	fd = mount_open(folder, "file", O_RDWR | O_CREAT);
	return fd >= 0 && letters_write(fd, "ABCD") ? fd : -1;
}

/* How a kind is opened, and what does not follow from the descriptor. */
static inline int object_descriptor(unsigned int kind)
{
	int fd;

	switch (kind) {
	case 0:
		fd = object_open(OBJECT_MEMFD, 0, 0);
		return fd >= 0 && letters_write(fd, "ABCD") ? fd : -1;
	case 1:
		return sealed_memfd(F_SEAL_SEAL);
	case 2:
		return sealed_memfd(F_SEAL_SHRINK);
	case 3:
		return sealed_memfd(F_SEAL_GROW);
	case 4:
		return sealed_memfd(F_SEAL_WRITE);
	case 5:
		return sealed_memfd(F_SEAL_FUTURE_WRITE);
	case 6:
		return reopened(sealed_memfd(F_SEAL_WRITE), O_RDONLY);
	case 7:
		fd = object_open(OBJECT_TMPFS_FILE, 0, 0);
		return fd >= 0 && letters_write(fd, "ABCD") ? fd : -1;
	case 8:
		return lettered_file(O_RDWR);
	case 9:
		return lettered_file(O_RDONLY);
	case 10:
		return lettered_file(O_WRONLY);
	case 11:
		return lettered_file(O_RDWR | O_APPEND);
	case 12:
		return open("/dev/zero", O_RDWR | O_CLOEXEC);
	case 13:
		return open("/dev/zero", O_RDONLY | O_CLOEXEC);
	case 14:
		return huge_memfd();
	case 15:
		return lettered_file(O_PATH);
	case 16:
		return open("/dev/zero", O_WRONLY | O_CLOEXEC);
	case 17:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 18:
		return open("/dev/full", O_RDWR | O_CLOEXEC);
	case 19:
		return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	case 20:
		return open("/proc/version", O_RDONLY | O_CLOEXEC);
	case 21:
		return scratch_directory();
	case 22:
		return object_open(OBJECT_PIPE_READ_END, 0, 0);
	case 23:
		return object_open(OBJECT_PIPE_WRITE_END, 0, 0);
	case 24:
		return fifo();
	case 25:
		return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	case 26:
		return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	case 27:
		return object_open(OBJECT_EVENTFD, 0, 0);
	case 28:
		return append_only_file();
	case 29:
		return sealed_memfd(F_SEAL_SEAL);
	case 2 * OBJECTS_GROUP:
		return noexec_file();
	default:
		return -1;
	}
}

#define UNMAPPABLE(id) .hook = HOOK_NONE, .hook_clause = id, .reach = REACH_ULONG
#define REFUSED(error, id) .hook = HOOK_REFUSES, .hook_error = error, .hook_clause = id
static const struct mapped_object object_kinds[OBJECTS] = {
	{ "memfd", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "memfd_seal_seal", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "memfd_seal_shrink", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "memfd_seal_grow", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "memfd_seal_write", .lettered = true,
	  .model = { .hook = HOOK_MAPS, .seals = F_SEAL_WRITE } },
	{ "memfd_seal_future", .lettered = true,
	  .model = { .hook = HOOK_MAPS, .seals = F_SEAL_FUTURE_WRITE } },
	{ "memfd_seal_write_ro", .lettered = true,
	  .model = { .hook = HOOK_MAPS, .seals = F_SEAL_WRITE } },
	{ "tmpfs", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "scratch", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "scratch_ro", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "scratch_wo", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "scratch_append", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "dev_zero", .model = { .hook = HOOK_MAPS, .reach = REACH_ULONG, .zero = true } },
	{ "dev_zero_ro", .model = { .hook = HOOK_MAPS, .reach = REACH_ULONG, .zero = true } },
	{ "hugetlb", .model = { .hook = HOOK_HUGETLB, .huge_shift = 21 } },
	{ "path_only", .model = { .path_only = true } },
	{ "dev_zero_wo", .model = { .hook = HOOK_MAPS, .reach = REACH_ULONG, .zero = true } },
	{ "dev_null", .model = { UNMAPPABLE("mmap.kind.dev-null-enodev") } },
	{ "dev_full", .model = { UNMAPPABLE("mmap.kind.dev-null-enodev") } },
	{ "proc_status", .model = { .hook = HOOK_NONE,
				    .hook_clause = "mmap.kind.proc-base-enodev",
				    .noexec = true } },
	{ "proc_version", .model = { REFUSED(EIO, "mmap.kind.proc-entry-eio"), .noexec = true } },
	{ "directory", .model = { UNMAPPABLE("mmap.kind.directory-enodev") } },
	{ "pipe_read", .model = { UNMAPPABLE("mmap.kind.pipe-read-enodev"), .pseudo = true } },
	{ "pipe_write", .model = { UNMAPPABLE("mmap.kind.pipe-read-enodev"), .pseudo = true } },
	{ "fifo", .model = { UNMAPPABLE("mmap.kind.fifo-enodev") } },
	{ "unix_socket",
	  .model = { REFUSED(ENODEV, "mmap.kind.unix-socket-enodev"), .pseudo = true } },
	{ "udp_socket",
	  .model = { REFUSED(ENODEV, "mmap.kind.unix-socket-enodev"), .pseudo = true } },
	{ "eventfd", .model = { UNMAPPABLE("mmap.kind.eventfd-enodev"), .pseudo = true } },
	{ "append_only", .lettered = true, .model = { .hook = HOOK_MAPS, .append_only = true } },
	{ "memfd_high_bit", .lettered = true, .model = { .hook = HOOK_MAPS } },
	{ "closed", .fd = NO_DESCRIPTOR, .there = true },
	{ "minus_one", .fd = -1, .there = true },
	{ "tmpfs_noexec", .lettered = true, .model = { .hook = HOOK_MAPS } },
};

/* The object of this name, or NULL. */
static inline const struct mapped_object *object_named(const struct mapped_object *objects,
						       const char *name)
{
	for (unsigned int kind = 0; kind < OBJECTS; kind++)
		if (!strcmp(objects[kind].name, name))
			return &objects[kind];
	return NULL;
}

/* File systems that know MAP_SYNC, are not on DAX here, and place mappings for huge pages. */
static inline bool is_ext4_or_xfs(int fd)
{
	unsigned long system = object_filesystem(fd);

	return system == FS_MAGIC_EXT4 || system == FS_MAGIC_XFS;
}

/* Opens an object of this kind, unless it is there already. */
static inline void object_open_kind(struct mapped_object *o, unsigned int kind)
{
	struct statvfs mount;
	struct stat file;
	int fd, mode;

	if (o->there)
		return;
	fd = object_descriptor(kind);
	o->there = fd >= 0;
	o->fd = fd;
	if (!o->there || o->model.path_only)
		return;
	mode = fcntl(fd, F_GETFL) & O_ACCMODE;
	o->model.open = true;
	o->model.readable = mode != O_WRONLY;
	o->model.writable = mode != O_RDONLY;
	if (o->model.pseudo || fstat(fd, &file) || fstatvfs(fd, &mount))
		return;
	o->model.noexec |= !!(mount.f_flag & ST_NOEXEC);
	if (S_ISREG(file.st_mode) && o->model.hook == HOOK_MAPS && is_ext4_or_xfs(fd)) {
		o->model.hook = HOOK_NO_DAX;
		o->model.thp = true;
	}
}

/* None is open yet. */
static inline void objects_begin(struct mapped_object objects[OBJECTS])
{
	for (unsigned int kind = 0; kind < OBJECTS; kind++)
		objects[kind] = object_kinds[kind];
}

/* Opens the kind of this name; where it can't be opened here, it is not there. */
static inline void object_open_named(struct mapped_object objects[OBJECTS], const char *name)
{
	for (unsigned int kind = 0; kind < OBJECTS; kind++)
		if (!strcmp(objects[kind].name, name))
			object_open_kind(&objects[kind], kind);
}

/* Opens all kinds but the rare ones. */
static inline void objects_open(struct mapped_object objects[OBJECTS])
{
	objects_begin(objects);
	for (unsigned int kind = 0; kind < 2 * OBJECTS_GROUP; kind++)
		object_open_kind(&objects[kind], kind);
	/* The kernel takes the lower half of the word. */
	objects[29].fd |= (int64_t)1 << 32;
}

#endif
