/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The expectations and preconditions of our own, over the kselftest harness API: over our harness,
 * and over the kernel's own header of Linux 6.1 and later, where a failure prints the same outcome
 * as a log line.
 *
 *	EXPECT_ERRNO(EEXIST, call)	the call fails with this errno
 *	EXPECT_OK(call), ASSERT_OK(call)	it does not fail; ASSERT_OK(p = sys_mmap(…)) where the rest needs p
 *	EXPECT_ADDR(p, call)		it returns exactly this address
 *	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p)	touching raises just this, si_addr being p
 *	EXPECT_NO_FAULT(FAULT_WRITE, p)
 *	EXPECT_BYTES('x', p, count)	the bytes are all this; a fault is a failure, not a crash
 *	EXPECT_COPY(bytes, p, count)	the bytes are these
 *	EXPECT_FILE_BYTES('x', fd, offset, count)	as pread() gives them
 *	EXPECT_LAYOUT("rw .. r-", &arena)	the arena looks so (arena.h)
 *	EXPECT_VMAS(2, &arena)		so many VMAs are in it; needs NEED_MAPS()
 *
 *	SETUP(condition)		else the test is an ERROR
 *	NEED(condition, "what")		else it SKIPs: the environment lacks this
 *	NEED_FEATURE(condition, "what")	else it SKIPs: the kernel lacks this
 *	NEED_MAPS()			the kernel tells its mappings
 *	NEED_OWN_PROCESS("why")		the test forks, or leaves the process unfit for the next one
 *	OPEN_OBJECT(fd, kind, length, fill)	opens one (object.h), or SKIPs, or is an ERROR
 *	SEAL(p, length)			seals the pages, or SKIPs, or is an ERROR
 *	MOUNT_DISK(&fs, type, flags, options)	a disk of the test's own (loopfs.h), or SKIPs, or is an ERROR
 *	MOUNT_FRAIL(&disk, type)	one that can lose what is in its cache (frail.h), likewise
 *	MOUNT_OVERLAY(&overlay, type, fill, count)	an overlayfs of its own (overlay.h), likewise
 *
 *	CHILD(name) { … } EXPECT_CHILD_OK(name);	a forked process; what fails in it fails the test
 *	TEST_FAILED()			did an expectation of this test fail? A loop over bits ends, and says at which one
 *
 * NEED…, OPEN_OBJECT and MOUNT_… leave the test or the set-up function, and stand before the first
 * expectation. At file scope:
 *
 *	EXCLUSIVE("vm.overcommit_memory");	the case changes the state of the machine: it runs alone and only with --system, and the
 *						runner restores the value; a path names what is not in /proc/sys
 *	EACH_FILESYSTEM;			the case runs once on every scratch folder
 *	ARENA_FIXTURE(8);			FIXTURE(arena) with self->arena, of so many free slots
 *	HUGE_FIXTURE(4, 2);			FIXTURE(huge) with self->arena, of so many free slots of the size of a huge page, and so many
 *						huge pages; the case is EXCLUSIVE("vm.nr_hugepages"). HUGE_FIELDS, SETUP_HUGE(self, 4, 2) and
 *						TEARDOWN_HUGE(self) are its parts, for a fixture that has more
 *	GROWING_FIXTURE;			FIXTURE(growing) with self->area (growing.h), and self->g, where its mapping starts
 *	SEALED_FIXTURE(6);			FIXTURE(sealed) with self->arena of so many slots, |rw|r-|r-|r-|rw|..|: all of 'x', those that
 *						are only read are sealed; self->p is its start
 *	DAX_FIXTURE;				FIXTURE(file) with self->dax (dax.h); the case is of EACH_FILESYSTEM
 *	FILE_VARIANTS(file);			FIXTURE_VARIANT(file) with variant->kind: memfd, scratch
 *	MAPPING_VARIANTS(request);		likewise with variant->flags: private_anon, shared_anon, and without MAP_ANONYMOUS private_file,
 *						shared_file
 *	DISK_VARIANTS(file);			likewise with variant->type: tmpfs, ext4
 *	DISK_MAPPING_VARIANTS(file);		likewise with variant->type and ->flags: tmpfs_shared, …, ext4_private
 *	CROWD_FIXTURE(4);			FIXTURE(crowd) with self->arena, and self->crowd (crowd.h) under the lowered limit on VMAs;
 *						the case is EXCLUSIVE("vm.max_map_count")
 */
