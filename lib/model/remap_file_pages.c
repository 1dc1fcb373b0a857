// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages(): mm/mmap.c:remap_file_pages, which has been an emulation since Linux 4.0: it
 * maps the object of the target once more, by mmap() with MAP_FIXED.
 */
#include "decide.h"

/* What mmap's decisions are here. */
static const struct model_renaming renamings[] = {
	{ "mmap.locked.rlimit0-eperm", "remap_file_pages.lock.rlimit0-eperm" },
	{ "mmap.locked.over-eagain", "remap_file_pages.lock.at-limit-eagain" },
	{ "mmap.locked.counts-existing", "remap_file_pages.lock.at-limit-eagain" },
	{ "mmap.locked.fixed-double-count", "remap_file_pages.lock.at-limit-eagain" },
	{ "mmap.off.reg-negative-eoverflow", "remap_file_pages.pgoff.negative-eoverflow" },
	{ "mmap.off.reg-over-lfs-eoverflow", "remap_file_pages.pgoff.over-lfs-eoverflow" },
	{ "mmap.kind.append-only-rdwr-eacces", "remap_file_pages.perm.append-only-eacces" },
	{ "mmap.seal.future-new-eperm", "remap_file_pages.perm.future-write-seal-eperm" },
	{ "mmap.fixed.sealed-eperm", "remap_file_pages.perm.sealed-area-eperm" },
	{ "mmap.limit.rlimit-as-already-over", "remap_file_pages.limit.rlimit-as-enomem" },
	{ "mmap.hugetlb.fixed-unaligned-einval", "remap_file_pages.target.hugetlb-part-einval" },
	{ "mmap.hugetlb.offset-unaligned-einval", "remap_file_pages.target.hugetlb-offset-hole" },
	{ "mmap.hugetlb.none-enomem", "remap_file_pages.target.hugetlb-none-hole" },
	{ 0 },
};

/* The object that anonymous memory has once it is shared: a file of the kernel's own. */
static const struct model_object shared_memory = {
	.open = true, .readable = true, .writable = true, .hook = HOOK_MAPS
};

/* Is the other one a mapping through the same open file? */
static bool same_file(const struct model_vma *vma, const struct model_vma *other)
{
	return other->object == vma->object && other->memory == vma->memory;
}

static void check_target(const struct model *m, struct model_answer *a, const struct model_vma *vma)
{
	DENY(!vma, EINVAL, "remap_file_pages.target.unmapped-einval");
	if (!vma || vma->flags & VM_SHARED)
		return;
	DENY(vma->flags & VM_MAYSHARE, EINVAL, "remap_file_pages.target.readonly-fd-einval");
	DENY(!(vma->flags & VM_MAYSHARE) && vma->object, EINVAL,
	     "remap_file_pages.target.file-private-einval");
	DENY(!(vma->flags & VM_MAYSHARE) && !vma->object, EINVAL,
	     "remap_file_pages.target.anon-private-einval");
}

/* Is all up to end as the area that the range begins in? */
static void check_span(const struct model *m, struct model_answer *a, const struct model_vma *vma,
		       uint64_t end)
{
	const struct model_vma *next = vma + 1, *last = m->vmas + m->vma_count;
	uint64_t at = vma->end;

	for (; at < end && next < last && next->start == at; at = next++->end) {
		unsigned int differ = (next->flags ^ vma->flags) & ~VM_FRESH;
		unsigned int prot = differ & (VM_READ | VM_WRITE | VM_EXEC);
		unsigned int lock = differ & (VM_LOCKED | VM_LOCKONFAULT);

		DENY(!same_file(vma, next), EINVAL, "remap_file_pages.span.other-open-file-einval");
		DENY(prot, EINVAL, "remap_file_pages.span.prot-differs-einval");
		DENY(!prot && lock, EINVAL, "remap_file_pages.span.locked-differs-einval");
		DENY(differ && !prot && !lock, EINVAL, "remap_file_pages.span.flags-differ-einval");
	}
	if (at >= end)
		return;
	DENY(next < last && next->start < end, EINVAL, "remap_file_pages.span.hole-einval");
	DENY(next == last || next->start >= end, EINVAL, "remap_file_pages.span.past-end-einval");
}

