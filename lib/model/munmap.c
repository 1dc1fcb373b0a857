// SPDX-License-Identifier: GPL-2.0
/*
 * munmap(): mm/vma.c:do_vmi_munmap, then vms_gather_munmap_vmas. A split that was made before a
 * refusal stays; since it is seen by the number of VMAs alone, and that only near its limit, it is
 * not modelled.
 */
#include "decide.h"

/* mm/vma.c:do_vmi_munmap */
static void check_range(const struct model *m, struct model_answer *a,
			const struct model_munmap_call *call, bool sealed)
{
	bool high = call->addr >= m->task_size, off_page = unaligned(call->addr, m->page_size);
	bool over = !high && call->length > m->task_size - call->addr;
	bool whole_word = call->length >= -m->page_size,
	     wraps = call->addr + call->length < call->addr;

	DENY(off_page && !sealed, EINVAL, "munmap.addr.unaligned-einval");
	DENY(high, EINVAL, "munmap.addr.task-size-einval");
	DENY(over && whole_word, EINVAL, "munmap.len.max-einval");
	DENY(over && !whole_word && wraps, EINVAL, "munmap.len.wraps-einval");
	DENY(over && !wraps, EINVAL, "munmap.addr.end-past-task-size-einval");
	DENY(!high && !call->length && !sealed, EINVAL, "munmap.len.zero-einval");
	DENY((off_page || !call->length) && sealed, EINVAL, "munmap.order.einval-before-sealed");
}

/* mm/vma.c:can_modify_vma, and before it can_modify_mm() */
static void check_seal(const struct model *m, struct model_answer *a, uint64_t start, uint64_t end)
{
	bool inside = model_cuts(m, start) && model_cuts(m, end), others = false;

	if (!model_any(m, start, end, VM_SEALED))
		return;
	for (const struct model_vma *vma = model_find_overlap(m, start, end); vma;
	     vma = model_find_overlap(m, vma->end, end))
		others |= !(vma->flags & VM_SEALED);
	DENY(others, EPERM, "munmap.sealed.span-nothing-removed");
	DENY(!others && inside, EPERM, "munmap.sealed.middle-no-split");
	DENY(!others && !inside, EPERM, "munmap.sealed.eperm");
}

/* mm/hugetlb.c:hugetlb_vm_op_split of the VMA that the range ends in */
static void check_huge_end(const struct model *m, struct model_answer *a,
			   const struct model_munmap_call *call, uint64_t end)
{
	struct model_vma last;
	bool alone, longer;

	if (!model_whole(m, end, &last) || last.start >= end || !inside_huge_page(&last, end))
		return;
	alone = call->length == 1 && last.end - last.start == huge_page(&last);
	longer = call->addr == last.start && end - last.start > huge_page(&last);
	DENY(alone, EINVAL, "munmap.hugetlb.single-len-1-einval");
	DENY(longer, EINVAL, "munmap.hugetlb.unrounded-len-einval");
	DENY(!alone && !longer, EINVAL, "munmap.hugetlb.part-einval");
}

/* mm/vma.c:vms_gather_munmap_vmas, of a range in which something is mapped */
static void check_vmas(const struct model *m, struct model_answer *a,
		       const struct model_munmap_call *call, uint64_t start, uint64_t end)
{
	struct model_vma first;

	if (!m->traits.seal_by_vma)
		check_seal(m, a, start, end);
	model_whole(m, start, &first);
	if (first.start < start) {
		bool full = end < first.end && model_map_count(m) >= m->max_map_count;

		DENY(full && !(first.flags & VM_SEALED), ENOMEM,
		     "munmap.limit.split-at-max-enomem");
		DENY(full && first.flags & VM_SEALED, ENOMEM,
		     "munmap.order.mapcount-before-sealed");
		if (first.flags & VM_SEALED)
			check_seal(m, a, start, end);
		DENY(inside_huge_page(&first, start), EINVAL, "munmap.hugetlb.part-einval");
	}
	check_seal(m, a, start, end);
	check_huge_end(m, a, call, end);
}

/* What a range without a mapping grants. */
static void grant_hole(const struct model *m, struct model_answer *a, uint64_t start)
{
	grant(a,
	      start < m->min_addr ? "munmap.addr.low-unmapped-ok" : "munmap.hole.never-mapped-ok");
}

/* What becomes of the VMAs at the ends of the range. */
static void grant_split(const struct model *m, struct model_answer *a, uint64_t start, uint64_t end)
{
	bool tail = model_cuts(m, start), head = model_cuts(m, end), one;
	struct model_vma first;

	model_whole(m, start, &first);
	one = first.end > end;
	if (tail && head && one)
		grant(a, first.object ? "munmap.split.middle-file-offsets" :
					"munmap.split.middle-two-lines");
	else if (tail && head)
		grant(a, "munmap.split.ends-of-two-areas");
	else if (tail || head)
		grant(a, tail ? "munmap.split.tail" : "munmap.split.head");
	if (model_any(m, start, end, VM_GROWSDOWN) && head)
		grant(a, "munmap.stack.growsdown-below");
	if (model_any(m, start, end, VM_LOCKED))
		grant(a, "munmap.lock.vmlck-falls");
	if (tail && head && one && model_map_count(m) + 1 >= m->max_map_count)
		grant(a, "munmap.limit.split-at-max-enomem");
	else if (model_map_count(m) >= m->max_map_count)
		grant(a, tail && head ? "munmap.limit.two-partial-at-max-ok" :
					"munmap.limit.edge-at-max-ok");
}

/* The most special of what is granted is named. */
static void grant_all(const struct model *m, struct model_answer *a,
		      const struct model_munmap_call *call, uint64_t start, uint64_t end)
{
	const struct model_vma *vma = model_find_overlap(m, start, end);

	grant(a, "munmap.ret.zero");
	if (unaligned(call->length, m->page_size))
		grant(a, "munmap.len.rounded-up");
	if (vma && model_mapped(m, start, end) < end - start)
		grant(a, "munmap.hole.interior-ok");
	if (model_any(m, start - m->page_size, end + m->page_size, VM_SEALED))
		grant(a, "munmap.sealed.neighbour-ok");
	if (vma)
		grant_split(m, a, start, end);
	else
		grant_hole(m, a, start);
	for (; vma; vma = model_find_overlap(m, vma->end, end))
		if (huge_page(vma))
			grant(a, "munmap.hugetlb.whole-ok");
	if (end == m->task_size)
		grant(a, "munmap.addr.last-page-ok");
}

void model_munmap(const struct model *m, const struct model_munmap_call *call,
		  struct model_answer *a)
{
	/*
	 * What is refused for its own sake is looked at by its first page, for what else is there.
	 */
	uint64_t start = align_down(call->addr, m->page_size), end = start + m->page_size;

	memset(a, 0, sizeof(*a));
	if (start < m->task_size && call->length && call->length <= m->task_size - start)
		end = align_up(call->addr + call->length, m->page_size);
	check_range(m, a, call, model_any(m, start, end, VM_SEALED));
	if (model_find_overlap(m, start, end))
		check_vmas(m, a, call, start, end);
	if (a->error)
		return;
	grant_all(m, a, call, start, end);
	a->address = start;
	a->length = end - start;
}

bool model_munmap_done(struct model *m, const struct model_answer *a)
{
	return model_remove(m, a->address, a->address + a->length);
}