#ifndef LIB_EXPECT_H
#define LIB_EXPECT_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "crowd.h"
#include "dax.h"
#include "frail.h"
#include "growing.h"
#include "hugepage.h"
#include "limits.h"
#include "loopfs.h"
#include "maps.h"
#include "object.h"
#include "outcome.h"
#include "overlay.h"
#include "syscalls.h"

#ifdef MMAPCONF_HARNESS

#define EXPECT_THAT_(holds, is_assert, text)                                    \
	TH_ON_FAILURE(({                                                        \
			      bool th_holds = (holds);                          \
			      if (!th_holds)                                    \
				      th_fail(_metadata, __LINE__, "%s", text); \
			      !th_holds;                                        \
		      }),                                                       \
		      is_assert)
#define SETUP_FAILED_(text)                                \
	do {                                               \
		th_error(_metadata, __LINE__, "%s", text); \
		th_abort(_metadata);                       \
	} while (0)
#define ENTER_CHILD_() th_enter_child(_metadata)
#define TEST_FAILED() (_metadata->failed)
#define NEED_OWN_PROCESS(why) NEED(th_forks(), "a process of its own: " why)

#define EXCLUSIVE(what)                           \
	TH_CONSTRUCTOR(exclusive)                 \
	{                                         \
		th_case_of_file.exclusive = what; \
	}                                         \
	struct th_case
#define EACH_FILESYSTEM                                 \
	TH_CONSTRUCTOR(each_filesystem)                 \
	{                                               \
		th_case_of_file.each_filesystem = true; \
	}                                               \
	struct th_case

#else /* the kernel's header */

/* Its expectations are two statements. */
#define EXPECT_THAT_(holds, is_assert, text)    \
	do {                                    \
		if (!(holds)) {                 \
			TH_LOG("%s", text);     \
			if (is_assert) {        \
				ASSERT_TRUE(0); \
			} else {                \
				EXPECT_TRUE(0); \
			}                       \
		}                               \
	} while (0)
/* It has no ERROR: the log line tells a failed set-up from a failed expectation. */
#define SETUP_FAILED_(text)               \
	do {                              \
		TH_LOG("ERROR %s", text); \
		ASSERT_TRUE(0);           \
	} while (0)
#define ENTER_CHILD_() ((void)0)
#ifdef XFAIL_ADD /* came with exit_code, in 6.10 */
#define TEST_FAILED() (_metadata->exit_code == KSFT_FAIL)
#else
#define TEST_FAILED() (!_metadata->passed)
#endif
#define NEED_OWN_PROCESS(why) ((void)0)

#define EXCLUSIVE(what)                                                                        \
	static void __attribute__((constructor)) exclusive_(void)                              \
	{                                                                                      \
		if (!getenv("MMAPCONF_SYSTEM")) {                                              \
			printf("TAP version 13\n1..0 # SKIP env: changes %s of the machine\n", \
			       what);                                                          \
			exit(KSFT_SKIP);                                                       \
		}                                                                              \
	}                                                                                      \
	struct arena
#define EACH_FILESYSTEM struct arena

#endif

#define EXPECT_OUTCOME_(is_assert, function, ...)                                         \
	do {                                                                              \
		struct outcome outcome_;                                                  \
		EXPECT_THAT_(function(&outcome_, __VA_ARGS__), is_assert, outcome_.text); \
	} while (0)

