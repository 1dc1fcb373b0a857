// SPDX-License-Identifier: GPL-2.0
/*
 * msync() answers every combination of range and flags as the model does. The quick plan is the
 * whole product. It changes nothing: the bytes of the layout are looked at after every call, its
 * mappings and the files after one of eight; before those the pages of a real file are made dirty,
 * and then the page cache tells which of them MS_SYNC has written.
 */
#include "late.h"
#include "lib/special.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define SHARED_ANON (MAP_SHARED | MAP_ANONYMOUS)
#define BIT(n) ((uint64_t)1 << (n))

/*
 * The layout:
 *
 *	page	1   2  3   4   5   6 8  10  12   16  17  18  19  20  21  22 24  25  26  27 28  29 30 31  32    512  1024
 *		|F0 |..|F1 |lo |F2 |.|a |p  |MMMM|T0 |no |R  |s  |M1 |B  |..|T1 |lo |T2 |..|lf|..|S |T3 |......|HH..|
 *
 * F a file of the scratch folder, which takes its time to be written, lo locked, a private memory,
 * p a private memfd, M a memfd, T a file of a tmpfs, no without access, R a descriptor that can't
 * write, s shared memory, B beyond the end, lf locked on fault, S a TCP socket, H huge pages that
 * are never touched
 */
#define PAGE_SOCKET 30
#define PAGE_HUGE 512

static const struct area areas[] = {
	{ 1, 1, RW, MAP_SHARED, "scratch", 0 },
	{ 3, 1, RW, MAP_SHARED, "scratch", 1 },
	{ 4, 1, RW, ANON | MAP_LOCKED, .fill = 'k' },
	{ 5, 1, RW, MAP_SHARED, "scratch", 2 },
	{ 8, 2, RW, ANON, .fill = 'a' },
	{ 10, 2, RW, MAP_PRIVATE, "memfd", 0, .fill = 'p' },
	{ 12, 4, RW, MAP_SHARED, "memfd", 0 },
	{ 16, 1, RW, MAP_SHARED, "tmpfs", 0 },
	{ 17, 1, PROT_NONE, ANON },
	{ 18, 1, PROT_READ, MAP_SHARED, "scratch_ro", 0 },
	{ 19, 1, RW, SHARED_ANON, .fill = 's' },
	{ 20, 1, PROT_READ, MAP_SHARED, "memfd", 1 },
	{ 21, 1, RW, MAP_SHARED, "memfd", 100 },
	{ 24, 1, RW, MAP_SHARED, "tmpfs", 1 },
	{ 25, 1, RW, ANON | MAP_LOCKED, .fill = 'l' },
	{ 26, 1, RW, MAP_SHARED, "tmpfs", 2 },
	{ 28, 1, RW, ANON, .fill = 'f', .onfault = true },
	{ 31, 1, RW, MAP_SHARED, "tmpfs", 3 },
	{ PAGE_HUGE, 512, RW, MAP_SHARED | MAP_NORESERVE, "hugetlb", 0 },
	{ 0 },
};

/* An object without a sync operation. */
static const struct late_area sockets[] = {
	{ PAGE_SOCKET, 1, PROT_READ, 0, special_tcp_socket, NULL,
	  .model = { .open = true, .readable = true, .writable = true, .no_fsync = true } },
	{ 0 },
};

enum word { ADDR, LENGTH, FLAGS };
enum column { COLUMN_PLACE, COLUMN_PART, COLUMN_LENGTH, COLUMN_FLAGS };

static const struct dimension dimensions[] = {
	[COLUMN_PLACE] = { "place", 16 },
	[COLUMN_PART] = { "part of the address space", 3 },
	[COLUMN_LENGTH] = { "length", 16 },
	[COLUMN_FLAGS] = { "flags", 16 },
	{ 0 },
};

static uint64_t odd_address(const struct process *p, unsigned int level)
{
	uint64_t page = p->model.page_size, top = p->model.task_size;
	const uint64_t addresses[16] = {
		process_page(p, PAGE_HUGE),
		process_page(p, PAGE_HUGE + 1),
		process_page(p, PAGE_HUGE + 511),
		process_page(p, PAGE_HUGE) + 1,
		process_page(p, 8) + 1,
		process_page(p, 22) + page - 1,
		process_page(p, 25) + 1,
		process_page(p, 100),
		0,
		1,
		page,
		top - page,
		top,
		BIT(63),
		-page,
		-1ul,
	};

	return addresses[level];
}

/* Every page up to the last of the small ones, and others. */
static uint64_t address_of(const struct process *p, unsigned int place, unsigned int part)
{
	return part == 2 ? odd_address(p, place) : process_page(p, (long)place + 16 * (long)part);
}

static uint64_t length_of(const struct process *p, uint64_t addr, unsigned int level)
{
	uint64_t page = p->model.page_size;
	const uint64_t lengths[16] = {
		page,
		1,
		2 * page,
		page + 1,
		3 * page,
		5 * page,
		9 * page,
		16 * page,
		24 * page - 1,
		0,
		UINT64_MAX,
		UINT64_MAX - (page - 2),
		-page,
		-(addr & -page),
		p->model.task_size,
		BIT(30),
	};

	return lengths[level];
}

