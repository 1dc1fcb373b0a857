// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages() in the model.
 */
#include "unit.h"

#define AT(n) (BASE + (n)*PAGE)
#define HUGE (512 * PAGE)
#define MAYS (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE)
#define DATA (VM_READ | VM_WRITE | VM_SHARED | MAYS)
#define LAST (INT64_MAX / PAGE)

#define MAPPABLE .open = true, .readable = true, .writable = true, .hook = HOOK_MAPS
static const struct model_object file = { MAPPABLE };
static const struct model_object other = { MAPPABLE };
static const struct model_object zero = { MAPPABLE, .zero = true };
static const struct model_object append_only = { MAPPABLE, .append_only = true };
static const struct model_object future = { MAPPABLE, .seals = F_SEAL_FUTURE_WRITE };
static const struct model_object huge = {
	.open = true, .readable = true, .writable = true, .hook = HOOK_HUGETLB, .huge_shift = 21
};

static const struct model_vma vmas[] = {
	{ AT(0), AT(2), DATA, &file, 0 },
	{ AT(2), AT(4), DATA, &file, 0 },
	{ AT(4), AT(5), DATA & ~VM_WRITE, &file, 0 },
	{ AT(5), AT(6), (DATA & ~VM_WRITE) | VM_LOCKED, &file, 0 },
	{ AT(6), AT(7), DATA | VM_LOCKED | VM_LOCKONFAULT, &file, 0 },
	{ AT(7), AT(8), DATA | VM_LOCKED, &file, 0 },
	{ AT(8), AT(9), DATA, &file, 0 },
	{ AT(9), AT(10), DATA | VM_NORESERVE, &file, 0 },
	{ AT(11), AT(12), DATA | VM_SEALED, &file, 0 },
	{ AT(13), AT(14), VM_READ | MAYS, &file, 0 },
	{ AT(15), AT(16), VM_READ, &file, 0 },
	{ AT(17), AT(18), VM_READ },
	{ AT(19), AT(21), DATA, NULL, 0, 1 },
	{ AT(21), AT(22), DATA, NULL, 0, 2 },
	{ AT(22), AT(23), DATA | VM_FRESH, &zero, 0, 3 },
	{ AT(24), AT(25), DATA, &other, 0 },
	{ AT(25), AT(26), DATA, &file, 0 },
	{ AT(27), AT(28), VM_SHARED | MAYS, &file, 0 },
	{ AT(28), AT(29), VM_EXEC | VM_SHARED | MAYS, &file, 0 },
	{ AT(30), AT(31), DATA, &append_only, 0 },
	{ AT(31), AT(32), DATA, &file, 0 },
	{ AT(32), AT(35), DATA, &future, 0 },
	{ AT(35), AT(36), DATA | VM_LOCKED, &future, 0 },
	{ AT(36), AT(37), (DATA & ~(VM_WRITE | VM_MAYWRITE)), &future, 0 },
	{ AT(512), AT(2048), DATA, &huge, 0 },
};

enum process { WITH_RIGHTS, NO_LOCKS, FEW_LOCKS, NO_ROOM, OLD };

static struct model *process_of(enum process process)
{
	static struct model m;

	set_up(&m, process == OLD ? ON_5_10 : PLAIN);
	m.vma_count = 0;
	m.total_vm = m.locked_vm = 0;
	for (size_t i = 0; i < sizeof(vmas) / sizeof(vmas[0]); i++)
		model_add(&m, &vmas[i]);
	m.cap_ipc_lock = process != NO_LOCKS && process != FEW_LOCKS;
	m.limit_memlock = process == FEW_LOCKS ? m.locked_vm : 0;
	if (process == NO_ROOM)
		m.limit_as = PAGE;
	return &m;
}

