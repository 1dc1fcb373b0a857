// SPDX-License-Identifier: GPL-2.0
/*
 * Objects that cannot be mapped: ENODEV from those without any way to; before that comes EACCES
 * for a mode that the descriptor lacks.
 */
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

/* Mapping a page is refused with this errno, private and shared, and nothing is mapped. */
#define EXPECT_UNMAPPABLE(error, fd, extra_prot)                                              \
	do {                                                                                  \
		void *at_ = slot(&self->arena, 1);                                            \
		unsigned long prot_ = PROT_READ | (extra_prot);                               \
		EXPECT_ERRNO(error,                                                           \
			     sys_mmap(at_, pages(1), prot_, MAP_PRIVATE | MAP_FIXED, fd, 0)); \
		EXPECT_ERRNO(error,                                                           \
			     sys_mmap(at_, pages(1), prot_, MAP_SHARED | MAP_FIXED, fd, 0));  \
		EXPECT_LAYOUT(".. .. ..", &self->arena);                                      \
	} while (0)

ARENA_FIXTURE(3);

/* clause: mmap.kind.directory-enodev */
TEST_F(arena, directory_has_no_way_to_be_mapped)
{
	int fd;

	OPEN_OBJECT(fd, OBJECT_DIRECTORY, 0, 0);
	EXPECT_UNMAPPABLE(ENODEV, fd, 0);
	EXPECT_ERRNO(ENODEV, sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	close(fd);
}

/* clause: mmap.kind.dev-null-enodev */
TEST_F(arena, dev_null_and_dev_full)
{
	int null, full = open("/dev/full", O_RDWR | O_CLOEXEC);

	OPEN_OBJECT(null, OBJECT_DEV_NULL, 0, 0);
	NEED(full >= 0, "/dev/full");
	EXPECT_UNMAPPABLE(ENODEV, null, 0);
	EXPECT_UNMAPPABLE(ENODEV, full, 0);
	close(null);
	close(full);
}

/* clause: mmap.kind.pipe-read-enodev */
TEST_F(arena, pipe_has_an_end_for_either_error)
{
	int fds[2];

	SETUP(!pipe(fds));
	EXPECT_UNMAPPABLE(ENODEV, fds[0], 0);
	EXPECT_UNMAPPABLE(EACCES, fds[1], 0);
	close(fds[0]);
	close(fds[1]);
}

/* clause: mmap.kind.pipe-exec-eperm */
TEST_F(arena, code_comes_neither_from_a_pipe_nor_from_an_eventfd)
{
	int pipe_end, event;

	OPEN_OBJECT(pipe_end, OBJECT_PIPE_READ_END, 0, 0);
	OPEN_OBJECT(event, OBJECT_EVENTFD, 0, 0);
	EXPECT_UNMAPPABLE(EPERM, pipe_end, PROT_EXEC);
	EXPECT_UNMAPPABLE(EPERM, event, PROT_EXEC);
	close(pipe_end);
	close(event);
}

/* clause: mmap.kind.fifo-enodev */
TEST_F(arena, named_pipe)
{
	char path[SCRATCH_PATH_MAX];
	int fd;

	NEED(scratch_path(path, "fifo") && !mkfifo(path, 0600),
	     "a scratch folder that can hold a named pipe");
	fd = open(path, O_RDWR | O_CLOEXEC);
	unlink(path);
	SETUP(fd >= 0);
	EXPECT_UNMAPPABLE(ENODEV, fd, 0);
	close(fd);
}

/* clause: mmap.kind.unix-socket-enodev */
TEST_F(arena, sockets_of_the_local_and_of_the_datagram_kind)
{
	int local, datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	OPEN_OBJECT(local, OBJECT_UNIX_SOCKET, 0, 0);
	NEED(datagrams >= 0, "UDP sockets");
	EXPECT_UNMAPPABLE(ENODEV, local, 0);
	EXPECT_UNMAPPABLE(ENODEV, datagrams, 0);
	close(local);
	close(datagrams);
}

/* clause: mmap.kind.eventfd-enodev */
TEST_F(arena, descriptors_of_events)
{
	int fds[6];

	OPEN_OBJECT(fds[0], OBJECT_EVENTFD, 0, 0);
	fds[1] = epoll_create1(EPOLL_CLOEXEC);
	fds[2] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	fds[3] = inotify_init1(IN_CLOEXEC);
	NEED_FEATURE(fds[1] >= 0 && fds[2] >= 0 && fds[3] >= 0, "epoll, timerfd or inotify");
	fds[4] = (int)syscall(SYS_pidfd_open, getpid(), 0);
	NEED_FEATURE(fds[4] >= 0, "pidfd_open");
	fds[5] = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	NEED_FEATURE(fds[5] >= 0 || errno != ENOSYS, "userfaultfd");
	NEED(fds[5] >= 0, "leave to use userfaultfd");

	for (int i = 0; i < 6; i++) {
		TH_LOG("descriptor %d", i);
		EXPECT_ERRNO(ENODEV, sys_mmap(slot(&self->arena, 1), pages(1), PROT_READ,
					      MAP_PRIVATE | MAP_FIXED, fds[i], 0));
		close(fds[i]);
	}
	EXPECT_LAYOUT(".. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
