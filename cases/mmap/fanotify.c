// SPDX-License-Identifier: GPL-2.0
/*
 * Who watches a file before its contents are used is asked by mmap itself, and may refuse it.
 */
#include <poll.h>
#include <sys/fanotify.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

#ifndef FAN_PRE_ACCESS
#define FAN_PRE_ACCESS 0x00100000
#endif

FIXTURE(watched)
{
	struct arena arena;
	char path[SCRATCH_PATH_MAX]; /* two pages of 'f' */
	int group;
};
FIXTURE_VARIANT(watched)
{
	uint32_t answer;
	unsigned long type;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(watched, denied_private)	{ FAN_DENY, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(watched, denied_shared)	{ FAN_DENY, MAP_SHARED };
FIXTURE_VARIANT_ADD(watched, allowed_private)	{ FAN_ALLOW, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(watched, allowed_shared)	{ FAN_ALLOW, MAP_SHARED };
/* clang-format on */
FIXTURE_SETUP(watched)
{
	unsigned int flags = FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC;
	int fd, marked;

	NEED_OWN_PROCESS("it forks");
	NEED(scratch_path(self->path, "watched"), "a scratch folder that can be written to");
	fd = open(self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	SETUP(fd >= 0 && object_fill(fd, 0, pages(2), 'f') && !close(fd));
	self->group = (int)syscall(SYS_fanotify_init, flags, O_RDONLY | O_LARGEFILE);
	NEED_FEATURE(self->group >= 0 || errno != ENOSYS, "fanotify");
	NEED(self->group >= 0 || errno != EPERM, "leave to watch files by fanotify");
	SETUP(self->group >= 0);
	marked = fanotify_mark(self->group, FAN_MARK_ADD, FAN_PRE_ACCESS, AT_FDCWD, self->path);
	NEED_FEATURE(!marked || errno != EINVAL, "FAN_PRE_ACCESS");
	NEED(!marked || errno != EOPNOTSUPP, "a file system with pre-content events");
	SETUP(!marked);
	SETUP(arena_init(&self->arena, 3));
}
FIXTURE_TEARDOWN(watched)
{
	close(self->group);
	arena_free(&self->arena);
	unlink(self->path);
}

/*
 * Answers what the kernel asks about the process until the gate opens; the number of questions, or
 * -1.
 */
static int answer_all(int group, const struct gate *done, pid_t pid, uint32_t response)
{
	struct pollfd ready[] = { { group, POLLIN }, { done->fds[0], POLLIN } };
	int questions = 0;

	while (poll(ready, 2, -1) > 0 && ready[0].revents & POLLIN) {
		struct fanotify_response answer = { .response = response };
		union {
			struct fanotify_event_metadata event;
			char bytes[4096]; /* with what it tells of the range */
		} one;
		const struct fanotify_event_metadata *event = &one.event;

		if (read(group, &one, sizeof(one)) != (ssize_t)event->event_len)
			return -1;
		answer.fd = event->fd;
		if (write(group, &answer, sizeof(answer)) != sizeof(answer) || close(event->fd))
			return -1;
		if (event->mask == FAN_PRE_ACCESS && event->pid == pid)
			questions++;
	}
	return questions;
}

/* clause: mmap.kind.fanotify-pre-access */
TEST_F(watched, mmap_asks_once_and_does_as_it_is_told)
{
	char *p = slot(&self->arena, 1);
	struct gate mapped;

	SETUP(gate_init(&mapped));
	CHILD(user) {
		int fd = open(self->path, O_RDONLY | O_CLOEXEC);
		unsigned long flags = variant->type | MAP_FIXED;

		SETUP(fd >= 0);
		if (variant->answer == FAN_DENY) {
			EXPECT_ERRNO(EPERM, sys_mmap(p, pages(1), PROT_READ, flags, fd, 0));
			EXPECT_LAYOUT(".. .. ..", &self->arena);
		} else {
			EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, flags, fd, 0));
			EXPECT_BYTES('f', p, pages(1));
		}
		gate_open(&mapped);
	}
	EXPECT_EQ(1, answer_all(self->group, &mapped, user.pid, variant->answer));
	EXPECT_CHILD_OK(user);
}

TEST_HARNESS_MAIN
