// SPDX-License-Identifier: GPL-2.0
/*
 * A call that is refused leaves nothing behind in what the kernel counts, however often it is made,
 * and however far it had come.
 */
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define CALLS 1000

FIXTURE(process)
{
	struct arena arena; /* |rw|rw|..|..|..|..|..|..|, of 'o' */
	char *taken, *unused; /* its first slot, its third */
	int memfd; /* two pages of 'f' */
	int socket;
	rlim_t limit; /* of address space */
};

static bool refused_by_limit(FIXTURE_DATA(process) *self)
{
	return sys_mmap(self->unused, pages(3), RW, ANON | MAP_FIXED, -1, 0) == MAP_FAILED;
}

static bool file_refused_by_limit(FIXTURE_DATA(process) *self)
{
	return sys_mmap(self->unused, pages(3), RW, MAP_SHARED | MAP_FIXED, self->memfd, 0) ==
	       MAP_FAILED;
}

static bool overlap(FIXTURE_DATA(process) *self)
{
	return sys_mmap(self->taken, pages(3), RW, MAP_SHARED | MAP_FIXED_NOREPLACE, self->memfd,
			0) == MAP_FAILED;
}

static bool unmappable(FIXTURE_DATA(process) *self)
{
	return sys_mmap(self->unused, pages(1), RW, MAP_PRIVATE | MAP_FIXED, self->socket, 0) ==
	       MAP_FAILED;
}

static bool no_type(FIXTURE_DATA(process) *self)
{
	return sys_mmap(self->unused, pages(1), RW, MAP_FIXED, self->memfd, 0) == MAP_FAILED;
}

static bool locked(FIXTURE_DATA(process) *self)
{
	return sys_mmap(self->unused, pages(1), RW, ANON | MAP_FIXED | MAP_LOCKED, -1, 0) ==
	       MAP_FAILED;
}

static bool grown(FIXTURE_DATA(process) *self)
{
	return sys_mremap(self->taken, pages(2), pages(5), MREMAP_MAYMOVE, NULL) == MAP_FAILED;
}

static bool moved_onto_itself(FIXTURE_DATA(process) *self)
{
	return sys_mremap(self->taken, pages(2), pages(2), MREMAP_MAYMOVE | MREMAP_FIXED,
			  self->taken + pages(1)) == MAP_FAILED;
}

static bool unmapped_unaligned(FIXTURE_DATA(process) *self)
{
	return sys_munmap(self->taken + 1, pages(1)) < 0;
}

FIXTURE_VARIANT(process)
{
	int error;
	bool (*refused)(FIXTURE_DATA(process) *self);
};
/* clang-format off */
FIXTURE_VARIANT_ADD(process, mmap_beyond_limit)		{ ENOMEM, refused_by_limit };
FIXTURE_VARIANT_ADD(process, mmap_file_beyond_limit)	{ ENOMEM, file_refused_by_limit };
FIXTURE_VARIANT_ADD(process, mmap_over_something)	{ EEXIST, overlap };
FIXTURE_VARIANT_ADD(process, mmap_of_a_socket)		{ ENODEV, unmappable };
FIXTURE_VARIANT_ADD(process, mmap_without_type)		{ EINVAL, no_type };
FIXTURE_VARIANT_ADD(process, mmap_locked)		{ EPERM, locked };
FIXTURE_VARIANT_ADD(process, mremap_beyond_limit)	{ ENOMEM, grown };
FIXTURE_VARIANT_ADD(process, mremap_onto_itself)	{ EINVAL, moved_onto_itself };
FIXTURE_VARIANT_ADD(process, munmap_unaligned)		{ EINVAL, unmapped_unaligned };
/* clang-format on */
FIXTURE_SETUP(process)
{
	struct rlimit limit;

	NEED_OWN_PROCESS("it drops CAP_IPC_LOCK, and sets limits");
	NEED(caps_known() && caps_drop(CAPS_IPC_LOCK), "leave to drop CAP_IPC_LOCK");
	SETUP(limit_set(RLIMIT_MEMLOCK, 0) && !getrlimit(RLIMIT_AS, &limit));
	self->limit = limit.rlim_cur;
	OPEN_OBJECT(self->memfd, OBJECT_MEMFD, pages(2), 'f');
	self->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	NEED(self->socket >= 0, "Unix sockets");
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->taken = slot(&self->arena, 0);
	self->unused = slot(&self->arena, 2);
	memset(self->taken, 'o', pages(2));
}
FIXTURE_TEARDOWN(process)
{
	arena_free(&self->arena);
	close(self->socket);
	close(self->memfd);
}

struct counts {
	uint64_t size, data, locked;
	int vmas;
};

static bool read_counts(struct counts *counts)
{
	counts->vmas = maps_count(0, UINTPTR_MAX);
	return counts->vmas >= 0 && status_bytes("VmSize", &counts->size) &&
	       status_bytes("VmData", &counts->data) && status_bytes("VmLck", &counts->locked);
}

/* clause: mmap.limit.refused-counts-nothing */
TEST_F(process, a_thousand_refused_calls_take_nothing_away)
{
	struct counts before, after;
	uint64_t mapped;

	NEED(read_counts(&before) && address_space_bytes(&mapped), "what is counted in /proc");
	SETUP(limit_set(RLIMIT_AS, mapped + pages(2)));

	for (int i = 0; i < CALLS && !TEST_FAILED(); i++) {
		EXPECT_TRUE(variant->refused(self));
		EXPECT_EQ(variant->error, errno);
	}
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
	EXPECT_BYTES('o', self->taken, pages(2));
	EXPECT_OK(sys_mmap(self->unused, pages(2), RW, ANON | MAP_FIXED, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(slot(&self->arena, 5), 1, RW, ANON | MAP_FIXED, -1, 0));
	SETUP(!sys_munmap(self->unused, pages(2)) && limit_set(RLIMIT_AS, self->limit));

	ASSERT_TRUE(read_counts(&after)); /* takes memory itself */
	EXPECT_EQ(before.size, after.size);
	EXPECT_EQ(before.data, after.data);
	EXPECT_EQ(before.locked, after.locked);
	EXPECT_EQ(before.vmas, after.vmas);
	EXPECT_OK(fcntl(self->memfd, F_ADD_SEALS, F_SEAL_WRITE)); /* EBUSY: it is mapped */
}

TEST_HARNESS_MAIN