static const struct bits flag_names[] = {
	NAMED(MS_ASYNC), NAMED(MS_INVALIDATE), NAMED(MS_SYNC), { 0, 0, NULL }
};

static const uint64_t flag_words[16] = {
	MS_SYNC,
	0,
	MS_ASYNC,
	MS_INVALIDATE,
	MS_SYNC | MS_INVALIDATE,
	MS_ASYNC | MS_INVALIDATE,
	MS_ASYNC | MS_SYNC,
	MS_ASYNC | MS_SYNC | MS_INVALIDATE,
	8,
	0x10 | MS_SYNC,
	BIT(31) | MS_ASYNC,
	UINT32_MAX,
	BIT(32) | MS_ASYNC,
	BIT(63) | MS_INVALIDATE,
	BIT(40),
	BIT(33) | 8,
};

static bool combine(const struct process *p, const unsigned int *level, struct combination *c)
{
	c->word[ADDR] = address_of(p, level[COLUMN_PLACE], level[COLUMN_PART]);
	c->word[LENGTH] = length_of(p, c->word[ADDR], level[COLUMN_LENGTH]);
	c->word[FLAGS] = flag_words[level[COLUMN_FLAGS]];
	c->weight = level[COLUMN_PART] + level[COLUMN_LENGTH] + !!level[COLUMN_FLAGS];
	return true;
}

static void decide(const struct model *m, const struct combination *c, struct model_answer *a)
{
	const struct model_msync_call call = { c->word[ADDR], c->word[LENGTH], c->word[FLAGS] };

	model_msync(m, &call, a);
}

/* What a page of the layout begins with; 0: that can't be read. */
static char letter_of(const struct area *area, unsigned int page)
{
	if (!(area->prot & PROT_READ))
		return 0;
	if (area->fill)
		return (char)(area->fill + page);
	if (!strcmp(area->object, "hugetlb") || area->object_page + page >= OBJECT_FILE_PAGES)
		return 0;
	return (char)('A' + area->object_page + page);
}

static bool bytes_kept(const struct process *p)
{
	for (const struct area *area = p->areas; area->pages; area++) {
		for (unsigned int i = 0; p->there[area - p->areas] && i < area->pages; i++) {
			char letter = letter_of(area, i);

			if (letter &&
			    *(char *)process_pointer(process_page(p, area->page + i)) != letter)
				return false;
			if (!letter)
				break;
		}
	}
	return true;
}

static bool writes_back; /* the pages of the scratch file, which the kernel tells */

/* The file's pages that are dirty, or being written; -1: that is not told. */
static long unwritten(int fd, uint64_t offset, uint64_t length)
{
	uint64_t range[2] = { offset, length };
	struct {
		uint64_t cached, dirty, writeback, evicted, recently_evicted;
	} seen;

	if (syscall(SYS_cachestat, fd, range, &seen, 0))
		return -1;
	return (long)(seen.dirty + seen.writeback);
}

/* Makes a page of the real file dirty: it gets the bytes that it has. */
static void make_dirty(const struct process *p, const struct area *area)
{
	*(volatile char *)process_pointer(process_page(p, area->page)) =
		(char)('A' + area->object_page);
}

/*
 * The pages of the real file are written up to where the model says, and no further, whoever else
 * may be writing them: so twice.
 */
static bool written_agrees(const struct process *p, const struct combination *c,
			   const struct model_answer *a)
{
	const struct mapped_object *file = object_named(p->objects, "scratch");
	uint64_t page = p->model.page_size;

	for (const struct area *area = p->areas; area->pages; area++) {
		uint64_t at = process_page(p, area->page), offset = area->object_page * page;

		if (process_area_object(p, area) != file || at < c->word[ADDR])
			continue;
		if (at < a->synced_end && unwritten((int)file->fd, offset, page) > 0)
			return false;
		if (at < a->synced_end || !writes_back || unwritten((int)file->fd, offset, page))
			continue;
		make_dirty(p, area);
		sys_msync(process_pointer(c->word[ADDR]), c->word[LENGTH], (int)c->word[FLAGS]);
		if (!unwritten((int)file->fd, offset, page))
			return false;
	}
	return true;
}

static bool prepare(const struct process *p, const struct combination *c)
{
	const struct mapped_object *file = object_named(p->objects, "scratch");

	for (const struct area *area = p->areas; c->dear && area->pages; area++)
		if (p->there[area - p->areas] && process_area_object(p, area) == file)
			make_dirty(p, area);
	return true;
}

/* What read() gives of a file is what the shared mappings hold, not what a private one does. */
static bool file_kept(const struct process *p, const char *name)
{
	const struct mapped_object *object = object_named(p->objects, name);

	return !object->there || !strcmp(letters_in((int)object->fd, OBJECT_FILE_PAGES), "ABCD");
}

