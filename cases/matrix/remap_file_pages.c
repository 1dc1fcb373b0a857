// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages() answers every combination of its arguments as the model does. The quick plan:
 * covering arrays of strength 3, as this process is; without CAP_IPC_LOCK under a memlock limit of
 * one page more than is locked, and of none; and under an address space limit that is exceeded
 * already. After every call that reaches the emulation it is looked at what is mapped in the range,
 * and what its first and last page hold; after one of eight at every page and its neighbours, at a
 * store that reaches the file, at all mappings of the layout and the account of what is locked.
 */
#include "late.h"
#include "lib/smaps.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define SHARED_ANON (MAP_SHARED | MAP_ANONYMOUS)
#define BIT(n) ((uint64_t)1 << (n))

#define PAGE_FUTURE 44
#define PAGE_APPEND 50
#define PAGE_OTHER 52
#define SMALL_PAGES 64 /* hold all areas but one */
#define PAGE_HUGE 512
#define HUGE_PAGES 512

/* Neighbours that are alike but for one thing, and holes. */
static const struct area areas[] = {
	{ 8, 4, RW, MAP_SHARED, "memfd", 0 },
	{ 12, 1, PROT_READ, MAP_SHARED, "memfd", 3 },
	{ 14, 2, RW, MAP_SHARED, "memfd", 0 },
	{ 16, 2, RW, MAP_SHARED, "memfd", 0 },
	{ 18, 1, RW, MAP_SHARED | MAP_LOCKED, "memfd", 2 },
	{ 19, 1, RW, MAP_SHARED | MAP_NORESERVE, "memfd", 3 },
	{ 20, 2, RW, MAP_SHARED, "memfd", 1 },
	{ 22, 1, RW, MAP_PRIVATE, "memfd", 3, .fill = 'p' },
	{ 23, 1, RW, ANON, .fill = 'a' },
	{ 25, 2, RW, SHARED_ANON, .fill = 's' },
	{ 27, 2, RW, SHARED_ANON, .fill = 'u' },
	{ 29, 1, RW, MAP_SHARED, "dev_zero", 0, .fill = 'z' },
	{ 30, 1, PROT_READ, MAP_SHARED, "scratch_ro", 0 },
	{ 31, 1, RW, MAP_SHARED, "scratch", 0 },
	{ 32, 2, RW, MAP_SHARED | MAP_LOCKED, "scratch", 2 },
	{ 34, 1, PROT_NONE, MAP_SHARED, "scratch", 1 },
	{ 35, 1, PROT_WRITE, MAP_SHARED, "scratch", 2 },
	{ 37, 1, PROT_READ | PROT_EXEC, MAP_SHARED, "memfd", 0 },
	{ 38, 1, PROT_EXEC, MAP_SHARED, "memfd", 1 },
	{ 39, 2, RW, MAP_SHARED, "memfd", 0, .onfault = true },
	{ 41, 1, RW, MAP_SHARED | MAP_LOCKED, "memfd", 2 },
	{ 42, 1, RW, MAP_SHARED, "memfd", 0, .sealed = true },
	{ 43, 1, RW, MAP_SHARED, "memfd", 1 },
	{ 47, 1, PROT_READ, MAP_SHARED, "memfd_seal_future", 0 },
	{ 48, 1, PROT_READ, MAP_SHARED, "memfd_seal_write", 1 },
	{ 53, 1, RW, MAP_SHARED, "memfd", 0 },
	{ 55, 2, RW, MAP_SHARED, "tmpfs", 3 },
	{ PAGE_HUGE, HUGE_PAGES, RW, MAP_SHARED | MAP_NORESERVE, "hugetlb", 0 },
	{ 0 },
};

static int lettered_memfd(void)
{
	return sealed_memfd(0);
}

static bool add_future_seal(int fd)
{
	return !fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
}

static int plain_scratch(void)
{
	return lettered_file(O_RDWR);
}