static const struct {
	struct model_remap_file_pages_call call; /* start, size, prot, pgoff, flags */
	enum process process;
	int error;
	const char *clause; /* without "remap_file_pages." */
} calls[] = {
	/* what the arguments refuse */
	{ { AT(0), PAGE, PROT_READ, 0, 0 }, 0, EINVAL, "prot.nonzero-einval" },
	{ { AT(100), PAGE, 1ul << 40, 0, 0 }, 0, EINVAL, "prot.nonzero-einval" },
	{ { AT(0), PAGE - 1, 0, 0, 0 }, 0, EINVAL, "size.zero-einval" },
	{ { AT(0), -PAGE, 0, 0, 0 }, 0, EINVAL, "range.wrap-einval" },
	{ { AT(0), PAGE, 0, -1ul, 0 }, 0, EINVAL, "pgoff.wrap-einval" },
	/* what the areas refuse */
	{ { AT(10), PAGE, 0, 0, 0 }, 0, EINVAL, "target.unmapped-einval" },
	{ { TOP, PAGE, 0, 0, 0 }, 0, EINVAL, "target.unmapped-einval" },
	{ { AT(13), PAGE, 0, 0, 0 }, 0, EINVAL, "target.readonly-fd-einval" },
	{ { AT(15), PAGE, 0, 0, 0 }, 0, EINVAL, "target.file-private-einval" },
	{ { AT(17), PAGE, 0, -2ul, 0 }, 0, EINVAL, "target.anon-private-einval" },
	{ { AT(3), 2 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.prot-differs-einval" },
	{ { AT(4), 2 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.locked-differs-einval" },
	{ { AT(6), 2 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.locked-differs-einval" },
	{ { AT(8), 2 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.flags-differ-einval" },
	{ { AT(20), 2 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.other-open-file-einval" },
	{ { AT(21), 2 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.other-open-file-einval" },
	{ { AT(24), 2 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.other-open-file-einval" },
	{ { AT(25), 3 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.hole-einval" },
	{ { AT(25), 2 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.past-end-einval" },
	{ { AT(512), 2048 * PAGE, 0, 0, 0 }, 0, EINVAL, "span.past-end-einval" },
	/* what mmap() refuses */
	{ { AT(512), PAGE, 0, 0, 0 }, 0, EINVAL, "target.hugetlb-part-einval" },
	{ { AT(513), HUGE, 0, 0, 0 }, 0, EINVAL, "target.hugetlb-part-einval" },
	{ { AT(512), HUGE, 0, 1, 0 }, 0, EINVAL, "target.hugetlb-offset-hole" },
	{ { AT(512), HUGE, 0, 512, 0 }, 0, ENOMEM, "target.hugetlb-none-hole" },
	{ { AT(7), PAGE, 0, 0, 0 }, NO_LOCKS, EPERM, "lock.rlimit0-eperm" },
	{ { AT(7), PAGE, 0, 0, 0 }, FEW_LOCKS, EAGAIN, "lock.at-limit-eagain" },
	{ { AT(0), PAGE, 0, LAST, 0 }, 0, EOVERFLOW, "pgoff.over-lfs-eoverflow" },
	{ { AT(0), PAGE, 0, LAST + 1, 0 }, 0, EOVERFLOW, "pgoff.negative-eoverflow" },
	{ { AT(0), PAGE, 0, 1ul << 60, 0 }, 0, EOVERFLOW, "pgoff.negative-eoverflow" },
	{ { AT(19), PAGE, 0, -2ul, 0 }, 0, EOVERFLOW, "pgoff.negative-eoverflow" },
	{ { AT(30), PAGE, 0, 0, 0 }, 0, EACCES, "perm.append-only-eacces" },
	{ { AT(33), PAGE, 0, 0, 0 }, 0, EPERM, "perm.future-write-seal-eperm" },
	{ { AT(33), PAGE, 0, 1, 0 }, 0, EPERM, "perm.future-write-seal-eperm" },
	{ { AT(33), PAGE, 0, 0, 0 }, OLD, EPERM, "perm.future-write-seal-eperm" },
	{ { AT(11), PAGE, 0, 0, 0 }, 0, EPERM, "perm.sealed-area-eperm" },
	{ { AT(0), PAGE, 0, 0, 0 }, NO_ROOM, ENOMEM, "limit.rlimit-as-enomem" },
	/* what is done */
	{ { AT(0), PAGE, 0, 1, 0 }, 0, 0, "data.shows-new-page" },
	{ { AT(0), 4 * PAGE, 0, 1, 0 }, 0, 0, "span.same-file-ok" },
	{ { AT(4), PAGE, 0, 1, 0 }, 0, 0, "target.shared-readonly-ok" },
	{ { AT(28), PAGE, 0, 1, 0 }, 0, 0, "target.shared-readonly-ok" },
	{ { AT(27), PAGE, 0, 1, 0 }, 0, 0, "target.shared-none-ok" },
	{ { AT(19), PAGE, 0, 1, 0 }, 0, 0, "target.anon-shared-ok" },
	{ { AT(22), PAGE, 0, 1, 0 }, 0, 0, "target.anon-shared-ok" },
	{ { AT(0), PAGE, 0, 1, MAP_NONBLOCK }, 0, 0, "flags.nonblock-ok" },
	{ { AT(0), PAGE, 0, 1, MAP_NONBLOCK | MAP_PRIVATE }, 0, 0, "flags.unknown-ignored" },
	{ { AT(7), PAGE, 0, 1, 0 }, 0, 0, "lock.stays-locked" },
	{ { AT(7), PAGE, 0, 1, MAP_NONBLOCK }, 0, 0, "lock.nonblock-still-populates" },
	{ { AT(6), PAGE, 0, 1, 0 }, 0, 0, "lock.onfault-becomes-full" },
	{ { AT(36), PAGE, 0, 1, 0 }, 0, 0, "perm.write-seal-readonly-ok" },
	{ { AT(0), PAGE, 0, LAST - 1, 0 }, 0, 0, "pgoff.last-ok" },
	{ { AT(0) + 1, PAGE, 0, 1, 0 }, 0, 0, "start.rounded-down" },
	{ { AT(0), 2 * PAGE - 1, 0, 1, 0 }, 0, 0, "size.rounded-down" },
	/* before 6.12 what continues its neighbours is not looked at */
	{ { AT(33), PAGE, 0, 1, 0 }, OLD, 0, "data.shows-new-page" },
	{ { AT(34), PAGE, 0, 2, 0 }, OLD, 0, "data.shows-new-page" },
	{ { AT(32), PAGE, 0, 0, 0 }, OLD, 0, "data.shows-new-page" },
	{ { AT(32), PAGE, 0, 2, 0 }, OLD, EPERM, "perm.future-write-seal-eperm" },
	{ { AT(34), PAGE, 0, 0, 0 }, OLD, EPERM, "perm.future-write-seal-eperm" },
	{ { AT(32), 3 * PAGE, 0, 0, 0 }, OLD, EPERM, "perm.future-write-seal-eperm" },
};

CHECKS(check_remap_file_pages)
{
	struct model_answer a, planted;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct model *m = process_of(calls[i].process);

		model_remap_file_pages(m, &calls[i].call, &a);
		check_answer("remap_file_pages.", i, &a, calls[i].error, calls[i].clause);
		if (!a.error)
			continue;
		m->planted = a.clause;
		model_remap_file_pages(m, &calls[i].call, &planted);
		check(!planted.error || strcmp(planted.clause, a.clause) ||
			      !strcmp(a.clause, "remap_file_pages.target.hugetlb-part-einval"),
		      "a decision that is left out decides nothing");
	}
}

CHECKS(check_remap_file_pages_state)
{
	struct model *m = process_of(WITH_RIGHTS);
	const struct model_remap_file_pages_call memory = { AT(20), PAGE, 0, 5, 0 };
	const struct model_remap_file_pages_call fresh = { AT(22), PAGE, 0, 1, 0 };
	const struct model_remap_file_pages_call span = { AT(1), 2 * PAGE, 0, 9, 0 };
	const struct model_remap_file_pages_call hole = { AT(512), HUGE, 0, 1, 0 };
	const struct model_remap_file_pages_call several = { AT(3), 9 * PAGE, 0, -2ul, 0 };
	const struct model_vma *vma;
	struct model_answer a;

	model_remap_file_pages(m, &memory, &a);
	check(model_mmap_done(m, &a, a.address), "a page of shared memory");
	vma = model_find(m, AT(20));
	check(vma->start == AT(20) && vma->memory == 1 && !vma->object && vma->offset == 5 * PAGE,
	      "shows another one of the same memory");
	model_remap_file_pages(m, &fresh, &a);
	check(model_mmap_done(m, &a, a.address), "a page of /dev/zero");
	vma = model_find(m, AT(22));
	check(vma->memory == 3 && vma->object == &zero && vma->flags & VM_FRESH,
	      "is still of its own memory");
	model_remap_file_pages(m, &span, &a);
	check(model_mmap_done(m, &a, a.address), "two areas");
	vma = model_find(m, AT(1));
	check(vma->end == AT(3) && vma->offset == 9 * PAGE && model_find(m, AT(0))->end == AT(1) &&
		      model_find(m, AT(3))->offset == PAGE,
	      "become one");
	model_remap_file_pages(m, &hole, &a);
	check(a.unmaps && model_mmap_done(m, &a, a.address) &&
		      !model_find_overlap(m, AT(512), AT(1024)),
	      "a hole is left");
	model_remap_file_pages(m, &several, &a);
	check(a.error == EINVAL && a.deserved[EOVERFLOW] && a.deserved[EPERM],
	      "what a call deserves");
}

/* Every shared mapping without a file has an object of its own, however alike they are. */
CHECKS(check_memories)
{
	struct model *m = process_of(WITH_RIGHTS);
	const struct model_mmap_call maps[] = {
		{ AT(100), PAGE, RW, SHARED | MAP_ANONYMOUS | MAP_FIXED, 0, NULL },
		{ AT(101), PAGE, RW, SHARED | MAP_ANONYMOUS | MAP_FIXED, 0, NULL },
		{ AT(102), PAGE, RW, SHARED | MAP_FIXED, 0, &zero },
		{ AT(103), PAGE, RW, SHARED | MAP_FIXED, PAGE, &zero },
	};
	const struct model_remap_file_pages_call span = { AT(100), 2 * PAGE, 0, 0, 0 };
	struct model_answer a;

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		model_mmap(m, &maps[i], &a);
		check(!a.error && model_mmap_done(m, &a, a.address), "shared memory");
		check(model_find(m, maps[i].addr)->memory == i + 1, "is an object of its own");
	}
	check(model_map_count(m) == m->vma_count, "none continues another");
	check(model_change(m, AT(19), AT(20), 0, 0) && model_map_count(m) == m->vma_count - 1,
	      "but the rest of the same");
	model_remap_file_pages(m, &span, &a);
	check_answer("remap_file_pages.", 0, &a, EINVAL, "span.other-open-file-einval");
}