static bool agrees(const struct process *p, const struct combination *c,
		   const struct model_answer *a, const struct model *after,
		   uint64_t result __attribute__((unused)))
{
	if (!bytes_kept(p))
		return false;
	return !c->dear ||
	       (process_agrees(p, after, p->base, process_page(p, LAYOUT_PAGES)) &&
		written_agrees(p, c, a) && file_kept(p, "scratch") && file_kept(p, "memfd"));
}

/* No state is another than before. */
static bool done(struct model *m __attribute__((unused)),
		 const struct combination *c __attribute__((unused)),
		 const struct model_answer *a __attribute__((unused)),
		 uint64_t result __attribute__((unused)))
{
	return true;
}

static bool touches(const struct process *p __attribute__((unused)),
		    const struct combination *c __attribute__((unused)),
		    const struct model_answer *a __attribute__((unused)))
{
	return true;
}

static bool undo(const struct process *p __attribute__((unused)),
		 const struct combination *c __attribute__((unused)),
		 const struct model_answer *a __attribute__((unused)),
		 int error __attribute__((unused)), uint64_t result __attribute__((unused)))
{
	return true;
}

static bool laid_out(const struct process *p)
{
	const struct mapped_object *file = object_named(p->objects, "scratch");

	if (p->there[0]) {
		make_dirty(p, &areas[0]);
		writes_back = unwritten((int)file->fd, 0, p->model.page_size) > 0;
	}
	return late_lay_out(p, sockets);
}

static const struct matrix matrix = {
	.call = "msync",
	.number = SYS_msync,
	.arguments = { { ARGUMENT_ADDRESS }, { ARGUMENT_BYTES }, { ARGUMENT_BITS, flag_names } },
	.argument_count = FLAGS + 1,
	.areas = areas,
	.worlds = 1,
	.dimensions = dimensions,
	.combine = combine,
	.decide = decide,
	.prepare = prepare,
	.done = done,
	.agrees = agrees,
	.touches = touches,
	.undo = undo,
	.laid_out = laid_out,
	.example = late_example,
};

DECISION(flags_unknown_einval, "msync.flags.unknown-einval")
DECISION(addr_unaligned_einval, "msync.addr.unaligned-einval")
DECISION(flags_async_sync_einval, "msync.flags.async-sync-einval")
DECISION(len_wrap_enomem, "msync.len.wrap-enomem")
DECISION(len_end_exactly_zero_enomem, "msync.len.end-exactly-zero-enomem")
DECISION(len_zero_ok, "msync.len.zero-ok")
DECISION(len_max_zero_ok, "msync.len.max-zero-ok")
DECISION(len_rounded_up, "msync.len.rounded-up")
DECISION(invalidate_locked_ebusy, "msync.invalidate.locked-ebusy")
DECISION(invalidate_locked_onfault_ebusy, "msync.invalidate.locked-onfault-ebusy")
DECISION(invalidate_later_locked_ebusy, "msync.invalidate.later-locked-ebusy")
DECISION(invalidate_ebusy_over_enomem, "msync.invalidate.ebusy-over-enomem")
DECISION(invalidate_async_hole_continues, "msync.invalidate.async-hole-continues")
DECISION(invalidate_without_flag_locked_ok, "msync.invalidate.without-flag-locked-ok")
DECISION(sync_no_fsync_einval, "msync.sync.no-fsync-einval")
DECISION(error_over_enomem, "msync.error.over-enomem")
DECISION(async_no_fsync_ok, "msync.async.no-fsync-ok")
DECISION(hole_whole_enomem, "msync.hole.whole-enomem")
DECISION(addr_kernel_enomem, "msync.addr.kernel-enomem")
DECISION(hole_leading_sync, "msync.hole.leading-sync")
DECISION(hole_sync_still_syncs_after, "msync.hole.sync-still-syncs-after")
DECISION(hole_trailing_sync, "msync.hole.trailing-sync")
DECISION(hole_interior_enomem, "msync.hole.interior-enomem")
DECISION(hole_none_prot_not_hole, "msync.hole.none-prot-not-hole")
DECISION(sync_anon_noop, "msync.sync.anon-noop")
DECISION(sync_private_noop, "msync.sync.private-noop")
DECISION(sync_readonly_fd_skipped, "msync.sync.readonly-fd-skipped")
DECISION(sync_mixed_kinds, "msync.sync.mixed-kinds")
DECISION(flags_none_ok, "msync.flags.none-ok")
DECISION(flags_async_ok, "msync.flags.async-ok")
DECISION(flags_sync_ok, "msync.flags.sync-ok")
DECISION(flags_invalidate_alone_ok, "msync.flags.invalidate-alone-ok")
DECISION(flags_sync_invalidate_ok, "msync.flags.sync-invalidate-ok")
DECISION(flags_high_bits_ignored, "msync.flags.high-bits-ignored")

TEST_HARNESS_MAIN