/* What succeeds does so for several reasons: the most special one is named. */
static void grant_special(const struct model *m, struct model_answer *a,
			  const struct model_remap_file_pages_call *call,
			  const struct model_vma *vma, uint64_t end)
{
	bool nonblock = call->flags & MAP_NONBLOCK, locked = vma->flags & VM_LOCKED;

	grant(a, "remap_file_pages.data.shows-new-page");
	if (!(vma->flags & VM_WRITE))
		grant(a, vma->flags & (VM_READ | VM_EXEC) ?
				 "remap_file_pages.target.shared-readonly-ok" :
				 "remap_file_pages.target.shared-none-ok");
	if (a->made.object != vma->object)
		grant(a, "remap_file_pages.target.anon-shared-ok");
	if (end > vma->end)
		grant(a, "remap_file_pages.span.same-file-ok");
	if (nonblock)
		grant(a, "remap_file_pages.flags.nonblock-ok");
	if (call->flags & ~(uint64_t)MAP_NONBLOCK)
		grant(a, "remap_file_pages.flags.unknown-ignored");
	if (locked)
		grant(a, nonblock ? "remap_file_pages.lock.nonblock-still-populates" :
				    "remap_file_pages.lock.stays-locked");
	if (vma->flags & VM_LOCKONFAULT)
		grant(a, "remap_file_pages.lock.onfault-becomes-full");
	if (vma->object && vma->object->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE) &&
	    !(vma->flags & VM_WRITE))
		grant(a, "remap_file_pages.perm.write-seal-readonly-ok");
	if (call->pgoff >= (uint64_t)INT64_MAX / m->page_size - 3)
		grant(a, "remap_file_pages.pgoff.last-ok");
	if (unaligned(call->start, m->page_size))
		grant(a, "remap_file_pages.start.rounded-down");
	if (unaligned(call->size, m->page_size))
		grant(a, "remap_file_pages.size.rounded-down");
}

/* mm/mmap.c:do_mmap of the target's object, with what the target has */
static void map_again(const struct model *m, struct model_answer *a,
		      const struct model_remap_file_pages_call *call, const struct model_vma *vma,
		      uint64_t start, uint64_t size)
{
	const struct model_mmap_call map = {
		.addr = start,
		.length = size,
		.prot = (vma->flags & VM_READ ? PROT_READ : 0) |
			(vma->flags & VM_WRITE ? PROT_WRITE : 0) |
			(vma->flags & VM_EXEC ? PROT_EXEC : 0),
		.flags = MAP_SHARED | MAP_FIXED | MAP_POPULATE | (call->flags & MAP_NONBLOCK) |
			 (vma->flags & VM_LOCKED ? MAP_LOCKED : 0),
		/* In bytes there are no more; what is beyond is refused as the last one is. */
		.offset = call->pgoff < UINT64_MAX / m->page_size ? call->pgoff * m->page_size :
								    -m->page_size,
		.object = vma->memory ? &shared_memory : vma->object,
	};

	if (map.object->huge_shift)
		DENY(unaligned(size, (uint64_t)1 << map.object->huge_shift), EINVAL,
		     "remap_file_pages.target.hugetlb-part-einval");
	a->renamings = renamings;
	model_do_mmap(m, &map, a);
	grant_special(m, a, call, vma, start + size);
	a->made.object = vma->object;
	a->made.memory = vma->memory;
	a->made.flags |= vma->flags & VM_FRESH;
}

void model_remap_file_pages(const struct model *m, const struct model_remap_file_pages_call *call,
			    struct model_answer *a)
{
	uint64_t start = align_down(call->start, m->page_size);
	uint64_t size = align_down(call->size, m->page_size);
	const struct model_vma *vma = model_find(m, start);

	memset(a, 0, sizeof(*a));
	grant(a, "remap_file_pages.data.shows-new-page");
	if (vma && vma->start > start)
		vma = NULL;
	DENY(call->prot, EINVAL, "remap_file_pages.prot.nonzero-einval");
	DENY(!size, EINVAL, "remap_file_pages.size.zero-einval");
	DENY(size && start + size <= start, EINVAL, "remap_file_pages.range.wrap-einval");
	DENY(call->pgoff + size / m->page_size < call->pgoff, EINVAL,
	     "remap_file_pages.pgoff.wrap-einval");
	check_target(m, a, vma);
	if (!vma || start + size <= start)
		return;
	check_span(m, a, vma, start + size);
	if (vma->flags & VM_SHARED)
		map_again(m, a, call, vma, start, size);
}