/* errno is read after the call and before anything else. */
#define EXPECT_CALL_(is_assert, function, call, ...)                                         \
	do {                                                                                 \
		intptr_t result_ = (intptr_t)(call);                                         \
		int errno_ = errno;                                                          \
		EXPECT_OUTCOME_(is_assert, function, #call, result_, errno_, ##__VA_ARGS__); \
	} while (0)

#define EXPECT_ERRNO(wanted, call) EXPECT_CALL_(0, outcome_errno, call, wanted)
#define EXPECT_OK(call) EXPECT_CALL_(0, outcome_ok, call)
#define ASSERT_OK(call) EXPECT_CALL_(1, outcome_ok, call)
#define EXPECT_ADDR(wanted, call) EXPECT_CALL_(0, outcome_address, call, wanted)
#define EXPECT_FAULT(signal, code, access, p) \
	EXPECT_OUTCOME_(0, outcome_fault, access, p, signal, code)
#define EXPECT_NO_FAULT(access, p) EXPECT_OUTCOME_(0, outcome_no_fault, access, p)
#define EXPECT_BYTES(wanted, p, count) EXPECT_OUTCOME_(0, outcome_bytes, wanted, p, count)
#define EXPECT_COPY(wanted, p, count) EXPECT_OUTCOME_(0, outcome_copy, wanted, p, count)
#define EXPECT_FILE_BYTES(wanted, fd, offset, count) \
	EXPECT_OUTCOME_(0, outcome_file_bytes, wanted, fd, offset, count)
#define EXPECT_LAYOUT(wanted, arena) EXPECT_OUTCOME_(0, outcome_layout, wanted, arena)
#define EXPECT_VMAS(wanted, arena) EXPECT_OUTCOME_(0, outcome_vmas, wanted, arena)
#define EXPECT_CHILD_OK(child) EXPECT_OUTCOME_(0, outcome_child, &(child))

#define SETUP(condition)                                             \
	do {                                                         \
		errno = 0;                                           \
		if (!(condition)) {                                  \
			struct outcome outcome_;                     \
			outcome_setup(&outcome_, #condition, errno); \
			SETUP_FAILED_(outcome_.text);                \
		}                                                    \
	} while (0)

#define NEED(condition, what)                          \
	do {                                           \
		if (!(condition))                      \
			SKIP(return, "env: %s", what); \
	} while (0)

#define NEED_FEATURE(condition, what)                     \
	do {                                              \
		if (!(condition))                         \
			SKIP(return, "absent: %s", what); \
	} while (0)

#define SEAL(p, length)                                             \
	do {                                                        \
		int sealed_ = sys_mseal(p, length, 0);              \
		NEED_FEATURE(!sealed_ || errno != ENOSYS, "mseal"); \
		SETUP(!sealed_);                                    \
	} while (0)

#define NEED_MAPS() NEED(maps_available(), "a kernel that tells its mappings")

#define OPEN_OBJECT(fd, kind, length, fill)                                            \
	do {                                                                           \
		bool feature_;                                                         \
		const char *missing_ = NULL;                                           \
		(fd) = object_open(kind, length, fill);                                \
		if ((fd) < 0)                                                          \
			missing_ = object_missing(kind, errno, &feature_);             \
		if (missing_)                                                          \
			SKIP(return, "%s: %s", feature_ ? "absent" : "env", missing_); \
		if ((fd) < 0) {                                                        \
			struct outcome outcome_;                                       \
			outcome_setup(&outcome_, "object_open()", errno);              \
			SETUP_FAILED_(outcome_.text);                                  \
		}                                                                      \
	} while (0)

#define MOUNT_(thing, call)                                            \
	do {                                                           \
		bool mounted_;                                         \
		NEED_OWN_PROCESS("it mounts");                         \
		mounted_ = (call);                                     \
		NEED(mounted_ || !(thing)->missing, (thing)->missing); \
		if (!mounted_) {                                       \
			struct outcome outcome_;                       \
			outcome_setup(&outcome_, #call, errno);        \
			SETUP_FAILED_(outcome_.text);                  \
		}                                                      \
	} while (0)
#define MOUNT_DISK(fs, type, flags, options) MOUNT_(fs, loopfs_open(fs, type, flags, options))
#define MOUNT_FRAIL(disk, type) MOUNT_(disk, frail_open(disk, type))
#define MOUNT_OVERLAY(overlay, type, fill, count) \
	MOUNT_(overlay, overlay_open(overlay, type, fill, count))

#define ARENA_FIXTURE(slots)                            \
	FIXTURE(arena)                                  \
	{                                               \
		struct arena arena;                     \
	};                                              \
	FIXTURE_SETUP(arena)                            \
	{                                               \
		SETUP(arena_init(&self->arena, slots)); \
	}                                               \
	FIXTURE_TEARDOWN(arena)                         \
	{                                               \
		arena_free(&self->arena);               \
	}                                               \
	struct arena

#define HUGE_FIELDS                             \
	struct arena arena;                     \
	size_t size; /* bytes of a huge page */ \
	int64_t before /* vm.nr_hugepages */

#define SETUP_HUGE(self, slots, free_pages)                                                   \
	do {                                                                                  \
		(self)->size = hugepage_size();                                               \
		NEED((self)->size &&sysctl_read("vm.nr_hugepages", &(self)->before),          \
		     "huge pages");                                                           \
		NEED(hugepage_pool(free_pages), "leave and memory for a pool of huge pages"); \
		SETUP(arena_init_sized(&(self)->arena, slots, (self)->size));                 \
	} while (0)

#define TEARDOWN_HUGE(self)                                      \
	do {                                                     \
		arena_free(&(self)->arena);                      \
		sysctl_write("vm.nr_hugepages", (self)->before); \
	} while (0)

#define HUGE_FIXTURE(slots, free_pages)              \
	FIXTURE(huge)                                \
	{                                            \
		HUGE_FIELDS;                         \
	};                                           \
	FIXTURE_SETUP(huge)                          \
	{                                            \
		SETUP_HUGE(self, slots, free_pages); \
	}                                            \
	FIXTURE_TEARDOWN(huge)                       \
	{                                            \
		TEARDOWN_HUGE(self);                 \
	}                                            \
	struct arena

#define GROWING_FIXTURE                                                             \
	FIXTURE(growing)                                                            \
	{                                                                           \
		struct growing area;                                                \
		char *g; /* the start of the mapping, one page */                   \
	};                                                                          \
	FIXTURE_SETUP(growing)                                                      \
	{                                                                           \
		NEED_MAPS();                                                        \
		NEED_OWN_PROCESS("it leaves free the address space that it found"); \
		SETUP(growing_init(&self->area));                                   \
		self->g = self->area.start;                                         \
	}                                                                           \
	FIXTURE_TEARDOWN(growing)                                                   \
	{                                                                           \
		growing_free(&self->area);                                          \
	}                                                                           \
	struct growing

#define SEALED_FIXTURE(slots)                                                  \
	FIXTURE(sealed)                                                        \
	{                                                                      \
		struct arena arena;                                            \
		char *p;                                                       \
	};                                                                     \
	FIXTURE_SETUP(sealed)                                                  \
	{                                                                      \
		NEED_OWN_PROCESS("what is sealed cannot be unmapped");         \
		SETUP(arena_init(&self->arena, slots));                        \
		SETUP(arena_map(&self->arena, 0, 5, "rw"));                    \
		self->p = slot(&self->arena, 0);                               \
		memset(self->p, 'x', pages(5));                                \
		SETUP(!sys_mprotect(self->p + pages(1), pages(3), PROT_READ)); \
		SEAL(self->p + pages(1), pages(3));                            \
	}                                                                      \
	FIXTURE_TEARDOWN(sealed)                                               \
	{                                                                      \
		arena_free(&self->arena);                                      \
	}                                                                      \
	struct arena

#define DAX_FIXTURE                                       \
	FIXTURE(file)                                     \
	{                                                 \
		struct dax dax;                           \
	};                                                \
	FIXTURE_SETUP(file)                               \
	{                                                 \
		MOUNT_(&self->dax, dax_open(&self->dax)); \
	}                                                 \
	FIXTURE_TEARDOWN(file)                            \
	{                                                 \
		dax_close(&self->dax);                    \
	}                                                 \
	struct arena

#define FILE_VARIANTS(fixture)                                        \
	FIXTURE_VARIANT(fixture)                                      \
	{                                                             \
		enum object_kind kind;                                \
	};                                                            \
	FIXTURE_VARIANT_ADD(fixture, memfd){ OBJECT_MEMFD };          \
	FIXTURE_VARIANT_ADD(fixture, scratch){ OBJECT_SCRATCH_FILE }; \
	struct arena

#define MAPPING_VARIANTS(fixture)                                                  \
	FIXTURE_VARIANT(fixture)                                                   \
	{                                                                          \
		unsigned long flags;                                               \
	};                                                                         \
	FIXTURE_VARIANT_ADD(fixture, private_anon){ MAP_PRIVATE | MAP_ANONYMOUS }; \
	FIXTURE_VARIANT_ADD(fixture, shared_anon){ MAP_SHARED | MAP_ANONYMOUS };   \
	FIXTURE_VARIANT_ADD(fixture, private_file){ MAP_PRIVATE };                 \
	FIXTURE_VARIANT_ADD(fixture, shared_file){ MAP_SHARED };                   \
	struct arena

#define DISK_VARIANTS(fixture)                          \
	FIXTURE_VARIANT(fixture)                        \
	{                                               \
		const char *type;                       \
	};                                              \
	FIXTURE_VARIANT_ADD(fixture, tmpfs){ "tmpfs" }; \
	FIXTURE_VARIANT_ADD(fixture, ext4){ "ext4" };   \
	struct arena

#define DISK_MAPPING_VARIANTS(fixture)                                       \
	FIXTURE_VARIANT(fixture)                                             \
	{                                                                    \
		const char *type;                                            \
		unsigned long flags;                                         \
	};                                                                   \
	FIXTURE_VARIANT_ADD(fixture, tmpfs_shared){ "tmpfs", MAP_SHARED };   \
	FIXTURE_VARIANT_ADD(fixture, tmpfs_private){ "tmpfs", MAP_PRIVATE }; \
	FIXTURE_VARIANT_ADD(fixture, ext4_shared){ "ext4", MAP_SHARED };     \
	FIXTURE_VARIANT_ADD(fixture, ext4_private){ "ext4", MAP_PRIVATE };   \
	struct arena

#define CROWD_FIXTURE(slots)                                                      \
	FIXTURE(crowd)                                                            \
	{                                                                         \
		struct arena arena;                                               \
		struct crowd crowd;                                               \
	};                                                                        \
	FIXTURE_SETUP(crowd)                                                      \
	{                                                                         \
		memset(&self->crowd, 0, sizeof(self->crowd));                     \
		SETUP(arena_init(&self->arena, slots));                           \
		NEED(crowd_limit(&self->crowd), "leave to set vm.max_map_count"); \
	}                                                                         \
	FIXTURE_TEARDOWN(crowd)                                                   \
	{                                                                         \
		arena_free(&self->arena);                                         \
		crowd_free(&self->crowd);                                         \
	}                                                                         \
	struct arena

#define CHILD(name)                       \
	struct child name = child_fork(); \
	SETUP(name.pid >= 0);             \
	for (name.pid ? (void)0 : ENTER_CHILD_(); !name.pid; child_exit(TEST_FAILED()))

#endif