static bool make_append_only(int fd)
{
	int flags;

	return !ioctl(fd, FS_IOC_GETFLAGS, &flags) &&
	       (flags |= FS_APPEND_FL, !ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

static int memfd_opened_again(void)
{
	return reopened((int)object_named(objects, "memfd")->fd, O_RDWR);
}

#define MAPPABLE .open = true, .readable = true, .writable = true, .hook = HOOK_MAPS
static const struct late_area changed[] = {
	{ PAGE_FUTURE, 2, RW, 1, lettered_memfd, add_future_seal,
	  .model = { MAPPABLE, .seals = F_SEAL_FUTURE_WRITE } },
	{ PAGE_APPEND, 2, RW, 0, plain_scratch, make_append_only,
	  .model = { MAPPABLE, .append_only = true } },
	{ PAGE_OTHER, 1, RW, 3, memfd_opened_again, NULL, .model = { MAPPABLE } },
	{ 0 },
};

enum word { START, SIZE, PROT, PGOFF, FLAGS };
enum column {
	COLUMN_PLACE,
	COLUMN_PART,
	COLUMN_START,
	COLUMN_SIZE,
	COLUMN_PGOFF,
	COLUMN_PROT,
	COLUMN_FLAGS
};

static const struct dimension dimensions[] = {
	[COLUMN_PLACE] = { "place", 16 },
	[COLUMN_PART] = { "part of the address space", 5 },
	[COLUMN_START] = { "byte of the page", 4 },
	[COLUMN_SIZE] = { "size", 16 },
	[COLUMN_PGOFF] = { "page offset", 16 },
	[COLUMN_PROT] = { "prot", 16 },
	[COLUMN_FLAGS] = { "flags", 16 },
	{ 0 },
};

/* Every page of the layout from 7 on, and others. */
static uint64_t start_of(const struct process *p, const unsigned int *level)
{
	unsigned int place = level[COLUMN_PLACE], part = level[COLUMN_PART];
	uint64_t page = p->model.page_size, top = p->model.task_size;
	const uint64_t odd[16] = {
		process_page(p, PAGE_HUGE),
		process_page(p, PAGE_HUGE),
		process_page(p, PAGE_HUGE),
		process_page(p, PAGE_HUGE),
		process_page(p, PAGE_HUGE + 1),
		process_page(p, PAGE_HUGE + 1),
		process_page(p, PAGE_HUGE + 511),
		process_page(p, PAGE_HUGE - 1),
		process_page(p, 100),
		0,
		page,
		top - page,
		top,
		BIT(63),
		-2 * page,
		-page,
	};

	return (part == 4 ? odd[place] : process_page(p, 7 + (long)place + 16 * (long)part)) +
	       (level[COLUMN_START] == 3 ? 100 : 0);
}

static uint64_t size_of(const struct process *p, uint64_t start, unsigned int level)
{
	uint64_t page = p->model.page_size;
	const uint64_t sizes[16] = {
		page,	    page,     page,	    page,     2 * page,
		2 * page,   3 * page, 3 * page - 1, 4 * page, HUGE_PAGES * page,
		0,	    page - 1, LONG_LENGTH,  -page,    -(start & -page),
		UINT64_MAX,
	};

	return sizes[level];
}

/* In pages. What the page at start shows already is one of them. */
static uint64_t pgoff_of(const struct process *p, uint64_t start, unsigned int level)
{
	const struct model_vma *vma = model_find_overlap(&p->model, start, start + 1);
	uint64_t shown = vma ? (vma->offset + start - vma->start) / p->model.page_size : 0;
	uint64_t last = (uint64_t)INT64_MAX / p->model.page_size;
	const uint64_t offsets[16] = {
		0,     1,	  2,	    2,	  3,	    3,		 100,  shown,
		shown, shown + 1, last - 1, last, last + 1, BIT(52) + 1, -2ul, -1ul,
	};

	return offsets[level];
}

static const uint64_t prots[16] = {
	[14] = RW,
	[15] = BIT(40),
};

static const uint64_t flag_words[16] = {
	0,
	0,
	0,
	0,
	MAP_NONBLOCK,
	MAP_NONBLOCK,
	MAP_NONBLOCK,
	MAP_LOCKED,
	MAP_PRIVATE,
	MAP_FIXED_NOREPLACE | MAP_NONBLOCK,
	MAP_ANONYMOUS,
	MAP_HUGETLB | MAP_NORESERVE,
	MAP_GROWSDOWN,
	BIT(31),
	BIT(40) | MAP_NONBLOCK,
	UINT64_MAX,
};

static bool combine(const struct process *p, const unsigned int *level, struct combination *c)
{
	uint64_t *word = c->word;

	word[START] = start_of(p, level);
	word[SIZE] = size_of(p, word[START], level[COLUMN_SIZE]);
	word[PGOFF] = pgoff_of(p, word[START], level[COLUMN_PGOFF]);
	word[PROT] = prots[level[COLUMN_PROT]];
	word[FLAGS] = flag_words[level[COLUMN_FLAGS]];
	c->weight = level[COLUMN_PART] + (level[COLUMN_START] == 3) + level[COLUMN_SIZE] +
		    level[COLUMN_PGOFF] + !!word[PROT] + !!word[FLAGS];
	return true;
}

static bool enter(struct process *p, unsigned int world)
{
	struct model *m = &p->model;

	switch (world) {
	case 1:
		m->limit_memlock = m->locked_vm + m->page_size;
		m->cap_ipc_lock = false;
		return caps_known() && caps_drop(CAPS_IPC_LOCK);
	case 2:
		m->limit_memlock = 0;
		return true;
	default:
		m->limit_memlock = UINT64_MAX;
		m->limit_as = m->page_size;
		return true;
	}
}

/* What may be locked without limits of ours: the layout needs a few pages. */
static rlim_t memlock_at_first;

static bool set_limits(uint64_t as, uint64_t memlock)
{
	return process_limit(RLIMIT_AS, as) &&
	       process_limit(RLIMIT_MEMLOCK,
			     memlock < memlock_at_first ? memlock : memlock_at_first);
}

static bool prepare(const struct process *p, const struct combination *c)
{
	return !c->world || set_limits(p->model.limit_as, p->model.limit_memlock);
}

static bool lift(void)
{
	return set_limits(LIMIT_AS, RLIM_INFINITY);
}

static void decide(const struct model *m, const struct combination *c, struct model_answer *a)
{
	const struct model_remap_file_pages_call call = { c->word[START], c->word[SIZE],
							  c->word[PROT], c->word[PGOFF],
							  c->word[FLAGS] };

	model_remap_file_pages(m, &call, a);
}

/* Whether a huge page is free is known only where there are none. */
static bool impossible(const struct process *p, const struct combination *c __attribute__((unused)),
		       const struct model_answer *a)
{
	return p->huge_pool && !strcmp(a->clause, "remap_file_pages.target.hugetlb-none-hole");
}

static const struct area *area_of_memory(const struct process *p, unsigned int memory)
{
	for (const struct area *area = p->areas;; area++) {
		const struct model_vma *vma = model_find(&p->model, process_page(p, area->page));

		if (p->there[area - p->areas] && vma->memory == memory)
			return area;
	}
}

/* What a page begins with; 0: it raises SIGBUS, being beyond the end of the object. */
static char letter_of(const struct process *p, const struct model_vma *vma, uint64_t at)
{
	uint64_t page = (vma->offset + (at - vma->start)) / p->model.page_size;
	const struct area *area;

	if (!vma->memory)
		return page < OBJECT_FILE_PAGES ? (char)('A' + page) : 0;
	area = area_of_memory(p, vma->memory);
	return page < area->pages ? (char)(area->fill + page) : 0;
}

/*
 * Does the page hold what it should? Where it may be stored to, and `store` asks for it, does the
 * store reach the file?
 */
static bool page_agrees(const struct process *p, const struct model *after, uint64_t at, bool store)
{
	const struct model_vma *vma = model_find_overlap(after, at, at + 1);
	volatile char *byte = process_pointer(at);
	bool agrees = true;
	char letter;
	int signal;

	if (!vma || (vma->object && vma->object->huge_shift) ||
	    !(vma->flags & VM_MAYSHARE && vma->flags & VM_READ))
		return true;
	letter = letter_of(p, vma, at);
	signal = fault_probe(FAULT_READ, byte).signal;
	if (signal || !letter)
		return !letter && signal == SIGBUS;
	if (store && vma->flags & VM_WRITE) {
		*byte = '*';
		for (const struct mapped_object *o = p->objects; o < p->objects + OBJECTS; o++)
			if (vma->object == &o->model && !vma->memory)
				agrees = letters_in((int)o->fd, OBJECT_FILE_PAGES)[letter - 'A'] ==
					 '?';
		*byte = letter;
	}
	return agrees && *byte == letter;
}

static bool agrees(const struct process *p, const struct combination *c,
		   const struct model_answer *a, const struct model *after,
		   uint64_t result __attribute__((unused)))
{
	uint64_t page = after->page_size, end = a->address + a->length, locked;

	/* To look at all takes memory. */
	if (c->dear && c->world && !lift())
		return false;
	if (a->length && (!process_agrees(p, after, a->address, end) ||
			  !page_agrees(p, after, a->address, c->dear) ||
			  !page_agrees(p, after, end - page, false)))
		return false;
	if (!c->dear)
		return true;
	for (uint64_t at = process_page(p, 0); at < process_page(p, SMALL_PAGES); at += page)
		if (a->length && at >= a->address - page && at <= end &&
		    !page_agrees(p, after, at, false))
			return false;
	return process_agrees(p, after, p->base, process_page(p, LAYOUT_PAGES)) &&
	       (!locked_bytes(&locked) || locked == after->locked_vm);
}

static bool done(struct model *m, const struct combination *c __attribute__((unused)),
		 const struct model_answer *a, uint64_t result __attribute__((unused)))
{
	return model_mmap_done(m, a, a->address);
}

static bool touches(const struct process *p __attribute__((unused)),
		    const struct combination *c __attribute__((unused)),
		    const struct model_answer *a)
{
	return a->length;
}

/* Maps anew what was remapped, or unmapped. */
static bool undo(const struct process *p, const struct combination *c, const struct model_answer *a,
		 int error, uint64_t result __attribute__((unused)))
{
	uint64_t end = a->address + a->length;
	bool done;

	if (error && !a->unmaps)
		return true;
	done = (!c->world || lift()) && process_restore_in(p, a->address, end);
	for (size_t i = 0; changed[i].pages && done; i++)
		if (late_there[i] && process_page(p, changed[i].page) < end &&
		    process_page(p, changed[i].page + changed[i].pages) > a->address)
			done = late_duplicate(p, i);
	return done;
}

static bool laid_out(const struct process *p)
{
	struct rlimit memlock;

	if (getrlimit(RLIMIT_MEMLOCK, &memlock))
		return false;
	memlock_at_first = memlock.rlim_max;
	return late_lay_out(p, changed);
}

static void example(const struct process *p, const struct combination *c)
{
	late_example(p, c);
	if (c->world == 3)
		printf("\tSETUP(limit_set(RLIMIT_AS, %llu));\n",
		       (unsigned long long)p->model.limit_as);
}

static const struct matrix matrix = {
	.call = "remap_file_pages",
	.number = SYS_remap_file_pages,
	.arguments = { { ARGUMENT_ADDRESS },
		       { ARGUMENT_BYTES },
		       { ARGUMENT_BITS, mmap_prot_bits },
		       { ARGUMENT_BYTES },
		       { ARGUMENT_BITS, mmap_flags_bits } },
	.argument_count = FLAGS + 1,
	.areas = areas,
	.worlds = 4,
	.enter = enter,
	.dimensions = dimensions,
	.quick_arrays = 2,
	.combine = combine,
	.decide = decide,
	.impossible = impossible,
	.prepare = prepare,
	.done = done,
	.agrees = agrees,
	.touches = touches,
	.undo = undo,
	.lift = lift,
	.laid_out = laid_out,
	.example = example,
};

DECISION(lock_rlimit0_eperm, "remap_file_pages.lock.rlimit0-eperm")
DECISION(lock_at_limit_eagain, "remap_file_pages.lock.at-limit-eagain")
DECISION(pgoff_negative_eoverflow, "remap_file_pages.pgoff.negative-eoverflow")
DECISION(pgoff_over_lfs_eoverflow, "remap_file_pages.pgoff.over-lfs-eoverflow")
DECISION(perm_append_only_eacces, "remap_file_pages.perm.append-only-eacces")
DECISION(perm_future_write_seal_eperm, "remap_file_pages.perm.future-write-seal-eperm")
DECISION(perm_sealed_area_eperm, "remap_file_pages.perm.sealed-area-eperm")
DECISION(limit_rlimit_as_enomem, "remap_file_pages.limit.rlimit-as-enomem")
DECISION(target_hugetlb_part_einval, "remap_file_pages.target.hugetlb-part-einval")
DECISION(target_hugetlb_offset_hole, "remap_file_pages.target.hugetlb-offset-hole")
DECISION(target_hugetlb_none_hole, "remap_file_pages.target.hugetlb-none-hole")
DECISION(target_unmapped_einval, "remap_file_pages.target.unmapped-einval")
DECISION(target_readonly_fd_einval, "remap_file_pages.target.readonly-fd-einval")
DECISION(target_file_private_einval, "remap_file_pages.target.file-private-einval")
DECISION(target_anon_private_einval, "remap_file_pages.target.anon-private-einval")
DECISION(span_other_open_file_einval, "remap_file_pages.span.other-open-file-einval")
DECISION(span_prot_differs_einval, "remap_file_pages.span.prot-differs-einval")
DECISION(span_locked_differs_einval, "remap_file_pages.span.locked-differs-einval")
DECISION(span_flags_differ_einval, "remap_file_pages.span.flags-differ-einval")
DECISION(span_hole_einval, "remap_file_pages.span.hole-einval")
DECISION(span_past_end_einval, "remap_file_pages.span.past-end-einval")
DECISION(target_shared_readonly_ok, "remap_file_pages.target.shared-readonly-ok")
DECISION(target_shared_none_ok, "remap_file_pages.target.shared-none-ok")
DECISION(target_anon_shared_ok, "remap_file_pages.target.anon-shared-ok")
DECISION(perm_write_seal_readonly_ok, "remap_file_pages.perm.write-seal-readonly-ok")
DECISION(span_same_file_ok, "remap_file_pages.span.same-file-ok")
DECISION(flags_nonblock_ok, "remap_file_pages.flags.nonblock-ok")
DECISION(flags_unknown_ignored, "remap_file_pages.flags.unknown-ignored")
DECISION(lock_nonblock_still_populates, "remap_file_pages.lock.nonblock-still-populates")
DECISION(lock_stays_locked, "remap_file_pages.lock.stays-locked")
DECISION(lock_onfault_becomes_full, "remap_file_pages.lock.onfault-becomes-full")
DECISION(pgoff_last_ok, "remap_file_pages.pgoff.last-ok")
DECISION(start_rounded_down, "remap_file_pages.start.rounded-down")
DECISION(size_rounded_down, "remap_file_pages.size.rounded-down")
DECISION(data_shows_new_page, "remap_file_pages.data.shows-new-page")
DECISION(prot_nonzero_einval, "remap_file_pages.prot.nonzero-einval")
DECISION(size_zero_einval, "remap_file_pages.size.zero-einval")
DECISION(range_wrap_einval, "remap_file_pages.range.wrap-einval")
DECISION(pgoff_wrap_einval, "remap_file_pages.pgoff.wrap-einval")

TEST_HARNESS_MAIN
